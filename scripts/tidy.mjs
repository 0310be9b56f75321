// Rules of this repository that no tool knows. Prints each breach with its place; exits 1 when there is one.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const LINES_MAX = 600;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((name) => name !== '' && existsSync(name));
const breaches = [];

for (const name of files) {
  if (!/\.(ts|mjs|md|yaml|json)$/.test(name) || name === 'package-lock.json' || name.includes('fixtures/')) continue;
  const lines = readFileSync(name, 'utf8').split('\n');
  lines.forEach((line, index) => {
    const place = `${name}:${index + 1}`;
    if (name !== 'scripts/tidy.mjs' && /\b(FIXME|TODO|XXX)\b/.test(line)) breaches.push(`${place} has unfinished work`);
    if (/\.test\.ts$/.test(name) && /\b(test|describe)\.only\b/.test(line))
      breaches.push(`${place} leaves other tests out`);
  });
  if (/\/src\/.*\.ts$/.test(name) && lines.length > LINES_MAX)
    breaches.push(`${name} has ${lines.length} lines; split it`);
  if (/^packages\/[^/]+\/src\/index\.ts$/.test(name) && lines.some((line) => /^export \*/.test(line))) {
    breaches.push(`${name} exports with a star; name each export`);
  }
}

for (const breach of breaches) console.error(breach);
process.exit(breaches.length === 0 ? 0 : 1);
