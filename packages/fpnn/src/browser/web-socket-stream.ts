import type { ByteStream } from '../byte-stream.ts';
import { ProtocolViolation } from '../errors.ts';
import { PacketReader } from '../packet-reader.ts';
import type { Peer } from '../peer.ts';
import type { WebSocketLike } from './web-socket-like.ts';

/** `WebSocket.OPEN`. */
const OPEN = 1;
const NORMAL = 1000;

/**
 * Sends each packet as one binary message. Incoming messages are taken as one stream of bytes, so several packets in a
 * message, or a packet in several messages, do not matter.
 */
export class WebSocketStream implements ByteStream {
  readonly #webSocket: WebSocketLike;
  readonly #reader: PacketReader;
  #failure: ProtocolViolation | undefined;

  constructor(webSocket: WebSocketLike, packetMaxBytes: number) {
    this.#webSocket = webSocket;
    this.#reader = new PacketReader({ packetMaxBytes });
    webSocket.binaryType = 'arraybuffer';
  }

  /** Starts to read. */
  attach(peer: Peer): void {
    this.#webSocket.addEventListener('message', ({ data }) => this.#handleMessage(data, peer));
    this.#webSocket.addEventListener('close', () => peer.handleClose(this.#failure));
    // `close` follows, and tells the peer.
    this.#webSocket.addEventListener('error', () => {});
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  write(packet: Uint8Array): void {
    // Packets never lie in shared memory, which browsers would refuse.
    if (this.#webSocket.readyState === OPEN) this.#webSocket.send(packet as Uint8Array<ArrayBuffer>);
  }

  close(): void {
    this.#webSocket.close(NORMAL);
  }

  /** The standard API cannot break a connection off; the closing handshake has to do. */
  destroy(): void {
    this.#webSocket.close();
  }

  #handleMessage(data: unknown, peer: Peer): void {
    if (this.#failure !== undefined) return;
    try {
      if (!(data instanceof ArrayBuffer)) throw new ProtocolViolation('bad-websocket', 'a text message');
      this.#reader.append(new Uint8Array(data));
      for (let packet = this.#reader.next(); packet !== undefined; packet = this.#reader.next()) {
        peer.handlePacket(packet);
      }
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#failure = error;
      this.close();
    }
  }
}
