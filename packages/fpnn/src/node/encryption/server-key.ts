import { createECDH, type ECDH } from 'node:crypto';
import { COORDINATE_BYTES, type Curve, opensslName, POINT_BYTES, padLeft } from './curve.ts';
import { encodePublicDer, formatPublicPem, withPointPrefix } from './public-key.ts';

/**
 * The key pair of a server that offers encrypted connections. Clients are given its public half beforehand; there is
 * no certificate, and both sides must be set to the same curve.
 */
export class ServerKey {
  readonly curve: Curve;
  /** The private scalar: 32 bytes, big-endian. Keep it secret. */
  readonly privateBytes: Uint8Array;
  /** X and Y of the public point, 64 bytes. */
  readonly publicBytes: Uint8Array;
  readonly #ecdh: ECDH;

  /** Use `generate` or `fromPrivateBytes`. */
  private constructor(curve: Curve, ecdh: ECDH) {
    this.curve = curve;
    this.privateBytes = Uint8Array.from(padLeft(ecdh.getPrivateKey(), COORDINATE_BYTES));
    this.publicBytes = Uint8Array.from(ecdh.getPublicKey().subarray(1));
    this.#ecdh = ecdh;
  }

  /** Makes a new key pair. Default curve: secp256k1, which every official client with encryption but Java speaks. */
  static generate(curve: Curve = 'secp256k1'): ServerKey {
    const ecdh = createECDH(opensslName(curve));
    ecdh.generateKeys();
    return new ServerKey(curve, ecdh);
  }

  /**
   * Restores a key pair from `privateBytes`.
   *
   * @throws RangeError when these are not 32 bytes, or no valid scalar on the curve (zero or too large).
   */
  static fromPrivateBytes(bytes: Uint8Array, curve: Curve = 'secp256k1'): ServerKey {
    if (bytes.length !== COORDINATE_BYTES) {
      throw new RangeError(`a private key has ${COORDINATE_BYTES} bytes, not ${bytes.length}`);
    }
    const ecdh = createECDH(opensslName(curve));
    try {
      ecdh.setPrivateKey(bytes);
    } catch (cause) {
      throw new RangeError(`the private key is not valid on ${curve}`, { cause });
    }
    return new ServerKey(curve, ecdh);
  }

  /** The public key as PEM text, for clients. */
  publicPem(): string {
    return formatPublicPem({ curve: this.curve, point: this.publicBytes });
  }

  /** The public key as DER (SubjectPublicKeyInfo), for clients. */
  publicDer(): Uint8Array {
    return encodePublicDer({ curve: this.curve, point: this.publicBytes });
  }

  /**
   * The secret shared with the owner of a public key: the x-coordinate of the common point, 32 bytes.
   *
   * @param point - X and Y, 64 bytes.
   * @returns Undefined when the point has another length or is not on the curve.
   */
  sharedSecret(point: Uint8Array): Uint8Array | undefined {
    if (point.length !== POINT_BYTES) return undefined;
    try {
      return padLeft(this.#ecdh.computeSecret(withPointPrefix(point)), COORDINATE_BYTES);
    } catch {
      // The only failure left is a point off the curve, and that comes from outside: no exception for it.
      return undefined;
    }
  }
}
