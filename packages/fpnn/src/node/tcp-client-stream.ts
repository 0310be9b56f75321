import type { Socket } from 'node:net';
import type { ByteStream } from '../byte-stream.ts';
import { ProtocolViolation } from '../errors.ts';
import type { Packet } from '../packet.ts';
import { createEncryptor, type PacketEncryptor, type SessionKey } from './encryption/session-cipher.ts';
import { type Flushable, FlushQueue } from './flush-queue.ts';
import { Outbox } from './outbox.ts';
import { PacketInput } from './packet-input.ts';

/** How long the other side may take to close its half after `close`. */
const CLOSE_TIMEOUT_MS = 5000;

/** Receives what comes in on a `TcpClientStream`. */
export interface PacketSink {
  /** May throw ProtocolViolation. */
  handlePacket(packet: Packet): void;
  handleClose(reason?: Error): void;
}

/** The client's side of a TCP connection: packets in both directions, encrypted from some point on. */
export class TcpClientStream implements ByteStream, Flushable {
  readonly #socket: Socket;
  readonly #input: PacketInput;
  readonly #outbox: Outbox;
  readonly #flushQueue = new FlushQueue();
  #encryptor: PacketEncryptor | undefined;

  constructor(socket: Socket, packetMaxBytes: number) {
    this.#socket = socket;
    this.#input = new PacketInput(packetMaxBytes);
    this.#outbox = new Outbox(socket);
  }

  /** Starts to read. */
  attach(sink: PacketSink): void {
    this.#socket.on('data', (chunk) => this.#handleData(chunk, sink));
    this.#socket.on('close', () => {
      this.#outbox.discard();
      sink.handleClose(this.#socket.errored ?? undefined);
    });
    // `close` follows, and tells the sink.
    this.#socket.on('error', () => {});
  }

  get bufferedBytes(): number {
    return this.#outbox.bufferedBytes;
  }

  write(packet: Uint8Array): void {
    if (!this.#socket.writable) return;
    if (this.#outbox.isEmpty) this.#flushQueue.add(this);
    this.#outbox.push(this.#encryptor === undefined ? packet : this.#encryptor.encrypt(packet), this.#flushQueue.root);
  }

  flush(): void {
    this.#outbox.flush();
  }

  /** Encrypts all that is written from now on, and takes all that comes as encrypted. */
  startEncryption(session: SessionKey): void {
    this.#encryptor = createEncryptor(session);
    this.#input.startDecryption(session);
  }

  close(): void {
    this.#outbox.flush();
    this.#socket.end();
    this.#socket.setTimeout(CLOSE_TIMEOUT_MS, () => this.#socket.destroy());
  }

  destroy(): void {
    this.#outbox.discard();
    this.#socket.destroy();
  }

  #handleData(chunk: Buffer, sink: PacketSink): void {
    try {
      this.#input.append(chunk);
      for (let packet = this.#input.next(); packet !== undefined; packet = this.#input.next()) {
        sink.handlePacket(packet);
      }
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#socket.destroy(error);
    }
  }
}
