import { isUtf8 } from 'node:buffer';
import { encodeWebSocketFrame, WEBSOCKET_OPCODES } from './websocket-frame.ts';

/** RFC 6455, section 7.4.1. */
export const WEBSOCKET_CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  tooLong: 1009,
  internalError: 1011,
} as const;

const CODE_BYTES = 2;
const NEVER_SENT: ReadonlySet<number> = new Set([1004, 1005, 1006]);

/** Encodes a close frame with a code and no reason. */
export function encodeCloseFrame(code: number): Uint8Array {
  return encodeWebSocketFrame(WEBSOCKET_OPCODES.close, Uint8Array.of(code >> 8, code & 0xff));
}

/**
 * The frame that answers a close frame: the same code, none for none.
 *
 * @returns undefined when the payload is not what a close frame may hold.
 */
export function answerCloseFrame(payload: Uint8Array): Uint8Array | undefined {
  if (payload.length === 0) return encodeWebSocketFrame(WEBSOCKET_OPCODES.close, payload);
  if (payload.length < CODE_BYTES) return undefined;
  const code = (payload[0]! << 8) | payload[1]!;
  return isCloseCode(code) && isUtf8(payload.subarray(CODE_BYTES)) ? encodeCloseFrame(code) : undefined;
}

function isCloseCode(code: number): boolean {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 && !NEVER_SENT.has(code);
}
