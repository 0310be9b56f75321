import type { IncomingQuest } from '../incoming-quest.ts';
import type { Peer } from '../peer.ts';

/** How a connection came in. */
export type Transport = 'tcp' | 'websocket' | 'http';

/** One connection of a listener. */
export interface Connection {
  /** Asks the other side, and notifies it. Over HTTP nothing can be pushed: quests fail with 20012, notices are lost. */
  readonly peer: Peer;
  readonly transport: Transport;
  /** The IP address of the other side. IPv4 is written plainly also on a dual-stack port. */
  readonly remoteAddress: string;
  /** True after an FPNN key exchange, and over TLS. */
  readonly isEncrypted: boolean;
  /** Bytes that wait to be sent and that the system has not taken yet: how far behind the other side reads. */
  readonly bufferedBytes: number;
  /** Sends what is queued and closes. Closing twice is harmless. */
  close(): void;
}

/** What the owner of a listener does with one connection. */
export interface ConnectionHandlers {
  /**
   * Takes a quest. What it throws, or rejects with, goes to the listener's `onError`; the caller gets 20001.
   * It must answer every two-way quest: a connection with `inFlightMax` unanswered quests is not read on.
   */
  onQuest(quest: IncomingQuest): void | Promise<void>;
  /**
   * Gets the numbers of answers that no `peer.quest` waits for, those to what went out by `peer.sendEncoded` and
   * `peer.sendBatch`: `count` of them in a row from `firstSeq` on.
   */
  onStrayAnswers?(firstSeq: number, count: number): void;
  /** Called once, when the connection has ended for whatever reason. */
  onClose?(): void;
}

/**
 * Why a connection has ended: the other side closed it or it broke (`peer`), the owner closed it (`local`), nothing moved
 * (`idle`), the other side read too slowly (`slow-reader`) or broke the protocol (`violation`), its half packet was the
 * oldest when all of them took too much memory (`input-full`), the listener was closed
 * (`shutdown`), there were `connectionsMax` already (`too-many`), or `onConnection` threw (`error`).
 */
export type CloseReason =
  | 'peer'
  | 'local'
  | 'idle'
  | 'slow-reader'
  | 'violation'
  | 'input-full'
  | 'shutdown'
  | 'too-many'
  | 'error';
