import type { Socket } from 'node:net';
import { ProtocolViolation } from '../errors.ts';
import type { Packet } from '../packet.ts';
import { BARE_ANSWER_BYTES, bareAnswerSeq, PacketReader } from '../packet-reader.ts';
import type { QuestBatch } from '../quest-batch.ts';
import type { CloseReason } from './connection.ts';
import type { ListenerContext } from './listener-context.ts';
import { PacketConnection } from './packet-connection.ts';
import { readAgain } from './socket-owner.ts';
import { answerCloseFrame, encodeCloseFrame, WEBSOCKET_CLOSE_CODES } from './websocket-close.ts';
import { encodeWebSocketFrame, WEBSOCKET_OPCODES, type WebSocketFrames } from './websocket-frame.ts';
import { WebSocketReader } from './websocket-reader.ts';

const CLOSE_CODES: Readonly<Partial<Record<CloseReason, number>>> = {
  idle: WEBSOCKET_CLOSE_CODES.goingAway,
  shutdown: WEBSOCKET_CLOSE_CODES.goingAway,
  violation: WEBSOCKET_CLOSE_CODES.protocolError,
  error: WEBSOCKET_CLOSE_CODES.internalError,
};

/** A connection that carries one FPNN packet in each WebSocket message, binary or text; it sends binary. */
export class WebSocketConnection extends PacketConnection {
  readonly transport = 'websocket';
  readonly #frames: WebSocketFrames;
  readonly #input: WebSocketReader;
  readonly #packets: PacketReader;
  #isTooLong = false;

  /** @param firstBytes - What came behind the handshake. */
  constructor(context: ListenerContext, socket: Socket, frames: WebSocketFrames, firstBytes: Buffer) {
    super(context, socket);
    this.#frames = frames;
    this.#input = new WebSocketReader(context.packetMaxBytes);
    this.#packets = new PacketReader({ packetMaxBytes: context.packetMaxBytes });
    readAgain(socket);
    this.open();
    if (firstBytes.length > 0) this.handleData(firstBytes);
  }

  override handleData(chunk: Buffer): void {
    this.touch();
    this.#input.append(chunk);
    if (this.isClosing) this.#awaitClose();
    else this.pump();
  }

  protected override get inputPartialBytes(): number {
    return this.#input.partialBytes;
  }

  protected override nextPacket(): Packet | undefined {
    const input = this.#input;
    let firstSeq = 0;
    let answers = 0;
    while (!this.isClosing && this.#readFrame()) {
      const seq = this.#bareAnswerSeq();
      if (answers > 0 && seq !== firstSeq + answers) {
        this.peer.handleBareAnswers(firstSeq, answers);
        answers = 0;
      }
      if (seq >= 0) {
        if (answers === 0) firstSeq = seq;
        answers += 1;
        continue;
      }
      switch (input.opcode) {
        case WEBSOCKET_OPCODES.close:
          this.#handleClose(input.payload);
          break;
        case WEBSOCKET_OPCODES.ping:
          // Pongs leave with everything else of their turn, and count as output.
          this.send(encodeWebSocketFrame(WEBSOCKET_OPCODES.pong, input.payload));
          break;
        case WEBSOCKET_OPCODES.pong:
          break;
        default:
          return this.#packetOf(input.payload);
      }
    }
    if (answers > 0) this.peer.handleBareAnswers(firstSeq, answers);
    return undefined;
  }

  protected override encodeForWire(packet: Uint8Array): Uint8Array {
    return this.#frames.binary(packet);
  }

  protected override encodeBatchForWire(batch: QuestBatch): Uint8Array {
    return this.#frames.batch(batch);
  }

  protected override endOutput(reason?: CloseReason): void {
    const code = this.#isTooLong ? WEBSOCKET_CLOSE_CODES.tooLong : reason && CLOSE_CODES[reason];
    if (this.socket.writable) this.socket.write(encodeCloseFrame(code ?? WEBSOCKET_CLOSE_CODES.normal));
  }

  #readFrame(): boolean {
    try {
      return this.#input.next();
    } catch (error) {
      this.#isTooLong = error instanceof ProtocolViolation && error.reason === 'oversize';
      throw error;
    }
  }

  /** The number in the message at hand if it is a bare answer, else -1. */
  #bareAnswerSeq(): number {
    const { opcode, bytes, start, end } = this.#input;
    const isAnswer = end - start === BARE_ANSWER_BYTES && opcode <= WEBSOCKET_OPCODES.binary;
    return isAnswer ? bareAnswerSeq(bytes, start) : -1;
  }

  #packetOf(message: Uint8Array): Packet {
    this.#packets.append(message);
    const packet = this.#packets.next();
    if (packet === undefined) throw new ProtocolViolation('partial-packet');
    if (this.#packets.bufferedBytes > 0) throw new ProtocolViolation('extra-packet');
    return packet;
  }

  /** The other side has begun to close. After the answer nothing may be sent, what is queued neither. */
  #handleClose(payload: Uint8Array): void {
    const answer = answerCloseFrame(payload);
    if (answer === undefined) throw new ProtocolViolation('bad-websocket', 'not a close frame');
    this.abandon();
    this.socket.end(answer);
  }

  /** This side has begun to close: all that counts is the answer to that. */
  #awaitClose(): void {
    try {
      while (this.#input.next()) {
        if (this.#input.opcode === WEBSOCKET_OPCODES.close) this.socket.end();
      }
    } catch {
      // It has been counted why the connection ends; now it ends at once.
      this.socket.destroy();
    }
  }
}
