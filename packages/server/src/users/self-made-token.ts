import { createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** With what the back end of a project may have signed. */
export type TokenSecrets = { secret: string; publicKeys: readonly KeyObject[] };

/**
 * Checks a token that a back end made by itself: base64 of a signature over `pid:uid:ts`. The signature is an
 * HMAC-SHA256 with the secret of the project (its bytes when it is base64, or else its text), or made with the private
 * half of a public key: ECDSA over SHA-256 in DER, or Ed25519.
 */
export function isSelfMadeToken({ secret, publicKeys }: TokenSecrets, text: string, token: string): boolean {
  const signature = decodeBase64(token);
  if (signature === undefined) return false;
  const signed = Buffer.from(text);
  return (
    hmacKeysOf(secret).some((key) => isHmac(signature, key, signed)) ||
    publicKeys.some((key) => verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', signed, key, signature))
  );
}

function hmacKeysOf(secret: string): Buffer[] {
  const text = Buffer.from(secret);
  const decoded = decodeBase64(secret);
  return decoded === undefined ? [text] : [decoded, text];
}

function isHmac(signature: Uint8Array, key: Uint8Array, text: Uint8Array): boolean {
  const wanted = createHmac('sha256', key).update(text).digest();
  return signature.length === wanted.length && timingSafeEqual(signature, wanted);
}

/** Both alphabets, with or without padding; undefined for text that is not base64. */
function decodeBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text) || text.replace(/=+$/, '').length % 4 === 1) return undefined;
  return Buffer.from(text, 'base64');
}
