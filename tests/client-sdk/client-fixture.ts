import { ParleyClient, type ParleyClientOptions } from '@parley/client-sdk/node';
import type { RawString } from '@parley/fpnn';
import { afterEach } from 'vitest';
import { type ParleyFixture, useParley } from '../support/parley-fixture.ts';

type Overrides = Partial<ParleyClientOptions>;

/** A server, and clients of the SDK that are closed after each test. */
export type ClientFixture = ParleyFixture & {
  /** A user id that nobody has used. */
  freshId(): number;
  /** What a back end gives to a page. */
  tokenOf(uid: number): Promise<string>;
  /** A client over TCP that has not logged in. */
  createClient(uid: number, overrides?: Overrides): ParleyClient;
  logIn(uid: number, overrides?: Overrides): Promise<ParleyClient>;
};

export function useClients(options: Parameters<typeof useParley>[0] = {}): ClientFixture {
  const fixture = useParley(options);
  const clients: ParleyClient[] = [];
  let lastId = 1000;

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  const tokenOf = async (uid: number) => {
    const answer = await fixture.caller.call('gettoken', { uid });
    return (answer.get('token') as RawString).text;
  };
  const createClient = (uid: number, overrides: Overrides = {}) => {
    const { host, port } = fixture.parley.clientGate;
    const client = new ParleyClient({
      endpoint: `tcp://${host}:${port}`,
      pid: fixture.parley.pid,
      uid,
      token: () => tokenOf(uid),
      reconnect: { delayMaxMs: 50, delaySteps: 1, stableAfterMs: 0 },
      ...overrides,
    });
    clients.push(client);
    return client;
  };

  return {
    get parley() {
      return fixture.parley;
    },
    get caller() {
      return fixture.caller;
    },
    startAnother: fixture.startAnother,
    freshId: () => (lastId += 1),
    tokenOf,
    createClient,
    async logIn(uid, overrides) {
      const client = createClient(uid, overrides);
      await client.login();
      return client;
    },
  };
}
