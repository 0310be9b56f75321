import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

test('the example of the README runs and prints what it says', async () => {
  const example = read('./readme-example.ts');
  expect(read('../README.md')).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await import('./readme-example.ts');
    expect(log.mock.calls).toEqual([[102n, 'hello', true], ['Sends a message from one user to another.']]);
  } finally {
    log.mockRestore();
  }
});
