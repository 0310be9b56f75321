import { RtmError } from '@parley/contract/sdk';
import { beforeEach, describe, expect, test } from 'vitest';
import { ManualTimers, settle } from '../../test/manual-timers.ts';
import { CONNECT_TIMEOUT_MS, INTERRUPTION_MAX_MS, type LinkEvents, StreamKeeper } from './stream-keeper.ts';

type Try = { events: LinkEvents; link: { close(): void }; answer(): Promise<void>; refuse(): Promise<void> };

let timers: ManualTimers;
let tries: Try[];
let log: string[];
let isAllowed: boolean;
let keeper: StreamKeeper<{ close(): void }>;

beforeEach(() => {
  timers = new ManualTimers();
  tries = [];
  log = [];
  isAllowed = true;
  keeper = new StreamKeeper({
    timers,
    random: () => 1,
    open: (events) => {
      const name = tries.length + 1;
      const { promise, resolve, reject } = withResolvers<{ close(): void }>();
      const link = { close: () => log.push(`close ${name}`) };
      const then = async (act: () => void) => {
        act();
        await settle();
      };
      tries.push({
        events,
        link,
        answer: () => then(() => resolve(link)),
        refuse: () => then(() => reject(new RtmError(700001, 'later'))),
      });
      return promise;
    },
    onState: (state) => log.push(state),
    onLink: (link) => log.push(`use ${tries.findIndex((each) => each.link === link) + 1}`),
    onFailure: (error) => log.push(`failed ${error?.code}`),
    mayRestore: async () => isAllowed,
  });
});

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

async function connect(): Promise<void> {
  keeper.start();
  await tries[0]!.answer();
  tries[0]!.events.onConnected();
  log.length = 0;
}

test('a stream connects, whichever of answer and connection is seen first', async () => {
  keeper.start();
  tries[0]!.events.onConnected();
  await tries[0]!.answer();
  expect(log).toEqual(['connecting', 'use 1', 'connected']);
});

test('starting twice makes one connection', async () => {
  keeper.start();
  keeper.start();
  expect(tries).toHaveLength(1);
});

describe('a refused offer', () => {
  test('is tried again after growing times, at most 5 s', async () => {
    keeper.start();
    const delays: number[] = [];
    for (let index = 0; index < 8; index += 1) {
      await tries[index]!.refuse();
      const before = timers.now();
      while (tries.length === index + 1) await timers.pass(50);
      delays.push(timers.now() - before);
    }
    expect(delays).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
    expect(log.filter((line) => line === 'failed 700001')).toHaveLength(8);
  });

  test('is forgotten once a connection is up', async () => {
    keeper.start();
    for (let index = 0; index < 5; index += 1) {
      await tries[index]!.refuse();
      await timers.pass(5000);
    }
    await tries[5]!.answer();
    tries[5]!.events.onConnected();
    tries[5]!.events.onFailed();
    await settle();
    await tries[6]!.refuse();
    await timers.pass(250);
    expect(tries).toHaveLength(8);
  });
});

test('a connection that does not come up is given up and made anew', async () => {
  keeper.start();
  await tries[0]!.answer();
  await timers.pass(CONNECT_TIMEOUT_MS);
  expect(log).toEqual(['connecting', 'close 1', 'failed undefined']);
  await timers.pass(250);
  expect(tries).toHaveLength(2);
});

describe('an interruption', () => {
  test('that is over in time changes nothing', async () => {
    await connect();
    tries[0]!.events.onInterrupted();
    await timers.pass(INTERRUPTION_MAX_MS - 1);
    tries[0]!.events.onConnected();
    await timers.pass(INTERRUPTION_MAX_MS);
    expect(tries).toHaveLength(1);
    expect(log).toEqual([]);
  });

  test('that lasts makes a new connection, and the old one stays until that is up', async () => {
    await connect();
    tries[0]!.events.onInterrupted();
    await timers.pass(INTERRUPTION_MAX_MS);
    expect(log).toEqual(['reconnecting']);
    await tries[1]!.answer();
    tries[1]!.events.onConnected();
    expect(log).toEqual(['reconnecting', 'close 1', 'use 2', 'connected']);
    expect(timers.waiting).toBe(0);
  });

  test('ends the stream where it may not be restored', async () => {
    await connect();
    isAllowed = false;
    tries[0]!.events.onFailed();
    await settle();
    expect(log).toEqual(['reconnecting', 'close 1', 'stopped']);
    expect(tries).toHaveLength(1);
  });
});

test('a restart replaces a try that is under way, whose answer is closed unused', async () => {
  keeper.start();
  keeper.restart();
  await tries[1]!.answer();
  tries[1]!.events.onConnected();
  await tries[0]!.answer();
  tries[0]!.events.onConnected();
  tries[0]!.events.onFailed();
  expect(log).toEqual(['connecting', 'use 2', 'connected', 'close 1']);
});

describe('stopping', () => {
  test('closes what is in use and what would have replaced it', async () => {
    await connect();
    keeper.restart();
    await tries[1]!.answer();
    expect(keeper.links).toHaveLength(2);
    keeper.stop();
    expect(log).toEqual(['reconnecting', 'close 2', 'close 1', 'stopped']);
    expect(keeper.links).toEqual([]);
    expect(timers.waiting).toBe(0);
  });

  test('closes an answer that comes later', async () => {
    keeper.start();
    keeper.stop();
    await tries[0]!.answer();
    expect(log).toEqual(['connecting', 'stopped', 'close 1']);
  });

  test('is no hindrance to starting again, but to restarting', async () => {
    keeper.restart();
    expect(tries).toHaveLength(0);
    keeper.start();
    keeper.stop();
    keeper.start();
    expect(tries).toHaveLength(2);
  });
});
