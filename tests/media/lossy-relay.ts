import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export type LossyRelayOptions = {
  /** UDP on 127.0.0.1: whom to relay to. */
  readonly targetPort: number;
  /** Of the media packets, either way, 0 to 1. What sets up a connection is not lost. */
  readonly loss: number;
  /** Either way. */
  readonly delayMs: number;
};

/** The same packets are lost in each run. */
const PATTERN_SEED = 12_345;

/** A leg of a bad network: a UDP port in front of another that loses and delays packets. */
export class LossyRelay {
  readonly port: number;
  dropped = 0;
  relayed = 0;
  #loss: number;
  readonly #options: LossyRelayOptions;
  readonly #front: Socket;
  /** By the client's address: the socket that stands for it on the other side. */
  readonly #backs = new Map<string, Socket>();
  #state = PATTERN_SEED;
  #isClosed = false;

  private constructor(front: Socket, options: LossyRelayOptions) {
    this.#front = front;
    this.#options = options;
    this.#loss = options.loss;
    this.port = front.address().port;
    front.on('message', (bytes, { address, port }) => {
      const back = this.#backFor(address, port);
      this.#pass(bytes, () => back.send(bytes, options.targetPort, '127.0.0.1'));
    });
  }

  static async start(options: LossyRelayOptions): Promise<LossyRelay> {
    const front = createSocket('udp4').bind(0, '127.0.0.1');
    await once(front, 'listening');
    return new LossyRelay(front, options);
  }

  /** Sends the media of an answer through the relay. */
  redirect(answer: string): string {
    return answer.replaceAll(` 127.0.0.1 ${this.#options.targetPort} typ host`, ` 127.0.0.1 ${this.port} typ host`);
  }

  /** From now on everything arrives, so that what is missing can be told from what is on its way. */
  stopLosing(): void {
    this.#loss = 0;
  }

  close(): void {
    this.#isClosed = true;
    this.#front.close();
    for (const back of this.#backs.values()) back.close();
  }

  #backFor(address: string, port: number): Socket {
    const key = `${address}:${port}`;
    let back = this.#backs.get(key);
    if (back === undefined) {
      back = createSocket('udp4').bind(0, '127.0.0.1');
      back.on('message', (bytes) => this.#pass(bytes, () => this.#front.send(bytes, port, address)));
      this.#backs.set(key, back);
    }
    return back;
  }

  #pass(bytes: Buffer, send: () => void): void {
    // RTP and RTCP; STUN and DTLS begin with smaller numbers (RFC 7983).
    const isMedia = bytes[0]! >= 128 && bytes[0]! <= 191;
    if (isMedia && this.#random() < this.#loss) {
      this.dropped += 1;
      return;
    }
    this.relayed += 1;
    setTimeout(() => {
      if (!this.#isClosed) send();
    }, this.#options.delayMs);
  }

  #random(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#state / 2 ** 32;
  }
}
