import type { IncomingMessage } from 'node:http';
import { FPNN_CODES } from '../codes.ts';

/** What an HTTP request asks for; the parameters are JSON text. */
export interface HttpQuest {
  readonly method: string;
  readonly payload: Uint8Array;
}

/** What happens while a body comes in. */
export type BodyEvents = { readonly onProgress: () => void; readonly onKept: (bytes: number) => void };

/** A request that is answered without asking anybody. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, message: string, code: number = FPNN_CODES.httpError) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const METHOD_MAX_BYTES = 255;
/** About 1 kB/s of a body keeps a connection from counting as idle. */
const PROGRESS_BYTES = 64 * 1024;
const PARAMETER = 'fpnn';
const NO_PARAMS = '{}';

/**
 * Finds the method in a path `/service/<method>`; a query is ignored.
 *
 * @returns Undefined for any other path.
 */
export function parseServicePath(url: string): string | undefined {
  const [root, service, name, ...rest] = url.split('?', 1)[0]!.split('/');
  if (root !== '' || service !== 'service' || name === undefined || rest.length > 0) return undefined;
  const method = decodePercent(name);
  if (method === undefined || method === '' || Buffer.byteLength(method) > METHOD_MAX_BYTES) return undefined;
  return method;
}

/**
 * Reads the quest of a GET or POST request.
 *
 * @param bodyMaxBytes - The longest body taken.
 * @param events.onProgress - Called whenever a good piece of a body has come. Single bytes are no progress.
 * @param events.onKept - Called with the bytes of a body that are kept, and negative once with all of them when it is
 * whole or given up.
 * @throws HttpRefusal
 */
export async function readHttpQuest(
  request: IncomingMessage,
  bodyMaxBytes: number,
  events: BodyEvents,
): Promise<HttpQuest> {
  if (request.method !== 'GET' && request.method !== 'POST') {
    throw new HttpRefusal(405, 'only GET, POST and OPTIONS are served');
  }
  const method = parseServicePath(request.url ?? '');
  if (method === undefined) throw new HttpRefusal(404, 'the path is not /service/<method>');
  const payload =
    request.method === 'GET' ? queryParams(request.url ?? '') : await readBody(request, bodyMaxBytes, events);
  return { method, payload: payload.length === 0 ? Buffer.from(NO_PARAMS) : payload };
}

function queryParams(url: string): Buffer {
  const start = url.indexOf('?');
  const query = new URLSearchParams(start === -1 ? '' : url.slice(start + 1));
  return Buffer.from(query.get(PARAMETER) ?? NO_PARAMS);
}

async function readBody(
  request: IncomingMessage,
  bodyMaxBytes: number,
  { onProgress, onKept }: BodyEvents,
): Promise<Buffer> {
  let kept = 0;
  const whole = new Promise<Buffer>((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > bodyMaxBytes) reject(tooLarge(bodyMaxBytes));
    const chunks: Buffer[] = [];
    let total = 0;
    request.on('data', (chunk: Buffer) => {
      if ((total + chunk.length) % PROGRESS_BYTES < chunk.length) onProgress();
      total += chunk.length;
      if (total > bodyMaxBytes) {
        chunks.length = 0;
        reject(tooLarge(bodyMaxBytes));
        return;
      }
      chunks.push(chunk);
      kept = total;
      onKept(chunk.length);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
  try {
    return await whole;
  } finally {
    onKept(-kept);
  }
}

function tooLarge(bodyMaxBytes: number): HttpRefusal {
  return new HttpRefusal(413, `the body is longer than ${bodyMaxBytes} bytes`);
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken escape sequence: the path is not one of ours.
    return undefined;
  }
}
