import type { QuestBatch } from '../quest-batch.ts';

/** RFC 6455, section 11.8. */
export const WEBSOCKET_OPCODES = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

const FINAL = 0x80;
// The 7-bit length ends at 125: 126 and 127 announce a 16-bit and a 64-bit length (RFC 6455, section 5.2).
const SHORT_MAX = 125;
const MEDIUM = 126;
const MEDIUM_MAX = 0xffff;
const LONG = 127;

/**
 * Encodes one unmasked frame holding a whole message, as servers send them.
 *
 * ```
 * | 1000 opcode | 0 length:7 | none, u16 BE or u64 BE length | payload |
 * ```
 */
export function encodeWebSocketFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const length = payload.length;
  const headerBytes = length <= SHORT_MAX ? 2 : length <= MEDIUM_MAX ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerBytes + length);
  frame[0] = FINAL | opcode;
  if (headerBytes === 2) {
    frame[1] = length;
  } else if (headerBytes === 4) {
    frame[1] = MEDIUM;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LONG;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(payload, headerBytes);
  return frame;
}

/** Makes binary frames; what is sent to many connections in a row is framed only once. */
export class WebSocketFrames {
  #packet: Uint8Array | undefined;
  #frame: Uint8Array | undefined;
  #batch: QuestBatch | undefined;
  #batchFrames: Uint8Array | undefined;

  /** @param packet - Must not change afterwards. */
  binary(packet: Uint8Array): Uint8Array {
    if (this.#frame !== undefined && this.#packet === packet) return this.#frame;
    this.#packet = packet;
    this.#frame = encodeWebSocketFrame(WEBSOCKET_OPCODES.binary, packet);
    return this.#frame;
  }

  /** A frame for each packet, back to back. */
  batch(batch: QuestBatch): Uint8Array {
    if (this.#batchFrames !== undefined && this.#batch === batch) return this.#batchFrames;
    this.#batch = batch;
    this.#batchFrames = batch.count === 1 ? this.binary(batch.bytes) : this.#frameAll(batch);
    return this.#batchFrames;
  }

  #frameAll(batch: QuestBatch): Uint8Array {
    const frames = Array.from({ length: batch.count }, (_, index) =>
      encodeWebSocketFrame(WEBSOCKET_OPCODES.binary, batch.packet(index)),
    );
    return Buffer.concat(frames);
  }
}
