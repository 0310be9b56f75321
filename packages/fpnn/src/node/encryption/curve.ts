/** A curve for encrypted connections. Official clients speak secp256k1 most widely, secp256r1 is known as P-256 too. */
export type Curve = 'secp256k1' | 'secp256r1';

/** Bytes of one coordinate, and of a private key, on both curves. */
export const COORDINATE_BYTES = 32;
/** Bytes of a raw public key: X and Y, big-endian, padded with zeros on the left. */
export const POINT_BYTES = 2 * COORDINATE_BYTES;

/** The name by which OpenSSL knows the curve. */
export function opensslName(curve: Curve): string {
  return curve === 'secp256r1' ? 'prime256v1' : curve;
}

/**
 * DER of a SubjectPublicKeyInfo up to and including the byte 04 that stands before X and Y:
 * a sequence of (ecPublicKey 1.2.840.10045.2.1, the curve) and a bit string.
 */
export const SPKI_PREFIX: Readonly<Record<Curve, Buffer>> = {
  secp256k1: Buffer.from('3056301006072a8648ce3d020106052b8104000a03420004', 'hex'),
  secp256r1: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'),
};

/** Pads a big-endian number with zeros on the left. */
export function padLeft(bytes: Uint8Array, length: number): Buffer {
  const padded = Buffer.alloc(length);
  padded.set(bytes, length - bytes.length);
  return padded;
}
