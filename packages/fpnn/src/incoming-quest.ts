import type { Encoding } from './packet.ts';
import type { Encodable, WireMap } from './value.ts';

/** A quest from the other side. */
export interface IncomingQuest {
  readonly method: string;
  readonly params: WireMap;
  /** How the quest came, and how it is answered. */
  readonly encoding: Encoding;
  /** True when the other side wants no answer, not even an error. */
  readonly isOneWay: boolean;
  /** The payload as received, for digests. */
  readonly payload: Uint8Array;

  /**
   * Answers the quest. Of all `answer` and `fail` calls only the first counts. A one-way quest and a closed peer take
   * the call and send nothing.
   *
   * @param result - A map: an object or a `Map`.
   * @throws WireError `not-encodable` when the result is no map, cannot be encoded or makes too large a packet. The quest
   * then still waits for its answer.
   */
  answer(result: Encodable): void;

  /**
   * Answers with an error, under the same rules as `answer`.
   *
   * @param code - A code of `FPNN_CODES` or of the application.
   * @param ex - What went wrong, for people.
   */
  fail(code: number, ex: string): void;
}
