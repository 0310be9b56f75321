import { ERROR_CODES } from '@parley/contract';
import { decodePayload, type Packet, PacketReader, RawString } from '@parley/fpnn';
import { RawClient } from '../../packages/fpnn/test/support/raw-client.ts';
import { encodeClientFrame, OPCODES, RawWebSocket } from '../../packages/fpnn/test/support/raw-websocket.ts';
import type { Foretold } from './foretell.ts';

const END_TIMEOUT_MS = 15_000;
const CODES: ReadonlySet<number> = new Set(Object.values(ERROR_CODES));
const CLOSE_NORMAL = Buffer.of(0x03, 0xe8);

/**
 * Writes the chunks on a connection of its own, ends this half unless the server is to end first, and waits until the
 * server has ended.
 *
 * @returns All that the server sent. @throws Error when it does not end.
 */
export async function exchange(
  port: number,
  chunks: Iterable<Uint8Array>,
  { serverEndsFirst = false } = {},
): Promise<Buffer> {
  const client = await RawClient.connect(port, { allowHalfOpen: true });
  try {
    for (const chunk of chunks) {
      if (client.socket.destroyed) break;
      await client.write(chunk).catch(() => {}); // The server has closed on what came before.
    }
    if (!serverEndsFirst) client.socket.end();
    return await inTime(client.takeAll());
  } finally {
    client.socket.destroy();
  }
}

/**
 * Sends the messages on a WebSocket of its own, waits for `answers` packets or the end, and closes.
 *
 * @returns The packets that came and the code of the server's close frame.
 */
export async function exchangeMessages(
  port: number,
  frames: Iterable<Uint8Array>,
  answers: number,
): Promise<{ packets: Packet[]; closeCode: number | undefined }> {
  const webSocket = await RawWebSocket.connect(port);
  const { client } = webSocket;
  const packets: Packet[] = [];
  let closeCode: number | undefined;
  try {
    for (const frame of frames) await client.write(frame).catch(() => {}); // As above.
    for (let isClosing = false; ; ) {
      if (packets.length >= answers && !isClosing) {
        isClosing = true;
        await client.write(encodeClientFrame(OPCODES.close, CLOSE_NORMAL)).catch(() => {}); // As above.
      }
      const frame = await inTime(webSocket.take().catch(() => undefined));
      if (frame === undefined) break;
      if (frame.opcode === OPCODES.close) closeCode = frame.payload.readUInt16BE();
      if (frame.opcode === OPCODES.binary) packets.push(...new PacketReader().push(frame.payload));
    }
    return { packets, closeCode };
  } finally {
    client.socket.destroy();
  }
}

/** The packets in what a server sent. @throws Error when they are not whole. */
export function packetsOf(bytes: Uint8Array): Packet[] {
  const reader = new PacketReader();
  const packets = reader.push(bytes);
  if (reader.bufferedBytes > 0) throw new Error(`the server sent half a packet: ${reader.bufferedBytes} bytes`);
  return packets;
}

/**
 * Says what is wrong with the answers of a connection: not asked for, not well formed, an unknown code, an internal error,
 * or too few of them without a violation. Undefined when nothing is.
 */
export function faultIn(packets: readonly Packet[], { asked, violation }: Foretold): string | undefined {
  const open = [...asked];
  for (const packet of packets) {
    if (packet.kind !== 'answer') return `the server sent the quest ${packet.method}`;
    const index = open.indexOf(packet.seq);
    if (index === -1) return `nobody asked for an answer ${packet.seq}`;
    open.splice(index, 1);
    const fault = packet.status === 0 ? undefined : faultInError(packet);
    if (fault !== undefined) return fault;
  }
  if (open.length > 0 && violation === undefined) return `no answer to ${open.length} of ${asked.length} quests`;
  return undefined;
}

function faultInError(packet: Packet): string | undefined {
  const answer = decodePayload(packet);
  const [code, ex] = [answer.get('code'), answer.get('ex')];
  if (typeof code !== 'number' || !(ex instanceof RawString) || ex.bytes.length === 0)
    return 'an error without code and ex';
  if (code === ERROR_CODES.fpnnUnknown || code === ERROR_CODES.unknownError) return `an internal error: ${ex.text}`;
  return CODES.has(code) ? undefined : `an unknown code ${code}: ${ex.text}`;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the connection is still open after ${END_TIMEOUT_MS} ms`)),
      END_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
