import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Packet } from '../../src/packet.ts';
import { PacketReader } from '../../src/packet-reader.ts';

/** A plain socket that keeps what it receives, for tests that speak in bytes. */
export class RawClient {
  readonly socket: Socket;
  #chunks: Buffer[] = [];
  #hasEnded = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#wake();
    });
    // A reset counts as an end.
    socket.on('error', () => {});
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#hasEnded = true;
        this.#wake();
      });
    }
  }

  static async connect(port: number, options: { allowHalfOpen?: boolean } = {}): Promise<RawClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, ...options });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Resolves when the bytes have been handed to the system. */
  write(bytes: Uint8Array | string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Writes every byte on its own. */
  async writeBytewise(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) await this.write(Uint8Array.of(byte));
  }

  /** Waits for so many bytes and takes them. Fails when the connection ends before. */
  async take(length: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= length);
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  /** Waits for so many packets and takes them. */
  async takePackets(count: number): Promise<Packet[]> {
    let packets: Packet[] = [];
    await this.#until(() => {
      packets = new PacketReader().push(Uint8Array.from(this.#received));
      return packets.length >= count;
    });
    this.#received = Buffer.alloc(0);
    return packets;
  }

  /** Waits until the text has come, and takes all up to its end. */
  async takeThrough(text: string): Promise<string> {
    await this.#until(() => this.#received.includes(text));
    return (await this.take(this.#received.indexOf(text) + text.length)).toString();
  }

  /** Waits until the other side ends and gives what had come by then. */
  async takeAll(): Promise<Buffer> {
    await this.#until(() => this.#hasEnded);
    return this.#received;
  }

  /** All that has come and was not taken. */
  get #received(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!;
  }

  set #received(bytes: Buffer) {
    this.#chunks = [bytes];
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.#hasEnded) throw new Error(`the connection has ended after ${this.#received.toString('latin1')}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
