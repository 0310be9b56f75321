// One JSON object per row on standard output, and all rows with machine and versions in a dated file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function round(value, digits = 2) {
  return Number(value.toFixed(digits));
}

export class Report {
  #rows = [];

  /** @param {string} name of the benchmark @param {object} settings of the run */
  constructor(name, settings) {
    this.name = name;
    this.settings = settings;
  }

  row(row) {
    this.#rows.push(row);
    console.log(JSON.stringify(row));
  }

  save() {
    mkdirSync(RESULTS, { recursive: true });
    const day = new Date().toISOString().slice(0, 10);
    const machine = { cpu: cpus()[0].model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) };
    const content = {
      benchmark: this.name,
      day,
      machine,
      node: process.version,
      settings: this.settings,
      rows: this.#rows,
    };
    writeFileSync(`${RESULTS}${day}-${this.name}.json`, `${JSON.stringify(content, null, 2)}\n`);
  }
}
