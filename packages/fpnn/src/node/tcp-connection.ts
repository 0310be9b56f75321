import type { Socket } from 'node:net';
import { encodeAnswer, type Packet, type QuestPacket } from '../packet.ts';
import type { QuestBatch } from '../quest-batch.ts';
import { acceptKeyQuest, isKeyQuest } from './encryption/key-exchange.ts';
import { createEncryptor, type PacketEncryptor } from './encryption/session-cipher.ts';
import type { ListenerContext } from './listener-context.ts';
import { PacketConnection } from './packet-connection.ts';
import { PacketInput } from './packet-input.ts';

/** A connection that speaks FPNN over TCP, plain or encrypted. */
export class TcpConnection extends PacketConnection {
  readonly transport = 'tcp';
  readonly #input: PacketInput;
  #encryptor: PacketEncryptor | undefined;

  constructor(context: ListenerContext, socket: Socket) {
    super(context, socket);
    this.#input = new PacketInput(context.packetMaxBytes);
  }

  override get isEncrypted(): boolean {
    return this.#encryptor !== undefined || super.isEncrypted;
  }

  override handleData(chunk: Buffer): void {
    // After an orderly close the rest of the input is read and dropped, so that the last output is not lost by a reset.
    if (this.isClosing) return;
    this.touch();
    this.#input.append(chunk);
    this.pump();
  }

  protected override get inputPartialBytes(): number {
    return this.#input.partialBytes;
  }

  protected override nextPacket(): Packet | undefined {
    if (this.isOpen) {
      for (let count = this.#input.takeBareAnswers(); count > 0; count = this.#input.takeBareAnswers()) {
        this.peer.handleBareAnswers(this.#input.answeredSeq, count);
      }
    }
    return this.#input.next();
  }

  /**
   * The first packet decides about encryption. Until it is there nothing may be sent, since a client that encrypts
   * expects ciphertext from the very first byte.
   */
  protected override handlePacket(packet: Packet): void {
    if (this.isOpen) {
      super.handlePacket(packet);
    } else if (isKeyQuest(packet)) {
      this.#startEncryption(packet);
    } else {
      this.open();
      if (!this.isClosing) super.handlePacket(packet);
    }
  }

  protected override encodeForWire(packet: Uint8Array): Uint8Array {
    return this.#encryptor === undefined ? packet : this.#encryptor.encrypt(packet);
  }

  protected override encodeBatchForWire(batch: QuestBatch): Uint8Array {
    const encryptor = this.#encryptor;
    if (encryptor === undefined) return batch.bytes;
    return Buffer.concat(Array.from({ length: batch.count }, (_, index) => encryptor.encrypt(batch.packet(index))));
  }

  protected override endOutput(): void {
    this.socket.end();
  }

  #startEncryption(packet: QuestPacket): void {
    const session = acceptKeyQuest(packet, this.context.serverKey);
    this.#encryptor = createEncryptor(session);
    this.#input.startDecryption(session);
    this.send(this.encodeForWire(encodeAnswer(packet.seq, {})));
    this.open();
  }
}
