import { ReconnectSchedule, RtmError, silentLogger } from '@parley/contract/sdk';
import { type IncomingQuest, Peer } from '@parley/fpnn';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Connection } from './connection.ts';
import { LoginRefused, NoToken } from './login.ts';
import { type SessionEnd, SessionKeeper, type SessionState } from './session-keeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Outcome = 'online' | Error;

/** A keeper whose logins end as the test says, each answered at once. */
function createKeeper() {
  const outcomes: Outcome[] = [];
  const states: SessionState[] = [];
  const ends: SessionEnd[] = [];
  const network = { onOnline: () => {}, onOffline: () => {} };
  const links: { connection: Connection; onQuest: (quest: IncomingQuest) => void; written: Uint8Array[] }[] = [];
  let logins = 0;
  let losses = 0;

  const logIn = async (onQuest: (quest: IncomingQuest) => void, signal: AbortSignal) => {
    logins += 1;
    const outcome = outcomes.shift() ?? 'online';
    if (outcome !== 'online') throw outcome;
    const written: Uint8Array[] = [];
    const connection = await Connection.open({
      endpoint: 'test',
      connectTimeoutMs: 0,
      signal,
      onQuest,
      connector: async ({ onClose }) => {
        const stream = {
          write: (bytes: Uint8Array) => written.push(bytes),
          close() {},
          destroy() {},
          bufferedBytes: 0,
        };
        return new Peer({ ...stream, write: (bytes) => void stream.write(bytes) }, { onClose });
      },
    });
    links.push({ connection, onQuest, written });
    return connection;
  };
  const keeper = new SessionKeeper({
    logIn,
    onQuest: () => {},
    hooks: {
      onLoggedIn: async () => {},
      onStateChange: (state) => states.push(state),
      onLoss: () => {
        losses += 1;
      },
      onEnd: (end) => ends.push(end),
    },
    schedule: new ReconnectSchedule({ immediateTries: 1, delayMaxMs: 16_000, delaySteps: 16 }, () => 1),
    heartbeatTimeoutMs: 60_000,
    network: {
      listen(listener) {
        Object.assign(network, listener);
        return () => Object.assign(network, { onOnline: () => {}, onOffline: () => {} });
      },
    },
    now: Date.now,
    logger: silentLogger,
  });
  return {
    keeper,
    outcomes,
    states,
    ends,
    network,
    links,
    counts: () => ({ logins, losses }),
    async goOnline() {
      const started = keeper.start({ timeoutMs: 0 });
      await vi.advanceTimersByTimeAsync(0);
      await started;
      await vi.advanceTimersByTimeAsync(10_000);
    },
  };
}

const refused = () => new RtmError(20012, 'cannot connect');

test('a lost connection is tried at once, then after growing times', async () => {
  const { keeper, outcomes, links, counts, goOnline } = createKeeper();
  await goOnline();
  outcomes.push(refused(), refused(), refused(), 'online');
  links[0]!.connection.drop('test');
  await vi.advanceTimersByTimeAsync(0);
  expect(counts()).toEqual({ logins: 2, losses: 1 });
  await vi.advanceTimersByTimeAsync(999);
  expect(counts().logins).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(counts().logins).toBe(3);
  await vi.advanceTimersByTimeAsync(2000);
  expect(counts().logins).toBe(4);
  expect(keeper.state).toBe('reconnecting');
  await vi.advanceTimersByTimeAsync(3000);
  expect(keeper.state).toBe('online');
});

test('the browser coming online cuts the wait short, its going offline ends the connection', async () => {
  const { keeper, outcomes, network, counts, goOnline } = createKeeper();
  await goOnline();
  outcomes.push(...Array.from({ length: 10 }, refused), 'online');
  network.onOffline();
  await vi.advanceTimersByTimeAsync(0);
  expect(keeper.state).toBe('reconnecting');
  await vi.advanceTimersByTimeAsync(50_000);
  const before = counts().logins;
  outcomes.length = 0;
  network.onOnline();
  await vi.advanceTimersByTimeAsync(0);
  expect(counts().logins).toBe(before + 1);
  expect(keeper.state).toBe('online');
});

test('a connection that does not answer after a change of network is given up', async () => {
  const { network, counts, goOnline } = createKeeper();
  await goOnline();
  network.onOnline();
  await vi.advanceTimersByTimeAsync(4000);
  expect(counts().losses).toBe(0);
  await vi.advanceTimersByTimeAsync(1100);
  expect(counts()).toEqual({ logins: 2, losses: 1 });
});

test('a server that sends nothing for the time of the heartbeat counts as lost, any quest keeps the session', async () => {
  const { links, counts, goOnline } = createKeeper();
  await goOnline();
  const ping = { method: 'ping', answer() {} } as unknown as IncomingQuest;
  await vi.advanceTimersByTimeAsync(45_000);
  links[0]!.onQuest(ping);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(counts().losses).toBe(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(counts()).toEqual({ logins: 2, losses: 1 });
});

test('what comes over a connection that was given up does not count', async () => {
  const { keeper, links, goOnline } = createKeeper();
  await goOnline();
  const first = links[0]!.connection;
  first.drop('test');
  await vi.advanceTimersByTimeAsync(0);
  expect(keeper.connection).toBe(links[1]!.connection);
  await expect(first.call('getservertime', {})).rejects.toMatchObject({ code: 20002 });
});

test('a refusal ends the session, and calls that wait get it', async () => {
  const { keeper, outcomes, ends, links, goOnline } = createKeeper();
  await goOnline();
  outcomes.push(refused(), new LoginRefused(new RtmError(200027, 'the token')));
  links[0]!.connection.drop('test');
  await vi.advanceTimersByTimeAsync(0);
  const waiting = expect(keeper.waitForConnection({ timeoutMs: 0 })).rejects.toMatchObject({ code: 200027 });
  await vi.advanceTimersByTimeAsync(1000);
  await waiting;
  expect(ends).toMatchObject([{ reason: 'refused', error: { code: 200027 } }]);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(keeper.state).toBe('ended');
});

test('a supplier that fails ends the first login, later it is only a try that failed', async () => {
  const { keeper, outcomes, links, goOnline } = createKeeper();
  outcomes.push(new NoToken('none'));
  await expect(keeper.start({ timeoutMs: 0 })).rejects.toMatchObject({ message: 'none' });
  expect(keeper.state).toBe('idle');
  await goOnline();
  outcomes.push(new NoToken('none'));
  links[0]!.connection.drop('test');
  await vi.advanceTimersByTimeAsync(1000);
  expect(keeper.state).toBe('online');
});

test('a first login that runs out of time leaves nothing behind', async () => {
  const { keeper, outcomes, counts } = createKeeper();
  outcomes.push(...Array.from({ length: 100 }, refused));
  const failed = expect(keeper.start({ timeoutMs: 5000 })).rejects.toMatchObject({ code: 20003 });
  await vi.advanceTimersByTimeAsync(5000);
  await failed;
  const { logins } = counts();
  await vi.advanceTimersByTimeAsync(100_000);
  expect(counts().logins).toBe(logins);
  expect(vi.getTimerCount()).toBe(0);
  expect(keeper.state).toBe('idle');
});

test('the end of the session leaves no timer', async () => {
  const { keeper, goOnline } = createKeeper();
  await goOnline();
  keeper.end({ reason: 'closed', error: new RtmError(20002, 'closed') });
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('a session that was kicked out can begin anew, a closed one cannot', async () => {
  const { keeper, ends, goOnline } = createKeeper();
  await goOnline();
  keeper.end({ reason: 'kicked-out', error: new RtmError(20002, 'kicked out') });
  await goOnline();
  expect(keeper.state).toBe('online');
  keeper.end({ reason: 'kicked-out', error: new RtmError(20002, 'kicked out') });
  keeper.end({ reason: 'closed', error: new RtmError(20002, 'closed') });
  await expect(keeper.start({ timeoutMs: 0 })).rejects.toMatchObject({ message: 'closed' });
  expect(ends.map(({ reason }) => reason)).toEqual(['kicked-out', 'kicked-out']);
});
