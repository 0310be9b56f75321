import type { Address } from '@parley/server';

type Labels = Readonly<Record<string, string>>;
type Sample = { readonly name: string; readonly labels: Labels; readonly value: number };

/** The numbers of `/metrics` at one moment. */
export class MetricsPage {
  readonly text: string;
  readonly #samples: readonly Sample[];

  private constructor(text: string) {
    this.text = text;
    this.#samples = text.split('\n').flatMap(parseSample);
  }

  static async read(admin: Address): Promise<MetricsPage> {
    const response = await fetch(`http://${admin.host}:${admin.port}/metrics`);
    return new MetricsPage(await response.text());
  }

  /** The sum of all samples of a name that have these labels; 0 when there are none. */
  sum(name: string, labels: Labels = {}): number {
    return this.#samples.reduce((sum, sample) => (fits(sample, name, labels) ? sum + sample.value : sum), 0);
  }

  /** The samples of a name, summed by one of their labels. */
  byLabel(name: string, label: string): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const sample of this.#samples) {
      const key = sample.labels[label];
      if (sample.name === name && key !== undefined) sums[key] = (sums[key] ?? 0) + sample.value;
    }
    return sums;
  }

  /** As {@link byLabel}, what has been added since an earlier page; without those that stayed as they were. */
  addedByLabel(earlier: MetricsPage, name: string, label: string): Record<string, number> {
    const before = earlier.byLabel(name, label);
    const added = Object.entries(this.byLabel(name, label)).map(
      ([key, value]) => [key, value - (before[key] ?? 0)] as const,
    );
    return Object.fromEntries(added.filter(([, value]) => value !== 0));
  }
}

function fits(sample: Sample, name: string, labels: Labels): boolean {
  return sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
}

/** `name{label="value",…} number`; labels of ours have no quotes in their values. */
function parseSample(line: string): Sample[] {
  const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) return [];
  const pairs = [...(match[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value]);
  return [{ name: match[1]!, labels: Object.fromEntries(pairs), value: Number(match[3]) }];
}
