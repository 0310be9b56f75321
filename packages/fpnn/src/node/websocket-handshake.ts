import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * The response that turns an HTTP connection into a WebSocket: the first subprotocol that was asked for, no extensions.
 *
 * @returns undefined for a request that is no WebSocket handshake of version 13.
 */
export function acceptWebSocket({ method, headers }: IncomingMessage): string | undefined {
  const key = headers['sec-websocket-key'] ?? '';
  const isHandshake =
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    KEY.test(key);
  if (!isHandshake) return undefined;
  const protocol = headers['sec-websocket-protocol']?.split(',').at(0)?.trim();
  if (protocol !== undefined && !TOKEN.test(protocol)) return undefined;
  const accept = createHash('sha1').update(key).update(ACCEPT_SUFFIX).digest('base64');
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    '\r\n',
  ].join('\r\n');
}
