import { type Cipher, createCipheriv, createDecipheriv, createHash, type Decipher } from 'node:crypto';
import { ProtocolViolation } from '../../errors.ts';

/** Length of the AES key in bits. */
export type KeyBits = 128 | 256;
/** `package`: every packet in its own envelope, with the cipher restarted. `stream`: one stream per direction. */
export type CipherMode = 'package' | 'stream';

/** What both directions of one encrypted connection share. */
export interface SessionKey {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly mode: CipherMode;
}

/** Turns one plain packet into the bytes for the wire. */
export interface PacketEncryptor {
  encrypt(packet: Uint8Array): Uint8Array;
}

/** Takes the plaintext out of a byte stream, piece by piece. */
export interface PacketDecryptor {
  append(chunk: Uint8Array): void;
  /** The next piece of plaintext, which never reaches beyond one envelope. Undefined: more bytes are needed. */
  next(): Uint8Array | undefined;
  /**
   * Between two envelopes, where a packet must have ended too and the next one begins. Undefined in a stream, where
   * there are none.
   */
  readonly isBetweenEnvelopes: boolean | undefined;
}

const LENGTH_BYTES = 4;

/** FPNN: iv = MD5(secret), key = the first 16 or all 32 bytes of the secret. The iv is the same in both directions. */
export function deriveSessionKey(secret: Uint8Array, bits: KeyBits, mode: CipherMode): SessionKey {
  return { key: secret.subarray(0, bits / 8), iv: createHash('md5').update(secret).digest(), mode };
}

/** Makes the cipher of one direction. */
export function createEncryptor(session: SessionKey): PacketEncryptor {
  return session.mode === 'stream' ? new StreamEncryptor(session) : new PackageEncryptor(session);
}

/**
 * Makes the reverse of an encryptor.
 *
 * @param packetMaxBytes - Longest envelope accepted; its length stands in front in plain and is checked first.
 */
export function createDecryptor(session: SessionKey, packetMaxBytes: number): PacketDecryptor {
  return session.mode === 'stream' ? new StreamDecryptor(session) : new PackageDecryptor(session, packetMaxBytes);
}

/** CFB keeps its place inside a block, so the borders of packets and chunks do not matter to a stream. */
class StreamEncryptor implements PacketEncryptor {
  readonly #cipher: Cipher;

  constructor(session: SessionKey) {
    this.#cipher = createCipher(session);
  }

  encrypt(packet: Uint8Array): Uint8Array {
    return this.#cipher.update(packet);
  }
}

class StreamDecryptor implements PacketDecryptor {
  readonly isBetweenEnvelopes = undefined;
  readonly #decipher: Decipher;
  #chunks: Uint8Array[] = [];

  constructor(session: SessionKey) {
    this.#decipher = createDecipher(session);
  }

  append(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  next(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    return chunk === undefined ? undefined : this.#decipher.update(chunk);
  }
}

/**
 * ```
 * | u32 LE length of the packet, plain | AES-CFB(packet), starting from iv |
 * ```
 */
class PackageEncryptor implements PacketEncryptor {
  readonly #session: SessionKey;

  constructor(session: SessionKey) {
    this.#session = session;
  }

  encrypt(packet: Uint8Array): Uint8Array {
    const envelope = Buffer.allocUnsafe(LENGTH_BYTES + packet.length);
    envelope.writeUInt32LE(packet.length, 0);
    envelope.set(createCipher(this.#session).update(packet), LENGTH_BYTES);
    return envelope;
  }
}

class PackageDecryptor implements PacketDecryptor {
  readonly #session: SessionKey;
  readonly #packetMaxBytes: number;
  #chunks: Uint8Array[] = [];
  /** Bytes of the length prefix seen so far, and what they add up to. */
  #prefixBytes = 0;
  #length = 0;
  /** Bytes of the open envelope still to come. */
  #remaining = 0;
  #decipher: Decipher | undefined;

  constructor(session: SessionKey, packetMaxBytes: number) {
    this.#session = session;
    this.#packetMaxBytes = packetMaxBytes;
  }

  get isBetweenEnvelopes(): boolean {
    return this.#decipher === undefined;
  }

  append(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  next(): Uint8Array | undefined {
    while (this.#decipher === undefined) {
      const prefix = this.#take(LENGTH_BYTES - this.#prefixBytes);
      if (prefix === undefined) return undefined;
      this.#takePrefix(prefix);
    }
    const part = this.#take(this.#remaining);
    if (part === undefined) return undefined;
    const plain = this.#decipher.update(part);
    this.#remaining -= part.length;
    if (this.#remaining === 0) this.#decipher = undefined;
    return plain;
  }

  /** At most so many bytes, all from one chunk. */
  #take(bytesMax: number): Uint8Array | undefined {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return undefined;
    if (chunk.length <= bytesMax) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(bytesMax);
    return chunk.length <= bytesMax ? chunk : chunk.subarray(0, bytesMax);
  }

  #takePrefix(part: Uint8Array): void {
    for (const byte of part) {
      this.#length += byte * 2 ** (8 * this.#prefixBytes);
      this.#prefixBytes += 1;
    }
    if (this.#prefixBytes < LENGTH_BYTES) return;
    if (this.#length > this.#packetMaxBytes) throw new ProtocolViolation('oversize');
    if (this.#length === 0) throw new ProtocolViolation('partial-packet');
    this.#remaining = this.#length;
    this.#decipher = createDecipher(this.#session);
    this.#prefixBytes = 0;
    this.#length = 0;
  }
}

function createCipher({ key, iv }: SessionKey): Cipher {
  return createCipheriv(cipherName(key), key, iv);
}

function createDecipher({ key, iv }: SessionKey): Decipher {
  return createDecipheriv(cipherName(key), key, iv);
}

function cipherName(key: Uint8Array): string {
  return key.length === 16 ? 'aes-128-cfb' : 'aes-256-cfb';
}
