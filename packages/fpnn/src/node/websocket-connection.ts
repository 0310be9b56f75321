import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { ProtocolViolation } from '../errors.ts';
import type { Packet } from '../packet.ts';
import { PacketReader } from '../packet-reader.ts';
import type { CloseReason } from './connection.ts';
import type { ListenerContext } from './listener-context.ts';
import { PacketConnection } from './packet-connection.ts';
import { readAgain } from './socket-owner.ts';
import { encodeWebSocketFrame, WEBSOCKET_OPCODES, type WebSocketFrames } from './websocket-frame.ts';

const NORMAL = 1000;
/** RFC 6455, section 7.4.1. */
const CLOSE_CODES: Readonly<Partial<Record<CloseReason, number>>> = {
  idle: 1001,
  shutdown: 1001,
  violation: 1002,
  error: 1011,
};
const MESSAGE_TOO_LONG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
/** The state of a WebSocket in which frames may be sent. */
const OPEN = 1;

/**
 * A connection that carries one FPNN packet in each WebSocket message, binary or text; it sends binary.
 *
 * `ws` does the handshake, reads frames and closes. Data and pongs bypass it: whole frames are written to the socket,
 * all of one turn together, which costs a fifteenth of `ws.send` under load. That is sound because `ws` too writes
 * nothing but whole frames, at once, when compression is off.
 */
export class WebSocketConnection extends PacketConnection {
  readonly transport = 'websocket';
  readonly #webSocket: WebSocket;
  readonly #frames: WebSocketFrames;
  readonly #reader: PacketReader;
  #messages: Buffer[] = [];

  constructor(context: ListenerContext, socket: Socket, webSocket: WebSocket, frames: WebSocketFrames) {
    super(context, socket);
    this.#webSocket = webSocket;
    this.#frames = frames;
    this.#reader = new PacketReader({ packetMaxBytes: context.packetMaxBytes });
    webSocket.on('message', (message: Buffer) => this.#handleMessage(message));
    webSocket.on('ping', (data) => this.#handlePing(data));
    webSocket.on('error', (error) => this.#handleError(error));
    readAgain(socket);
    this.open();
  }

  /** `ws` reads the bytes; here they only show that the other side lives. */
  override handleData(_chunk: Buffer): void {
    this.touch();
  }

  override write(packet: Uint8Array): void {
    if (this.#webSocket.readyState === OPEN) super.write(packet);
  }

  override flush(): void {
    // After its close frame a side must not send anything.
    if (this.#webSocket.readyState === OPEN) super.flush();
  }

  protected override nextPacket(): Packet | undefined {
    const message = this.#messages.shift();
    if (message === undefined) return undefined;
    this.#reader.append(message);
    const packet = this.#reader.next();
    if (packet === undefined) throw new ProtocolViolation('partial-packet');
    if (this.#reader.bufferedBytes > 0) throw new ProtocolViolation('extra-packet');
    return packet;
  }

  protected override encodeForWire(packet: Uint8Array): Uint8Array {
    return this.#frames.binary(packet);
  }

  protected override endOutput(reason?: CloseReason): void {
    this.#webSocket.close((reason !== undefined && CLOSE_CODES[reason]) || NORMAL);
  }

  protected override pauseInput(): void {
    this.#webSocket.pause();
  }

  protected override resumeInput(): void {
    this.#webSocket.resume();
  }

  #handleMessage(message: Buffer): void {
    if (this.isClosing) return;
    this.#messages.push(message);
    this.pump();
  }

  #handlePing(data: Buffer): void {
    if (this.isClosing || this.#webSocket.readyState !== OPEN) return;
    this.send(encodeWebSocketFrame(WEBSOCKET_OPCODES.pong, data));
  }

  /** `ws` has found a frame that it does not take, and closes with the fitting code. */
  #handleError(error: NodeJS.ErrnoException): void {
    if (this.isClosing || !error.code?.startsWith('WS_ERR_')) return;
    this.context.onViolation(error.code === MESSAGE_TOO_LONG ? 'oversize' : 'bad-websocket');
    this.markClosing('violation');
  }
}
