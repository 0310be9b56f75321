import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RtmServerClient } from '../src/index.ts';
import { RecordingGate } from './recording-gate.ts';

const ENDPOINT = '127.0.0.1:13315';

test('the program that opens the README runs', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const program = /```js\n(.*?)```/s.exec(readme)![1]!;
  const [importLine, ...body] = program.split('\n');
  expect(importLine).toBe("import { RtmServerClient } from '@parley/server-sdk';");
  expect(program).toContain(ENDPOINT);

  const gate = await RecordingGate.start();
  const message = [1001, 1, 30, 7, false, 'Hello!', '', 1_795_239_794_392];
  const cursor = { lastid: 1001, begin: 0, end: 1_795_239_794_392 };
  gate.script.push(
    { mtime: 1_795_239_794_392 },
    { num: 1, ...cursor, msgs: [message] },
    { num: 0, ...cursor, msgs: [] },
  );
  const lines: string[] = [];
  const run = new AsyncFunction(
    'RtmServerClient',
    'console',
    body.join('\n').replace(ENDPOINT, `127.0.0.1:${gate.port}`),
  );
  await run(RtmServerClient, { log: (line: string) => lines.push(line) });
  await gate.close();

  expect(lines[0]).toMatch(/^stored as \d+ at 2026-11-21T/);
  expect(lines.slice(1)).toEqual(['101: Hello!']);
  expect(gate.faults).toEqual([]);
});

const AsyncFunction: new (...parts: string[]) => (...values: unknown[]) => Promise<void> = Object.getPrototypeOf(
  async () => {},
).constructor;
