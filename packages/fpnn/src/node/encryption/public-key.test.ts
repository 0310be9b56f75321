import { ECDH, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Curve, opensslName } from './curve.ts';
import { parsePublicKey } from './public-key.ts';
import { ServerKey } from './server-key.ts';

const CURVES: readonly Curve[] = ['secp256k1', 'secp256r1'];

describe('parsePublicKey', () => {
  it.each(CURVES)('reads raw and SEC1 points on %s', (curve) => {
    const { publicBytes } = ServerKey.generate(curve);
    const uncompressed = Buffer.concat([Uint8Array.of(4), publicBytes]);
    const name = opensslName(curve);
    const compressed = ECDH.convertKey(uncompressed, name, undefined, undefined, 'compressed') as Buffer;
    for (const form of [publicBytes, uncompressed, compressed]) {
      expect(parsePublicKey(form, curve)).toEqual({ curve, point: publicBytes });
    }
  });

  it.each(CURVES)('reads what OpenSSL writes on %s', (curve) => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: opensslName(curve) });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const der = publicKey.export({ type: 'spki', format: 'der' });
    expect(parsePublicKey(pem)).toEqual(parsePublicKey(der));
    expect(parsePublicKey(pem, curve).curve).toBe(curve);
  });

  it('takes secp256k1 for keys that name no curve', () => {
    expect(parsePublicKey(ServerKey.generate().publicBytes).curve).toBe('secp256k1');
  });

  it.each([
    ['a point off the curve', new Uint8Array(64).fill(9)],
    ['a compressed point off the curve', Uint8Array.of(2, ...new Uint8Array(32).fill(0xff))],
    ['other bytes', new Uint8Array(10)],
    ['other text', 'hello'],
    ['broken PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
    [
      'an RSA key',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'der' }),
    ],
    [
      'another curve',
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'der' }),
    ],
  ])('refuses %s', (_, input) => {
    expect(() => parsePublicKey(input)).toThrow(TypeError);
  });

  it('refuses a key on another curve than asked for', () => {
    const key = ServerKey.generate('secp256r1');
    expect(() => parsePublicKey(key.publicPem(), 'secp256k1')).toThrow(TypeError);
    expect(() => parsePublicKey(key.publicBytes, 'secp256k1')).toThrow(TypeError);
  });
});
