import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

it('the README opens with an example that runs', async () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  const blocks = [...read('../README.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(blocks[0]).toBe(read('./readme-example.ts'));
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await import('./readme-example.ts');
    expect(log.mock.calls).toEqual([['Hello Ada 9007199254740993']]);
  } finally {
    log.mockRestore();
  }
});
