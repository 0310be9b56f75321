/** How a lost or refused connection is tried again. */
export type ReconnectOptions = {
  /** Tries without any delay before the delays begin. Default 3. */
  immediateTries?: number;
  /** The longest delay. Default 8000. */
  delayMaxMs?: number;
  /** The delay grows in this many equal steps up to `delayMaxMs`. Default 4. */
  delaySteps?: number;
  /** A connection that lived for less than this counts as a failed try. Default 1500. */
  stableAfterMs?: number;
};

const DEFAULTS: Required<ReconnectOptions> = {
  immediateTries: 3,
  delayMaxMs: 8_000,
  delaySteps: 4,
  stableAfterMs: 1_500,
};

/** Says how long to wait before each try to connect. Keeps no timer. */
export class ReconnectSchedule {
  readonly #options: Required<ReconnectOptions>;
  readonly #random: () => number;
  #failures = 0;

  /** @throws RangeError for an option that is out of bounds. */
  constructor(options: ReconnectOptions, random: () => number) {
    this.#options = { ...DEFAULTS, ...options };
    assertAtLeast('immediateTries', this.#options.immediateTries, 0);
    assertAtLeast('delayMaxMs', this.#options.delayMaxMs, 1);
    assertAtLeast('delaySteps', this.#options.delaySteps, 1);
    assertAtLeast('stableAfterMs', this.#options.stableAfterMs, 0);
    this.#random = random;
  }

  /** The wait before the next try: 0 for the immediate ones, then a random half to whole of the growing delay. */
  get nextDelayMs(): number {
    const { immediateTries, delayMaxMs, delaySteps } = this.#options;
    const step = Math.min(this.#failures - immediateTries + 1, delaySteps);
    if (step <= 0) return 0;
    return (delayMaxMs * step * (1 + this.#random())) / (2 * delaySteps);
  }

  /** Forgets what failed before: somebody asks for a connection now. */
  reset(): void {
    this.#failures = 0;
  }

  handleFailure(): void {
    this.#failures += 1;
  }

  /** @param livedMs - How long the lost connection had been open. */
  handleLoss(livedMs: number): void {
    if (livedMs < this.#options.stableAfterMs) this.#failures += 1;
    else this.#failures = 0;
  }
}

function assertAtLeast(name: string, value: number, min: number): void {
  if (!(value >= min)) throw new RangeError(`reconnect.${name} must be at least ${min}`);
}
