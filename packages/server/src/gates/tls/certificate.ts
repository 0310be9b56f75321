import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { generate } from 'selfsigned';

/** Certificate and key in PEM form. */
export type Certificate = { cert: string; key: string };

/** Where the certificate is: files of the operator, or a folder for one of our own. */
export type CertificatePlace = { directory: string; certFile?: string | undefined; keyFile?: string | undefined };

const VALID_DAYS = 3650;
const RENEW_DAYS_BEFORE = 30;
const DAY_MS = 86_400_000;

/**
 * The certificate of the TLS port: from the files of the configuration, or a self-signed one for this host, made at the
 * first start in `directory` and again before it expires.
 *
 * @throws Error that names the file which cannot be read, is no certificate, or has no fitting key.
 */
export async function loadCertificate(place: CertificatePlace, now: number): Promise<Certificate> {
  const { directory } = place;
  if (place.certFile !== undefined && place.keyFile !== undefined) return readPair(place.certFile, place.keyFile);
  const certFile = join(directory, 'tls.crt');
  const keyFile = join(directory, 'tls.key');
  if (!existsSync(certFile) || !existsSync(keyFile) || expiresSoon(certFile, now)) {
    await makeSelfSigned(directory, certFile, keyFile, now);
  }
  return readPair(certFile, keyFile);
}

function readPair(certFile: string, keyFile: string): Certificate {
  const pair = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  try {
    new X509Certificate(pair.cert);
  } catch (cause) {
    throw new Error(`${certFile} holds no certificate in PEM form`, { cause });
  }
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw new Error(`${keyFile} holds no key in PEM form that fits ${certFile}`, { cause });
  }
  return pair;
}

function expiresSoon(certFile: string, now: number): boolean {
  return Date.parse(new X509Certificate(readFileSync(certFile)).validTo) < now + RENEW_DAYS_BEFORE * DAY_MS;
}

async function makeSelfSigned(directory: string, certFile: string, keyFile: string, now: number): Promise<void> {
  const names = [...new Set(['localhost', hostname()])].map((value) => ({ type: 2 as const, value }));
  const made = await generate([{ name: 'commonName', value: 'Parley' }], {
    keyType: 'ec',
    curve: 'P-256',
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
    extensions: [{ name: 'subjectAltName', altNames: [...names, { type: 7, ip: '127.0.0.1' }] }],
  });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(keyFile, made.private, { mode: 0o600 });
  chmodSync(keyFile, 0o600);
  writeFileSync(certFile, made.cert);
}
