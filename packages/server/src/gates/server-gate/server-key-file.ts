import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Curve, ServerKey } from '@parley/fpnn/node';

/**
 * The key pair that clients of the server gate may encrypt with, made at the first start. The private key is the raw
 * scalar in `server-gate.<curve>.key`; the public key that clients load lies beside it as PEM and DER.
 */
export function loadServerKey(directory: string, curve: Curve): { key: ServerKey; publicKeyFile: string } {
  const privateFile = join(directory, `server-gate.${curve}.key`);
  const publicFile = join(directory, `server-gate.${curve}.pem`);
  // Only the keys are closed to other users: the database below the data folder may run as one.
  mkdirSync(dirname(directory), { recursive: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (!existsSync(privateFile)) {
    writeFileSync(privateFile, ServerKey.generate(curve).privateBytes, { mode: 0o600 });
    chmodSync(privateFile, 0o600);
  }
  const key = ServerKey.fromPrivateBytes(readFileSync(privateFile), curve);
  writeFileSync(publicFile, key.publicPem());
  writeFileSync(join(directory, `server-gate.${curve}.der`), key.publicDer());
  return { key, publicKeyFile: publicFile };
}
