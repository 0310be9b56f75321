import { ERROR_CODES, RtmError } from '@parley/contract';
import type { NewMessage, WriteOutcome } from '../storage/message-writer.ts';
import type { OutageRetry } from '../storage/outage-retry.ts';
import { isConnectionFailure } from '../storage/postgres-errors.ts';
import { TurnBatcher } from '../storage/turn-batcher.ts';

export type GroupCommitOptions = {
  /** Writes a batch in one transaction; when it resolves the batch is committed. */
  write: (messages: readonly NewMessage[]) => Promise<WriteOutcome[]>;
  outage: OutageRetry;
  /** Messages per batch at most. Default 500: larger ones cost latency and gain nothing. */
  batchMax?: number;
  /** Batches on their way at once. Default 2: one commits while the next is filled. */
  inFlightMax?: number;
  /** Messages waiting at most; past it a message is refused with 20011. Default 20,000. */
  queueMax?: number;
};

type Entry = { message: NewMessage; onCommitted: (outcome: WriteOutcome) => void };

/**
 * Turns single messages into batches: what arrives while earlier batches commit is written together, with no timer.
 *
 * A message is answered only after its commit, and those of one conversation in the order of their ids. When the database goes away the batch is tried again; that is safe
 * because a message that was stored already is recognised by its mid.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #batcher: TurnBatcher<Entry, WriteOutcome | RtmError>;
  batches = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#batcher = new TurnBatcher({
      run: (entries) => this.#run(entries),
      batchMax: options.batchMax ?? 500,
      inFlightMax: options.inFlightMax ?? 2,
      queueMax: options.queueMax ?? 20_000,
      keyOf: ({ message }) => message.conversation,
    });
  }

  /** Messages that wait for a batch. */
  get queued(): number {
    return this.#batcher.queued;
  }

  /**
   * Stores a message with the next batch.
   *
   * @param onCommitted - Called after the commit and before the promise settles. Those of one conversation are called in
   * the order of its ids; how soon a caller sees its promise settled says nothing about that order.
   * @throws RtmError 20011 when the queue is full, 20001 when it could not be stored; the sender may repeat it.
   */
  add(message: NewMessage, onCommitted: (outcome: WriteOutcome) => void = () => {}): Promise<WriteOutcome> {
    return this.#batcher.add({ message, onCommitted }).then(orThrow);
  }

  /** Runs a write of its own while no batch writes to these conversations, so that they keep one order. */
  exclusively<T>(conversations: readonly number[], write: () => Promise<T>): Promise<T> {
    return this.#batcher.exclusively(conversations, write);
  }

  /** Resolves when nothing waits and nothing is on its way. */
  idle(): Promise<void> {
    return this.#batcher.idle();
  }

  async #run(entries: readonly Entry[]): Promise<(WriteOutcome | RtmError)[]> {
    const outcomes = await this.#commit(entries.map(({ message }) => message));
    return outcomes.map((outcome, index) => {
      if (outcome instanceof RtmError) return outcome;
      try {
        entries[index]!.onCommitted(outcome);
        return outcome;
      } catch (cause) {
        // It is stored; what follows for one message must not hold up the others.
        return new RtmError(ERROR_CODES.fpnnUnknown, 'the message is stored, but was not handed on', { cause });
      }
    });
  }

  async #commit(messages: readonly NewMessage[]): Promise<(WriteOutcome | RtmError)[]> {
    this.batches += 1;
    try {
      return await this.#write(messages);
    } catch (cause) {
      if (messages.length > 1 && !isConnectionFailure(cause)) {
        // One message that the database refuses must not take the others with it.
        const middle = messages.length >> 1;
        const first = await this.#commit(messages.slice(0, middle));
        return [...first, ...(await this.#commit(messages.slice(middle)))];
      }
      const text = 'the message could not be stored; send it again with the same mid';
      return messages.map(() => new RtmError(ERROR_CODES.fpnnUnknown, text, { cause }));
    }
  }

  #write(messages: readonly NewMessage[]): Promise<WriteOutcome[]> {
    return this.#options.outage.run(async (isFirst) => {
      const outcomes = await this.#options.write(messages);
      return isFirst ? outcomes : outcomes.map(asNew);
    });
  }
}

function orThrow(outcome: WriteOutcome | RtmError): WriteOutcome {
  if (outcome instanceof RtmError) throw outcome;
  return outcome;
}

/**
 * What a lost attempt had committed comes back as a repeat, and nobody has been told of it. It counts as new, so that it is
 * delivered; a real repeat among them is delivered twice, which receivers recognise.
 */
export function asNew(outcome: WriteOutcome): WriteOutcome {
  return outcome.kind === 'repeat' ? { ...outcome, kind: 'stored' } : outcome;
}
