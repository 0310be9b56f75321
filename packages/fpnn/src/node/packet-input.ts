import { ProtocolViolation } from '../errors.ts';
import type { Packet } from '../packet.ts';
import { PacketReader } from '../packet-reader.ts';
import { createDecryptor, type PacketDecryptor, type SessionKey } from './encryption/session-cipher.ts';

/** Cuts packets from the bytes of a TCP connection; decryption may start between two packets of one chunk. */
export class PacketInput {
  readonly #packetMaxBytes: number;
  readonly #reader: PacketReader;
  #decryptor: PacketDecryptor | undefined;

  constructor(packetMaxBytes: number) {
    this.#packetMaxBytes = packetMaxBytes;
    this.#reader = new PacketReader({ packetMaxBytes });
  }

  /** As `PacketReader.partialBytes`. */
  get partialBytes(): number {
    return this.#reader.partialBytes;
  }

  append(chunk: Uint8Array): void {
    if (this.#decryptor === undefined) this.#reader.append(chunk);
    else this.#decryptor.append(chunk);
  }

  /** Takes all bytes after the packets that `next` has given so far as encrypted. */
  startDecryption(session: SessionKey): void {
    this.#decryptor = createDecryptor(session, this.#packetMaxBytes);
    this.#decryptor.append(this.#reader.takeRest());
  }

  /** As `PacketReader.takeBareAnswers`; answers that came encrypted are not looked for. */
  takeBareAnswers(): number {
    return this.#decryptor === undefined ? this.#reader.takeBareAnswers() : 0;
  }

  /** As `PacketReader.answeredSeq`. */
  get answeredSeq(): number {
    return this.#reader.answeredSeq;
  }

  /**
   * The next whole packet, or undefined until more bytes are there.
   *
   * @throws ProtocolViolation
   */
  next(): Packet | undefined {
    if (this.#decryptor === undefined) return this.#reader.next();
    return this.#nextDecrypted(this.#decryptor);
  }

  #nextDecrypted(decryptor: PacketDecryptor): Packet | undefined {
    for (;;) {
      const packet = this.#reader.next();
      const isBetween = decryptor.isBetweenEnvelopes;
      if (packet !== undefined) {
        if (isBetween === false || (isBetween && this.#reader.bufferedBytes > 0)) {
          throw new ProtocolViolation('extra-packet');
        }
        return packet;
      }
      if (isBetween && this.#reader.bufferedBytes > 0) throw new ProtocolViolation('partial-packet');
      const plain = decryptor.next();
      if (plain === undefined) return undefined;
      this.#reader.append(plain);
    }
  }
}
