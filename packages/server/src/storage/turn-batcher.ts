import { ERROR_CODES, RtmError } from '@parley/contract';

export type TurnBatcherOptions<Request, Answer> = {
  /** Answers a batch, in its order. A rejection goes to everybody in the batch. */
  run: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  /** Requests per batch at most. */
  batchMax: number;
  /** Batches on their way at once. */
  inFlightMax: number;
  /** Requests waiting at most; past it a request is refused with 20011. Default 10,000. */
  queueMax?: number;
  /**
   * Requests with the same key are never in two batches at once, so that their answers come in the order of asking.
   * Default: batches hold whatever comes.
   */
  keyOf?: (request: Request) => unknown;
};

type Waiting<Request, Answer> = {
  request: Request;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};

/** Answers together what is asked within one turn of the event loop, and what is asked while all batches are under way. */
export class TurnBatcher<Request, Answer> {
  readonly #options: TurnBatcherOptions<Request, Answer> & { queueMax: number };
  readonly #busy = new BusyKeys();
  #waiting: Waiting<Request, Answer>[] = [];
  #inFlight = 0;
  #isScheduled = false;
  #idleListeners: (() => void)[] = [];

  constructor(options: TurnBatcherOptions<Request, Answer>) {
    this.#options = { queueMax: 10_000, ...options };
  }

  /** Requests that wait for a batch. */
  get queued(): number {
    return this.#waiting.length;
  }

  /** Resolves when nothing waits and nothing is on its way. */
  idle(): Promise<void> {
    if (this.#waiting.length === 0 && this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  /** @throws RtmError 20011 when too many requests wait; otherwise whatever `run` throws. */
  add(request: Request): Promise<Answer> {
    if (this.#waiting.length >= this.#options.queueMax) {
      return Promise.reject(
        new RtmError(ERROR_CODES.workQueueFull, 'too many requests wait for the database; try again'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      if (this.#isScheduled || this.#inFlight >= this.#options.inFlightMax) return;
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#flush();
      });
    });
  }

  /** Runs `work` while no batch holds a request with one of the keys. */
  async exclusively<T>(keys: readonly unknown[], work: () => Promise<T>): Promise<T> {
    await this.#busy.claim(keys);
    try {
      return await work();
    } finally {
      this.#busy.release(keys);
      this.#flush();
    }
  }

  #flush(): void {
    while (this.#inFlight < this.#options.inFlightMax) {
      const batch = this.#takeBatch();
      if (batch.length === 0) break;
      const { keyOf } = this.#options;
      const keys = keyOf === undefined ? [] : [...new Set(batch.map(({ request }) => keyOf(request)))];
      this.#busy.add(keys);
      this.#inFlight += 1;
      void this.#answer(batch).then(() => {
        this.#inFlight -= 1;
        this.#busy.release(keys);
        this.#flush();
      });
    }
    if (this.#waiting.length > 0 || this.#inFlight > 0) return;
    for (const listener of this.#idleListeners.splice(0)) listener();
  }

  /** The oldest requests whose keys are free; those of one key keep their order. */
  #takeBatch(): Waiting<Request, Answer>[] {
    const { batchMax, keyOf } = this.#options;
    if (keyOf === undefined || this.#busy.isEmpty) {
      const batch = this.#waiting.slice(0, batchMax);
      this.#waiting = this.#waiting.slice(batch.length);
      return batch;
    }
    const batch: Waiting<Request, Answer>[] = [];
    const rest: Waiting<Request, Answer>[] = [];
    for (const entry of this.#waiting) {
      (batch.length < batchMax && !this.#busy.has(keyOf(entry.request)) ? batch : rest).push(entry);
    }
    this.#waiting = rest;
    return batch;
  }

  /** Settles every request of the batch; never rejects. */
  async #answer(batch: readonly Waiting<Request, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.run(batch.map((entry) => entry.request));
      batch.forEach((entry, index) => {
        entry.resolve(answers[index]!);
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }
}

type Claim = { keys: readonly unknown[]; grant: () => void };

/** Keys in use, and who waits for some to be free. */
class BusyKeys {
  readonly #uses = new Map<unknown, number>();
  readonly #wanted = new Set<unknown>();
  #claims: Claim[] = [];

  get isEmpty(): boolean {
    return this.#uses.size === 0 && this.#claims.length === 0;
  }

  /** True for keys in use, and for those that somebody waits for: who waits is not passed by. */
  has(key: unknown): boolean {
    return this.#uses.has(key) || this.#wanted.has(key);
  }

  add(keys: readonly unknown[]): void {
    for (const key of keys) this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
  }

  /** Resolves when all of the keys were free at once; they are in use then. */
  claim(keys: readonly unknown[]): Promise<void> {
    return new Promise((grant) => this.#grantOrQueue({ keys, grant }));
  }

  release(keys: readonly unknown[]): void {
    for (const key of keys) {
      const uses = this.#uses.get(key)! - 1;
      if (uses === 0) this.#uses.delete(key);
      else this.#uses.set(key, uses);
    }
    if (this.#claims.length === 0) return;
    // In the order of claiming: a claim waits behind an earlier one that shares a key with it.
    const waiting = this.#claims;
    this.#claims = [];
    this.#wanted.clear();
    for (const claim of waiting) this.#grantOrQueue(claim);
  }

  #grantOrQueue(claim: Claim): void {
    if (claim.keys.some((key) => this.has(key))) {
      this.#claims.push(claim);
      for (const key of claim.keys) this.#wanted.add(key);
      return;
    }
    this.add(claim.keys);
    claim.grant();
  }
}
