import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/**
 * The numbers that `/metrics` shows. Hot paths count in plain fields of their own objects; each metric reads them when
 * somebody asks, so that counting costs nothing per message.
 */
export class Metrics {
  readonly #registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** A value that goes up and down, read at each scrape. */
  gauge(name: string, help: string, read: () => number): void {
    this.#registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
  }

  /** A count that only rises, kept elsewhere, read at each scrape. */
  total(name: string, help: string, read: () => number): void {
    this.#registry.registerMetric(
      new Counter({
        name,
        help,
        registers: [],
        collect() {
          this.reset();
          this.inc(read());
        },
      }),
    );
  }

  /** Counts by label, kept elsewhere as `[labels, count]` pairs, read at each scrape. */
  totals<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: () => Iterable<readonly [Record<Label, string>, number]>,
  ): void {
    this.#registry.registerMetric(
      new Counter({
        name,
        help,
        labelNames: [...labelNames],
        registers: [],
        collect() {
          this.reset();
          for (const [labels, count] of read()) this.inc(labels, count);
        },
      }),
    );
  }
}
