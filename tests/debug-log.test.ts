import { createLogger } from '@parley/server';
import { expect, test } from 'vitest';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const lines: Record<string, unknown>[] = [];
let now = Date.now();
const fixture = useParley({
  log: createLogger({ level: 'info', write: (line) => lines.push(JSON.parse(line)) }),
  now: () => now,
});

test('a line of a client is in the log with its user; a connection writes ten a second', async () => {
  const client = await TestClient.logIn(fixture.parley, fixture.caller, 7001, { version: 'Unity-2.7.26' });
  const write = () => client.codeOf('adddebuglog', { msg: 'frame\ndropped', attrs: '{"fps":12}' });
  expect(await write()).toBe(0);
  expect(lines.filter(({ msg }) => msg === 'a client wrote')).toMatchObject([
    { project: fixture.parley.pid, uid: '7001', version: 'Unity-2.7.26', text: 'frame\ndropped', attrs: '{"fps":12}' },
  ]);
  const codes = [];
  for (let index = 0; index < 10; index++) codes.push(await write());
  expect(codes).toEqual([...Array.from({ length: 9 }, () => 0), 200010]);
  now += 1000;
  expect(await write()).toBe(0);
  expect(await client.codeOf('adddebuglog', { msg: 'x'.repeat(20_481), attrs: '' })).toBe(200030);
  client.close();
});
