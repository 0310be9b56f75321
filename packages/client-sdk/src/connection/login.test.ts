import { RtmError } from '@parley/contract/sdk';
import { Peer } from '@parley/fpnn';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Call } from '../call.ts';
import { Connection } from './connection.ts';
import { Login, LoginRefused, NoToken } from './login.ts';
import { TokenSource, type TokenSupplier } from './token-source.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Answer = { ok: boolean } | RtmError;

/** Logs in at a server that answers as told, and tells what it was asked. */
function prepare(answers: Answer[], token: string | TokenSupplier = () => 'token') {
  const asked: object[] = [];
  const connections: Connection[] = [];
  const onAuth = vi.fn();
  const login = new Login({
    pid: 5,
    uid: 7n,
    lang: undefined,
    attributes: new Map(),
    tokens: new TokenSource(token),
    timeoutMs: 1000,
    onAuth,
  });
  const open = async () => {
    const connection = await Connection.open({
      endpoint: 'test',
      connectTimeoutMs: 0,
      signal: new AbortController().signal,
      onQuest: () => {},
      connector: async ({ onClose }) => {
        return new Peer({ write() {}, close() {}, destroy() {}, bufferedBytes: 0 }, { onClose });
      },
    });
    const call = (async (_: string, params: object) => {
      asked.push(params);
      const answer = answers.shift()!;
      if (answer instanceof Error) throw answer;
      return answer;
    }) as unknown as Call;
    Object.defineProperty(connection, 'call', { value: call });
    connections.push(connection);
    return connection;
  };
  return { login: () => login.logIn(open), asked, connections, onAuth };
}

test('the login names the project, the user, the token and the version', async () => {
  const { login, asked, connections, onAuth } = prepare([{ ok: true }]);
  expect(await login()).toBe(connections[0]);
  expect(asked).toEqual([
    { pid: 5, uid: 7n, token: 'token', version: expect.stringMatching(/^Parley-\d+\.\d+\.\d+$/) },
  ]);
  expect(onAuth).toHaveBeenCalledTimes(1);
});

test('a token that the back end signed itself goes out with its time', async () => {
  const { login, asked } = prepare([{ ok: true }], () => ({ token: 'signed', ts: 99 }));
  await login();
  expect(asked).toMatchObject([{ token: 'signed', ts: 99, authv: 2 }]);
});

test.each([{ ok: false }, new RtmError(200027, 'token'), new RtmError(200008, 'clock')])(
  'after %o another token is tried on another connection',
  async (refusal) => {
    const { login, connections } = prepare([refusal, { ok: true }]);
    expect(await login()).toBe(connections[1]);
    expect(connections[0]!.hasEnded).toBe(true);
  },
);

test('two refused tokens, or one that cannot be renewed, are final', async () => {
  const twice = prepare([{ ok: false }, { ok: false }]);
  await expect(twice.login()).rejects.toMatchObject({ cause: { code: 200027 } });
  expect(twice.connections.every(({ hasEnded }) => hasEnded)).toBe(true);
  const fixed = prepare([{ ok: false }], 'token');
  await expect(fixed.login()).rejects.toBeInstanceOf(LoginRefused);
});

test.each([200001, 200002, 200021, 200024, 200025, 200026, 200049, 20013])('%i is final', async (code) => {
  const { login, connections } = prepare([new RtmError(code, 'no')]);
  await expect(login()).rejects.toMatchObject({ cause: { code } });
  expect(connections[0]!.hasEnded).toBe(true);
});

test.each([20001, 20002, 20003, 20011, 20014, 200010])('%i may pass', async (code) => {
  const { login, connections } = prepare([new RtmError(code, 'later')]);
  await expect(login()).rejects.toMatchObject({ name: 'RtmError', code });
  expect(connections[0]!.hasEnded).toBe(true);
});

test('a supplier that never answers does not hold the client up', async () => {
  const { login } = prepare([], () => new Promise(() => {}));
  const failed = expect(login()).rejects.toBeInstanceOf(NoToken);
  await vi.advanceTimersByTimeAsync(1000);
  await failed;
  expect(vi.getTimerCount()).toBe(0);
});
