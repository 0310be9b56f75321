import { stringifyJson } from '@parley/fpnn';
import { mutate, seededRandom } from '../../packages/fpnn/test/wire-generators.ts';
import { type PacketInputs, paramsOf } from './packet-inputs.ts';

/** Bytes of HTTP requests, one behind the other. */
export type HttpInput = {
  readonly label: string;
  readonly bytes: Uint8Array;
  /** How many requests there are, the last of which asks to close; undefined when nobody can tell. */
  readonly requests: number | undefined;
};

type Random = (limit: number) => number;

const METHODS = ['GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'];
const PATHS = ['/service/sendmsg', '/service/*ping', '/service/*key', '/service/', '/', '/service/a/b', '/service/%zz'];
const BODIES = ['', '{}', '[]', 'null', '{"a":', '{"a":1}}', '"x"', '{"rid":1e999}', '['.repeat(9000), '{"\\ud800":1}'];
const LAST = 'GET /service/*ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const ALLOWED = new Set([200, 204, 400, 404, 405, 413, 431, 500]);
const INTERNAL_ERROR = '"code":20001';

/** The same seed gives the same input, but for the times and signatures of its calls. */
export function makeHttpInput(seed: number, packets: PacketInputs): HttpInput {
  const random = seededRandom(seed);
  const requests = Array.from({ length: 1 + random(3) }, () => request(random, packets));
  const bytes = Buffer.from(requests.join('') + LAST);
  if (random(2) === 0) return { label: 'requests', bytes, requests: requests.length + 1 };
  const mutated = Buffer.from(mutate(bytes, random));
  // The first bytes decide who reads the rest; other bytes there are the business of other inputs.
  bytes.copy(mutated, 0, 0, 4);
  return { label: 'mutated requests', bytes: mutated, requests: undefined };
}

/** Says what is wrong with the responses on a connection; undefined when nothing is. */
export function faultInResponses(received: Buffer, { requests }: HttpInput): string | undefined {
  const text = received.toString('latin1');
  if (text.includes(INTERNAL_ERROR)) return `an internal error: ${text}`;
  if (requests === undefined) return undefined;
  let count = 0;
  let last = '';
  for (let at = 0; at < text.length; count += 1) {
    const headEnd = text.indexOf('\r\n\r\n', at);
    last = text.slice(at, headEnd);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(last)?.[1]);
    if (headEnd === -1 || !ALLOWED.has(status)) return `no response that is known: ${last.slice(0, 200)}`;
    const length = Number(/content-length: (\d+)/i.exec(last)?.[1] ?? 0);
    const body = text.slice(headEnd + 4, headEnd + 4 + length);
    if (body.length < length) return `half a response: ${last}`;
    if (status >= 400 && !/^\{"code":\d+,"ex":".+"\}$/s.test(body)) return `an error without code and ex: ${body}`;
    at = headEnd + 4 + length;
  }
  // A refused request whose body was not read ends the connection.
  const isCutShort = /^HTTP\/1\.1 4/.test(last);
  if (!/connection: close/i.test(last)) return `the last response keeps the connection open: ${last}`;
  return count === requests || (isCutShort && count < requests) ? undefined : `${count} responses to ${requests}`;
}

function request(random: Random, packets: PacketInputs): string {
  const method = pick(METHODS, random);
  const call = paramsOf(packets.goodPacket(random));
  const body = random(2) === 0 ? stringifyJson(call.params) : pick(BODIES, random);
  const path = random(2) === 0 ? `/service/${call.method}` : pick(PATHS, random);
  const query =
    random(3) === 0 ? `?fpnn=${random(3) === 0 ? 'x%zz&fpnn={}' : encodeURIComponent(body.slice(0, 1000))}` : '';
  const head = [`${method} ${path}${query} HTTP/1.1`, 'Host: x', ...(random(2) === 0 ? ['Origin: https://a.b'] : [])];
  if (method === 'GET' || method === 'OPTIONS') return [...head, '', ''].join('\r\n');
  const length = Buffer.byteLength(body);
  if (random(2) === 0) return [...head, `Content-Length: ${length}`, '', body].join('\r\n');
  const chunk = length > 0 ? `${length.toString(16)}\r\n${body}\r\n` : '';
  return [...head, 'Transfer-Encoding: chunked', '', `${chunk}0\r\n\r\n`].join('\r\n');
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random(from.length)]!;
}
