import { readFileSync } from 'node:fs';
import { ParleyClient, type ParleyClientOptions } from '@parley/client-sdk/node';
import { expect, test } from 'vitest';
import { useClients } from './client-fixture.ts';
import { EventLog, textsOf } from './event-log.ts';

const fixture = useClients();

const AsyncFunction: new (...parts: string[]) => (...values: unknown[]) => Promise<ParleyClient> =
  Object.getPrototypeOf(async () => {}).constructor;

test('the program that opens the README runs', async () => {
  const readme = readFileSync(new URL('../../packages/client-sdk/README.md', import.meta.url), 'utf8');
  const program = /```js\n(.*?)```/s.exec(readme)![1]!;
  const [importLine, ...body] = program.split('\n');
  expect(importLine).toBe("import { ParleyClient } from '@parley/client-sdk';");

  const { host, port } = fixture.parley.clientGate;
  class ClientOfTheTest extends ParleyClient {
    constructor(options: ParleyClientOptions) {
      super({ ...options, endpoint: `ws://${host}:${port}`, pid: fixture.parley.pid });
    }
  }
  const token = await fixture.tokenOf(101);
  const fetchToken = async (path: string) => ({ text: async () => (path === '/token' ? token : '') });
  const lines: string[] = [];
  const receiver = await fixture.logIn(102);
  await receiver.rooms.enter(6001);
  const log = new EventLog(receiver, 'message');
  const run = new AsyncFunction('ParleyClient', 'fetch', 'console', `${body.join('\n')}\nreturn client;`);
  const client = await run(ClientOfTheTest, fetchToken, { log: (line: string) => lines.push(line) });
  expect(textsOf(await log.count(2)).sort()).toEqual(['Hello, room!', 'Hello, you!']);
  const answered = new EventLog(client, 'message');
  await receiver.sendChat({ peerUid: 101 }, 'And to you!');
  await answered.count(1);
  expect(lines).toEqual(['102 in p2p: And to you!']);
  await client.close();
});
