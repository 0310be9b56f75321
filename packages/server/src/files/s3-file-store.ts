import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { AwsClient } from 'aws4fetch';
import { checkKey, type FileStore } from './file-store.ts';

export type S3Settings = {
  /** Address of the service, such as `https://s3.eu-central-1.amazonaws.com`; the bucket is the first part of the path. */
  endpoint: string;
  region: string;
  bucket: string;
  /** Comes before every key, such as `parley/`. */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
};

/** For the whole of an answer, or until the bytes of a file begin, which may take longer. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Of a request that the service answered with 429 or a failure of its own; the library waits longer each time. */
const RETRIES = 3;

type Init = { body?: Uint8Array<ArrayBuffer>; headers?: Record<string, string> };
/** `body` holds the bytes that were asked for; any other answer is a text. */
type Answer = { status: number; text: string; body: ReadableStream | null };

/** Objects of a bucket of any service that speaks the protocol of S3. */
export class S3FileStore implements FileStore {
  readonly #client: AwsClient;
  readonly #base: string;
  readonly #answerTimeoutMs: number;

  /** @param options.answerTimeoutMs - How long an answer may take. Default 30,000. */
  constructor(settings: S3Settings, options: { answerTimeoutMs?: number } = {}) {
    const { accessKeyId, secretAccessKey, region } = settings;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES });
    this.#base = `${settings.endpoint.replace(/\/+$/, '')}/${settings.bucket}/${settings.prefix}`;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    // Bytes of a packet are never shared memory, which is all that the type of fetch objects to.
    const body = bytes as Uint8Array<ArrayBuffer>;
    const headers = { 'content-type': 'application/octet-stream' };
    requireStatus(await this.#ask('PUT', key, { body, headers }), [200]);
  }

  async read(key: string, start: number, end: number): Promise<Readable | undefined> {
    const answer = await this.#ask('GET', key, { headers: { range: `bytes=${start}-${end - 1}` } });
    if (answer.body !== null) return Readable.fromWeb(answer.body);
    requireStatus(answer, [404]);
    return undefined;
  }

  async remove(key: string): Promise<void> {
    requireStatus(await this.#ask('DELETE', key, {}), [200, 204, 404]);
  }

  async #ask(method: string, key: string, init: Init): Promise<Answer> {
    checkKey(key);
    const timeUp = new AbortController();
    const timer = setTimeout(() => timeUp.abort(), this.#answerTimeoutMs);
    try {
      // Not sent on: files and signatures are for the configured service alone, and no other takes the signature.
      const request = { method, signal: timeUp.signal, redirect: 'manual', ...init } as const;
      const response = await this.#client.fetch(`${this.#base}${key}`, request);
      const { status } = response;
      if (status === 206) return { status, text: '', body: response.body as ReadableStream | null };
      // To its end, so that its connection can be used again.
      return { status, text: await response.text(), body: null };
    } catch (cause) {
      throw new Error(`the object store does not answer ${method}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @throws Error for an unexpected status. */
function requireStatus({ status, text }: Answer, expected: readonly number[]): void {
  if (expected.includes(status)) return;
  throw new Error(`the object store answered ${status}: ${text.slice(0, 300)}`);
}
