import { randomBytes } from 'node:crypto';
import { RawClient } from './raw-client.ts';

/** One frame as it came. */
export interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payload: Buffer;
}

/** RFC 6455, section 5.2. */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A WebSocket client that speaks in single frames, for what `ws` would never send. */
export class RawWebSocket {
  readonly client: RawClient;
  /** The head of the answer to the upgrade. */
  readonly head: string;

  private constructor(client: RawClient, head: string) {
    this.client = client;
    this.head = head;
  }

  static async connect(port: number, path = '/service/websocket', headers = ''): Promise<RawWebSocket> {
    const client = await RawClient.connect(port);
    await client.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${headers}\r\n`,
    );
    return new RawWebSocket(client, await client.takeThrough('\r\n\r\n'));
  }

  send(opcode: number, payload: Uint8Array, options: { isFinal?: boolean; isMasked?: boolean } = {}): Promise<void> {
    return this.client.write(encodeClientFrame(opcode, payload, options));
  }

  /** Waits for one frame. */
  async take(): Promise<Frame> {
    const [first, second] = await this.client.take(2);
    if (second! >= 0x80) throw new Error('a server must not mask its frames');
    let length = second!;
    if (length === 126) length = (await this.client.take(2)).readUInt16BE();
    else if (length === 127) length = Number((await this.client.take(8)).readBigUInt64BE());
    return { opcode: first! & 0x0f, isFinal: first! >= 0x80, payload: await this.client.take(length) };
  }
}

/** One frame as clients send it, or not quite. */
export function encodeClientFrame(
  opcode: number,
  payload: Uint8Array,
  { isFinal = true, isMasked = true }: { isFinal?: boolean; isMasked?: boolean } = {},
): Buffer {
  const first = (isFinal ? 0x80 : 0) | opcode;
  const maskBit = isMasked ? 0x80 : 0;
  const header = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65536 ? 4 : 10);
  header[0] = first;
  header[1] = maskBit | (header.length === 2 ? payload.length : header.length === 4 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(payload.length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(payload.length), 2);
  if (!isMasked) return Buffer.concat([header, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, payload.map((byte, i) => byte ^ mask[i % 4]!)]);
}
