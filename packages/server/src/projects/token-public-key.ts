import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * Reads the public half of a key that a project's back end signs login tokens with.
 *
 * @param pem - An EC or Ed25519 public key. @throws Error that says what is wrong with it.
 */
export function parseTokenPublicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new Error('must be a public key; keep the private one to yourself');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw new Error('must be a public key in PEM', { cause });
  }
  if (key.asymmetricKeyType === 'ec' || key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`must be an EC or Ed25519 key, not ${key.asymmetricKeyType}`);
}
