import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringifyJson } from '../json/stringify-json.ts';
import type { HttpRefusal } from './http-quest.ts';

const PREFLIGHT_MAX_AGE_S = 86_400;

/** Lets pages of any origin call. The server keeps no cookies, so there is nothing to protect by origin. */
export function allowCrossOrigin(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.origin === undefined) return;
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
  if (request.method !== 'OPTIONS') return;
  response.setHeader(
    'Access-Control-Allow-Headers',
    request.headers['access-control-request-headers'] ?? 'Content-Type',
  );
  response.setHeader('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_S);
}

/** Sends a whole response. */
export function sendJson(response: ServerResponse, status: number, json: Uint8Array | string): void {
  const body = Buffer.from(json as Uint8Array);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
}

/** Answers in the form of an error answer. After a body that was not read to its end the connection cannot go on. */
export function sendRefusal(response: ServerResponse, refusal: HttpRefusal): void {
  if (refusal.status === 405) response.setHeader('Allow', 'GET, POST, OPTIONS');
  if (!response.req.complete) response.setHeader('Connection', 'close');
  sendJson(response, refusal.status, stringifyJson({ code: refusal.code, ex: refusal.message }));
}
