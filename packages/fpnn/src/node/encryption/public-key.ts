import { createPublicKey, ECDH, type KeyObject } from 'node:crypto';
import { COORDINATE_BYTES, type Curve, opensslName, POINT_BYTES, padLeft, SPKI_PREFIX } from './curve.ts';

/** A public key: the curve and the raw point, X and Y of 32 bytes each. */
export interface PublicKey {
  readonly curve: Curve;
  readonly point: Uint8Array;
}

const DEFAULT_CURVE: Curve = 'secp256k1';
const UNCOMPRESSED = 4;

/**
 * Reads a server's public key in any form in which it is handed out.
 *
 * @param input - PEM text, or bytes: X and Y (64), a SEC1 point (33 or 65), DER (SubjectPublicKeyInfo) or PEM.
 * @param curve - The curve of a key that does not name it. Default secp256k1. PEM and DER name their curve.
 * @throws TypeError when the input is no public key, is not on its curve, or names another curve than `curve`.
 */
export function parsePublicKey(input: Uint8Array | string, curve?: Curve): PublicKey {
  if (typeof input !== 'string') {
    if (input.length === POINT_BYTES) return pointOnCurve(withPointPrefix(input), curve ?? DEFAULT_CURVE);
    if (isSec1Point(input)) return pointOnCurve(input, curve ?? DEFAULT_CURVE);
  }
  const key = keyFromSpki(input);
  if (curve !== undefined && curve !== key.curve) {
    throw new TypeError(`the public key is on ${key.curve}, not on ${curve}`);
  }
  return key;
}

/** DER of a public key (SubjectPublicKeyInfo with an uncompressed point, as C++ and Java clients load it). */
export function encodePublicDer(key: PublicKey): Buffer {
  return Buffer.concat([SPKI_PREFIX[key.curve], key.point]);
}

/** PEM of a public key: the BEGIN line first and one newline at the end, which the C++ client insists on. */
export function formatPublicPem(key: PublicKey): string {
  const lines = encodePublicDer(key)
    .toString('base64')
    .match(/.{1,64}/g);
  return ['-----BEGIN PUBLIC KEY-----', ...(lines ?? []), '-----END PUBLIC KEY-----', ''].join('\n');
}

/** A raw point in the form that node:crypto takes: 04, X, Y. */
export function withPointPrefix(point: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(UNCOMPRESSED), point]);
}

function isSec1Point(bytes: Uint8Array): boolean {
  const first = bytes[0];
  return (
    (bytes.length === 1 + POINT_BYTES && first === UNCOMPRESSED) ||
    (bytes.length === 1 + COORDINATE_BYTES && (first === 2 || first === 3))
  );
}

function pointOnCurve(sec1: Uint8Array, curve: Curve): PublicKey {
  try {
    const point = ECDH.convertKey(sec1, opensslName(curve), undefined, undefined, 'uncompressed') as Buffer;
    return { curve, point: Uint8Array.from(point.subarray(1)) };
  } catch (cause) {
    throw new TypeError(`the public key is not a point on ${curve}`, { cause });
  }
}

function keyFromSpki(input: Uint8Array | string): PublicKey {
  const key = readSpki(input);
  const { crv, x, y } = key.asymmetricKeyType === 'ec' ? key.export({ format: 'jwk' }) : {};
  const curve = crv === 'P-256' ? 'secp256r1' : crv === 'secp256k1' ? crv : undefined;
  if (curve === undefined || x === undefined || y === undefined) {
    throw new TypeError('the public key is not on secp256k1 or secp256r1');
  }
  return { curve, point: new Uint8Array(Buffer.concat([coordinate(x), coordinate(y)])) };
}

function readSpki(input: Uint8Array | string): KeyObject {
  const bytes = Buffer.from(input as Uint8Array);
  const isPem = bytes.includes('-----BEGIN');
  try {
    return createPublicKey(isPem ? { key: bytes, format: 'pem' } : { key: bytes, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new TypeError('not a public key: expected X and Y, a SEC1 point, DER or PEM', { cause });
  }
}

function coordinate(base64url: string): Buffer {
  return padLeft(Buffer.from(base64url, 'base64url'), COORDINATE_BYTES);
}
