import { CallRate } from '../server-gate/call-rate.ts';

const MINUTE_MS = 60_000;
/** Addresses that are remembered; beyond them the one that was seen first is forgotten. */
const ADDRESSES_MAX = 20_000;

/** Counts what comes from each address against a limit for a minute, of which all may come at once. */
export class AddressRate {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #rates = new Map<string, CallRate>();

  /** @param perMinute - 0 is no limit. */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  get size(): number {
    return this.#rates.size;
  }

  /** False when it is one too many. */
  take(address: string): boolean {
    if (this.#perMinute === 0) return true;
    const now = this.#now() / MINUTE_MS;
    let rate = this.#rates.get(address);
    if (rate === undefined) {
      rate = new CallRate(this.#perMinute, now * 1000);
      if (this.#rates.size >= ADDRESSES_MAX) this.#rates.delete(this.#rates.keys().next().value!);
      this.#rates.set(address, rate);
    }
    // The bucket counts seconds; here its second is a minute.
    return rate.take(this.#perMinute, now * 1000);
  }
}
