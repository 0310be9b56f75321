import { describe, expect, it } from 'vitest';
import { ENCRYPTED_VECTORS, handshakeOf, packetsOf } from '../../../test/support/encrypted-vectors.ts';
import { fromHex, toHex } from '../../../test/vectors.ts';
import { ProtocolViolation } from '../../errors.ts';
import { ServerKey } from './server-key.ts';
import {
  type CipherMode,
  createDecryptor,
  createEncryptor,
  deriveSessionKey,
  type PacketDecryptor,
  type SessionKey,
} from './session-cipher.ts';

const MAX = 8 * 1024 * 1024;
const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);

function sessionOf(mode: CipherMode): SessionKey {
  return deriveSessionKey(SECRET, 128, mode);
}

/** All plaintext that comes out. */
function drain(decryptor: PacketDecryptor): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let piece = decryptor.next(); piece !== undefined; piece = decryptor.next()) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe.each(ENCRYPTED_VECTORS.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
  const handshake = handshakeOf(vector);
  const serverKey = ServerKey.fromPrivateBytes(fromHex(handshake.serverPrivateKey), handshake.curve);
  const secret = serverKey.sharedSecret(fromHex(handshake.clientPublicKey))!;
  const session = deriveSessionKey(secret, handshake.bits, handshake.streamMode ? 'stream' : 'package');

  it('derives secret, key and iv', () => {
    expect(toHex(serverKey.publicBytes)).toBe(handshake.serverPublicKey);
    expect(toHex(secret)).toBe(handshake.sharedSecret);
    expect(toHex(session.key)).toBe(handshake.aesKey);
    expect(toHex(session.iv)).toBe(handshake.iv);
  });

  it.each(['c2s', 's2c'] as const)('encrypts and decrypts %s bit for bit, at every split', (direction) => {
    const packets = packetsOf(vector, direction);
    const encryptor = createEncryptor(session);
    const wire = Buffer.concat(packets.map(({ plain }) => encryptor.encrypt(fromHex(plain))));
    expect(toHex(wire)).toBe(packets.map((packet) => packet.wire).join(''));
    for (let split = 0; split <= wire.length; split++) {
      const decryptor = createDecryptor(session, MAX);
      decryptor.append(wire.subarray(0, split));
      const start = drain(decryptor);
      decryptor.append(wire.subarray(split));
      expect(toHex(start) + toHex(drain(decryptor))).toBe(packets.map(({ plain }) => plain).join(''));
    }
  });
});

describe('package mode', () => {
  it('gives equal packets equal envelopes', () => {
    const encryptor = createEncryptor(sessionOf('package'));
    const packet = Uint8Array.of(1, 2, 3);
    expect(toHex(encryptor.encrypt(packet))).toBe(toHex(encryptor.encrypt(packet)));
  });

  it('takes the plaintext apart at the ends of envelopes', () => {
    const encryptor = createEncryptor(sessionOf('package'));
    const decryptor = createDecryptor(sessionOf('package'), MAX);
    decryptor.append(Buffer.concat([encryptor.encrypt(Uint8Array.of(1)), encryptor.encrypt(Uint8Array.of(2))]));
    expect(toHex(decryptor.next()!)).toBe('01');
    expect(decryptor.isBetweenEnvelopes).toBe(true);
    expect(toHex(decryptor.next()!)).toBe('02');
    expect(decryptor.next()).toBeUndefined();
  });

  it.each([
    ['takes the longest envelope', 100, undefined],
    ['refuses a longer one by its prefix', 101, 'oversize'],
    ['refuses the longest prefix', 0xffff_ffff, 'oversize'],
    ['refuses an empty one', 0, 'partial-packet'],
  ])('%s', (_, length, reason) => {
    const decryptor = createDecryptor(sessionOf('package'), 100);
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32LE(length);
    decryptor.append(prefix);
    const read = () => decryptor.next();
    if (reason === undefined) expect(read()).toBeUndefined();
    else expect(read).toThrow(new ProtocolViolation(reason as never));
  });
});
