import { createECDH } from 'node:crypto';
import { ProtocolViolation, WireError } from '../../errors.ts';
import type { Packet, QuestPacket } from '../../packet.ts';
import { decodePayload } from '../../packet.ts';
import { RawString } from '../../raw-string.ts';
import type { Encodable, WireMap } from '../../value.ts';
import { COORDINATE_BYTES, type Curve, opensslName, padLeft } from './curve.ts';
import { parsePublicKey, withPointPrefix } from './public-key.ts';
import type { ServerKey } from './server-key.ts';
import { type CipherMode, deriveSessionKey, type KeyBits, type SessionKey } from './session-cipher.ts';

/** The quest that starts encryption: the first packet of a connection, in plain; all that follows is encrypted. */
export const KEY_METHOD = '*key';

const DEFAULT_BITS: KeyBits = 128;

/** How a client encrypts its connection. */
export interface EncryptionOptions {
  /** The server's key: PEM text, or bytes of PEM, DER, a SEC1 point (33 or 65) or X and Y (64). */
  readonly publicKey: Uint8Array | string;
  /** For keys that do not name their curve. Default secp256k1. */
  readonly curve?: Curve;
  /** Default 128. */
  readonly bits?: KeyBits;
  /** Default `package`. */
  readonly mode?: CipherMode;
}

/** True for a quest that asks for encryption, rightly or wrongly. */
export function isKeyQuest(packet: Packet): packet is QuestPacket {
  return packet.kind === 'quest' && packet.method === KEY_METHOD;
}

/**
 * The server's part: takes the client's `*key` quest.
 *
 * @throws ProtocolViolation `bad-key`. It must not be answered: the client already expects ciphertext.
 */
export function acceptKeyQuest(packet: QuestPacket, serverKey: ServerKey | undefined): SessionKey {
  if (serverKey === undefined) throw badKey('no encryption here');
  if (packet.isOneWay || packet.encoding !== 'msgpack') throw badKey('a *key quest is two-way and in MessagePack');
  const { point, bits, mode } = readKeyParams(decodeParams(packet));
  const secret = serverKey.sharedSecret(point);
  if (secret === undefined) throw badKey('the public key is not a point on the curve');
  return deriveSessionKey(secret, bits, mode);
}

/**
 * The client's part: makes a key pair for one connection.
 *
 * @throws TypeError when the server's public key is none, RangeError for other bits than 128 and 256.
 */
export function openKeyExchange(options: EncryptionOptions): { params: Encodable; session: SessionKey } {
  const { bits = DEFAULT_BITS, mode = 'package' } = options;
  if (bits !== 128 && bits !== 256) throw new RangeError('bits are 128 or 256');
  const serverKey = parsePublicKey(options.publicKey, options.curve);
  const ecdh = createECDH(opensslName(serverKey.curve));
  const publicKey = ecdh.generateKeys().subarray(1);
  const secret = padLeft(ecdh.computeSecret(withPointPrefix(serverKey.point)), COORDINATE_BYTES);
  return {
    params: { publicKey, streamMode: mode === 'stream', bits },
    session: deriveSessionKey(secret, bits, mode),
  };
}

function decodeParams(packet: QuestPacket): WireMap {
  try {
    return decodePayload(packet);
  } catch (error) {
    if (error instanceof WireError) throw badKey(error.message);
    throw error;
  }
}

function readKeyParams(params: WireMap): { point: Uint8Array; bits: KeyBits; mode: CipherMode } {
  const publicKey = params.get('publicKey');
  // The C++ SDK sends the raw bytes as a MessagePack str, the others as bin.
  const point = publicKey instanceof RawString ? publicKey.bytes : publicKey;
  if (!(point instanceof Uint8Array)) throw badKey('no public key');
  const isStream = params.get('streamMode') ?? false;
  if (typeof isStream !== 'boolean') throw badKey('streamMode is a boolean');
  const bits = params.get('bits') ?? DEFAULT_BITS;
  if (bits !== 128 && bits !== 256) throw badKey('bits are 128 or 256');
  return { point, bits, mode: isStream ? 'stream' : 'package' };
}

function badKey(message: string): ProtocolViolation {
  return new ProtocolViolation('bad-key', message);
}
