import { createECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Curve } from './curve.ts';
import { parsePublicKey } from './public-key.ts';
import { ServerKey } from './server-key.ts';

const PRIVATE = Buffer.from('0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20', 'hex');
const PUBLIC_K1 =
  '84bf7562262bbd6940085748f3be6afa52ae317155181ece31b66351ccffa4b08cc43d63b2859d469fee15f31c9edb5324266e6fd0407e87382d60fc4511acd8';
const CURVES: readonly Curve[] = ['secp256k1', 'secp256r1'];

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('ServerKey', () => {
  it('derives the public key from the private one', () => {
    expect(hex(ServerKey.fromPrivateBytes(PRIVATE).publicBytes)).toBe(PUBLIC_K1);
  });

  it.each(CURVES)('can be restored from its private bytes on %s', (curve) => {
    const key = ServerKey.generate(curve);
    const restored = ServerKey.fromPrivateBytes(key.privateBytes, curve);
    expect(key.privateBytes.length).toBe(32);
    expect(hex(restored.publicBytes)).toBe(hex(key.publicBytes));
    expect(restored.curve).toBe(curve);
  });

  it('keeps leading zeros of a private key', () => {
    const small = new Uint8Array(32);
    small[31] = 5;
    expect(hex(ServerKey.fromPrivateBytes(small).privateBytes)).toBe(hex(small));
  });

  it.each([
    ['too short', PRIVATE.subarray(1)],
    ['too long', Buffer.concat([PRIVATE, PRIVATE.subarray(0, 1)])],
    ['zero', new Uint8Array(32)],
    ['beyond the order of the curve', new Uint8Array(32).fill(0xff)],
  ])('refuses a private key that is %s', (_, bytes) => {
    expect(() => ServerKey.fromPrivateBytes(bytes)).toThrow(RangeError);
  });

  it.each(CURVES)('exports PEM and DER that read back on %s', (curve) => {
    const key = ServerKey.generate(curve);
    for (const form of [key.publicPem(), Buffer.from(key.publicPem()), key.publicDer()]) {
      const read = parsePublicKey(form);
      expect(read.curve).toBe(curve);
      expect(hex(read.point)).toBe(hex(key.publicBytes));
    }
  });

  it('writes PEM with BEGIN first and one newline last', () => {
    const pem = ServerKey.fromPrivateBytes(PRIVATE).publicPem();
    expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^-]+\n-----END PUBLIC KEY-----\n$/);
    expect(Math.max(...pem.split('\n').map((line) => line.length))).toBe(64);
  });

  it('writes DER with the prefix that clients expect', () => {
    expect(hex(ServerKey.fromPrivateBytes(PRIVATE).publicDer())).toBe(
      `3056301006072a8648ce3d020106052b8104000a03420004${PUBLIC_K1}`,
    );
    expect(hex(ServerKey.generate('secp256r1').publicDer())).toMatch(
      /^3059301306072a8648ce3d020106082a8648ce3d03010703420004[0-9a-f]{128}$/,
    );
  });

  it.each(CURVES)('agrees on a secret with any client on %s', (curve) => {
    const server = ServerKey.generate(curve);
    const client = ServerKey.generate(curve);
    const secret = server.sharedSecret(client.publicBytes);
    expect(secret?.length).toBe(32);
    expect(hex(secret!)).toBe(hex(client.sharedSecret(server.publicBytes)!));
  });

  it('pads a secret with leading zeros', () => {
    // Tries clients with small private keys until the common point starts with a zero byte: one in 256 does.
    const server = ServerKey.fromPrivateBytes(PRIVATE);
    const client = createECDH('secp256k1');
    for (let scalar = 1; ; scalar++) {
      const bytes = Buffer.alloc(32);
      bytes.writeUInt32BE(scalar, 28);
      client.setPrivateKey(bytes);
      const secret = server.sharedSecret(client.getPublicKey().subarray(1))!;
      expect(secret.length).toBe(32);
      if (secret[0] === 0) return;
    }
  });

  it.each([
    ['off the curve', Buffer.alloc(64, 7)],
    ['of 63 bytes', Buffer.from(PUBLIC_K1, 'hex').subarray(1)],
    ['of 65 bytes', Buffer.from(`04${PUBLIC_K1}`, 'hex')],
    ['empty', new Uint8Array(0)],
    ['at infinity', new Uint8Array(64)],
  ])('has no secret with a point %s', (_, point) => {
    expect(ServerKey.fromPrivateBytes(PRIVATE).sharedSecret(point)).toBeUndefined();
  });
});
