import { answerBuiltIn, isBuiltIn, type PeerBuiltins } from './built-in-methods.ts';
import type { ByteStream } from './byte-stream.ts';
import { FPNN_CODES } from './codes.ts';
import { FpnnError, ProtocolViolation, WireError } from './errors.ts';
import type { IncomingQuest } from './incoming-quest.ts';
import {
  type AnswerPacket,
  DEFAULT_PACKET_MAX_BYTES,
  decodePayload,
  type Encoding,
  encodeQuest,
  type Packet,
  type QuestPacket,
} from './packet.ts';
import { cancelled, PendingQuests } from './pending-quests.ts';
import type { QuestBatch } from './quest-batch.ts';
import { ReceivedQuest } from './received-quest.ts';
import type { Encodable, WireMap } from './value.ts';
import { wireText } from './wire-text.ts';

export type { PeerBuiltins };

const DEFAULT_QUEST_TIMEOUT_MS = 30_000;
/** A peer that never answers may hold this many promises, some 5 MB. */
const DEFAULT_PENDING_MAX = 16_384;

/** Settings of a `Peer`. */
export interface PeerOptions {
  /** Takes the quests of the other side. Without it they are answered with 20004. */
  readonly onQuest?: ((quest: IncomingQuest) => void | Promise<void>) | undefined;
  /**
   * Gets the numbers of answers that no quest waits for, such as those to quests sent with `sendEncoded` and `sendBatch`:
   * `count` of them in a row from `firstSeq` on. Default: ignored.
   */
  readonly onStrayAnswers?: ((firstSeq: number, count: number) => void) | undefined;
  /** Called once, when the stream has ended, whoever ended it. */
  readonly onClose?: ((reason?: Error) => void) | undefined;
  /**
   * Gets what `onQuest` (or its promise) or a built-in hook threw; without it that is lost. The quest is answered with
   * 20001 unless it was answered before. An FpnnError does not come here: it is the answer.
   */
  readonly onHandlerError?: ((error: unknown, quest: IncomingQuest) => void) | undefined;
  /** The largest packet sent, as other sides close the connection on larger ones. Default 8 MiB. */
  readonly packetMaxBytes?: number | undefined;
  /** How long `quest` waits unless told otherwise. Default 30000; 0 waits for ever. */
  readonly questTimeoutMs?: number | undefined;
  /** The clock, in epoch milliseconds. Default `Date.now`, and a monotonic clock for the timeouts. */
  readonly now?: (() => number) | undefined;
  /** The most quests that may wait for answers at once. Default 16384. */
  readonly pendingMax?: number | undefined;
  /** True when the other side has a private address, and so may call `*status`, `*infos` and `*tune`. Default false. */
  readonly isPrivatePeer?: boolean | undefined;
  /** What stands behind those methods. */
  readonly builtins?: PeerBuiltins | undefined;
}

/** Settings of one quest. */
export interface QuestOptions {
  /** Default `questTimeoutMs` of the peer; 0 waits for ever. The quest may end some 20 ms later than that. */
  readonly timeoutMs?: number | undefined;
  /** Stops the waiting; the other side is not told. */
  readonly signal?: AbortSignal | undefined;
  /** Default `msgpack`; many SDKs read nothing else. */
  readonly encoding?: Encoding | undefined;
}

/**
 * One end of an FPNN connection. Both ends may send quests at any time; the two directions count independently.
 *
 * The socket code owns the stream: it hands in packets with `handlePacket`, and the end with `handleClose`.
 */
export class Peer {
  private readonly stream: ByteStream;
  private readonly options: PeerOptions;
  private readonly packetMaxBytes: number;
  /** Made at the first quest: most connections of a server never get one. */
  private pending: PendingQuests | undefined;
  private isClosing = false;
  private hasEnded = false;

  constructor(stream: ByteStream, options: PeerOptions = {}) {
    this.stream = stream;
    this.options = options;
    this.packetMaxBytes = options.packetMaxBytes ?? DEFAULT_PACKET_MAX_BYTES;
  }

  /** True from `close` or the end of the stream on. */
  get isClosed(): boolean {
    return this.isClosing;
  }

  /**
   * Sends a quest and waits for its answer.
   *
   * @returns The answer's map.
   * @throws FpnnError with the code of an error answer, or 20002 when the connection is or gets closed, 20003 when no answer
   * came in time, 20011 when `pendingMax` quests wait already, 20015 when the signal was aborted (`cause` is its reason).
   * @throws WireError `not-encodable`, RangeError for a method of no or more than 255 bytes or a negative timeout.
   */
  quest(method: string, params: Encodable, options: QuestOptions = {}): Promise<WireMap> {
    return new Promise((resolve, reject) => this.startQuest(method, params, options, resolve, reject));
  }

  /**
   * Sends a one-way quest. Does nothing on a closed peer.
   *
   * @throws WireError `not-encodable`, RangeError for a method of no or more than 255 bytes.
   */
  notify(method: string, params: Encodable): void {
    if (!this.isClosing) this.send(encodeQuest({ method, params }));
  }

  /** Sends a packet that was encoded once for many peers. Does nothing on a closed peer. */
  sendEncoded(packet: Uint8Array): void {
    if (!this.isClosing) this.stream.write(packet);
  }

  /** Sends quests that were encoded once for many peers. Does nothing on a closed peer. */
  sendBatch(batch: QuestBatch): void {
    if (this.isClosing) return;
    if (this.stream.writeBatch !== undefined) this.stream.writeBatch(batch);
    else for (let index = 0; index < batch.count; index += 1) this.stream.write(batch.packet(index));
  }

  /**
   * Takes a packet of the other side. A closed peer ignores it, and so are answers ignored that nobody waits for: some
   * SDKs answer one-way quests.
   *
   * @throws ProtocolViolation when the payload does not decode to a map, or for a `*key`. Close the connection then.
   */
  handlePacket(packet: Packet): void {
    if (this.isClosing) return;
    if (packet.kind === 'quest') this.handleQuest(packet);
    else if (this.pending?.has(packet.seq)) this.handleAnswer(packet, this.pending);
    else this.options.onStrayAnswers?.(packet.seq, 1);
  }

  /** Takes answers with an empty map, which need no decoding; their numbers are `count` in a row from `firstSeq` on. */
  handleBareAnswers(firstSeq: number, count: number): void {
    if (this.isClosing) return;
    const { pending } = this;
    if (pending === undefined || pending.size === 0) {
      this.options.onStrayAnswers?.(firstSeq, count);
      return;
    }
    for (let seq = firstSeq; seq < firstSeq + count; seq += 1) {
      if (pending.has(seq)) pending.resolve(seq, new Map());
      else this.options.onStrayAnswers?.(seq, 1);
    }
  }

  /** Takes the end of the stream: quests that wait fail with 20002, with `reason` as the cause. Further calls do nothing. */
  handleClose(reason?: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.isClosing = true;
    this.rejectPending(reason);
    this.options.onClose?.(reason);
  }

  /**
   * Sends what is queued, then closes. Quests that wait fail with 20002 at once; `onClose` comes with the end of the
   * stream. Further calls do nothing.
   */
  close(): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.rejectPending();
    this.stream.close();
  }

  private startQuest(
    method: string,
    params: Encodable,
    options: QuestOptions,
    resolve: (answer: WireMap) => void,
    reject: (error: Error) => void,
  ): void {
    const { signal, encoding } = options;
    const timeoutMs = options.timeoutMs ?? this.options.questTimeoutMs ?? DEFAULT_QUEST_TIMEOUT_MS;
    if (!(timeoutMs >= 0)) throw new RangeError('timeoutMs must be 0 or more');
    if (this.isClosing) throw connectionClosed(method);
    if (signal?.aborted) throw cancelled(method, signal);
    this.pending ??= new PendingQuests(this.options.now ?? monotonicNow);
    const pending = this.pending;
    if (pending.size >= (this.options.pendingMax ?? DEFAULT_PENDING_MAX)) {
      throw new FpnnError(FPNN_CODES.workQueueFull, `${method}: ${pending.size} quests wait for answers`);
    }
    // Waits before it is sent: the answer of a peer in the same process may come during the write.
    const seq = pending.add({ method, timeoutMs, signal, resolve, reject });
    try {
      this.send(encodeQuest({ method, params, seq, ...(encoding && { encoding }) }));
    } catch (error) {
      pending.reject(seq, error as Error);
    }
  }

  private readonly send = (packet: Uint8Array): void => {
    if (this.isClosing) return;
    if (packet.length > this.packetMaxBytes) {
      throw new WireError(
        `a packet of ${packet.length} bytes, at most ${this.packetMaxBytes} are sent`,
        'not-encodable',
      );
    }
    this.stream.write(packet);
  };

  private handleQuest(packet: QuestPacket): void {
    const quest = new ReceivedQuest(packet, decode(packet), this.send);
    try {
      const result = isBuiltIn(quest.method) ? this.answerBuiltIn(quest) : this.callHandler(quest);
      if (result instanceof Promise) result.catch((error: unknown) => this.handleFailure(error, quest));
    } catch (error) {
      if (error instanceof ProtocolViolation) throw error;
      this.handleFailure(error, quest);
    }
  }

  private answerBuiltIn(quest: IncomingQuest): void {
    const { isPrivatePeer = false, builtins = {} } = this.options;
    answerBuiltIn(quest, { now: this.options.now ?? Date.now, isPrivatePeer, builtins });
  }

  private callHandler(quest: IncomingQuest): void | Promise<void> {
    if (this.options.onQuest !== undefined) return this.options.onQuest(quest);
    quest.fail(FPNN_CODES.unknownMethod, `Unknown method: ${quest.method}`);
  }

  private handleFailure(error: unknown, quest: IncomingQuest): void {
    if (error instanceof FpnnError) {
      quest.fail(error.code, error.message);
      return;
    }
    // What went wrong inside is for the log, not for the other side.
    quest.fail(FPNN_CODES.unknown, 'Internal error');
    this.options.onHandlerError?.(error, quest);
  }

  private handleAnswer(packet: AnswerPacket, pending: PendingQuests): void {
    const answer = decode(packet);
    if (packet.status === 0) pending.resolve(packet.seq, answer);
    else pending.reject(packet.seq, toError(answer));
  }

  private rejectPending(reason?: Error): void {
    this.pending?.rejectAll((method) => connectionClosed(method, reason));
  }
}

/** @throws ProtocolViolation instead of the WireError. */
function decode(packet: Packet): WireMap {
  try {
    return decodePayload(packet);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const reason = error.reason === 'root-not-map' ? 'root-not-map' : 'bad-payload';
    throw new ProtocolViolation(reason, error.message, { cause: error });
  }
}

/** Python peers put the code into `ex` too, and neither key is sure to be there. */
function toError(answer: WireMap): FpnnError {
  const code = answer.get('code');
  return new FpnnError(typeof code === 'number' ? code : FPNN_CODES.unknown, wireText(answer.get('ex')));
}

function connectionClosed(method: string, cause?: Error): FpnnError {
  const message = `${method}: the connection is closed`;
  return new FpnnError(FPNN_CODES.connectionClosed, message, cause === undefined ? undefined : { cause });
}

function monotonicNow(): number {
  return performance.now();
}
