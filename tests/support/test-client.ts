import { type Encodable, FpnnError, type IncomingQuest, type Peer, type WireMap } from '@parley/fpnn';
import { connectTcp } from '@parley/fpnn/node';
import type { ParleyUnderTest, RawCaller } from '@parley/testkit/internal';

export type Push = { method: string; isOneWay: boolean; params: WireMap };

/** An end user's connection, on the level of quests and pushes. */
export class TestClient {
  readonly peer: Peer;
  readonly pushes: Push[] = [];
  readonly closed: Promise<void>;
  #waiters: (() => void)[] = [];

  private constructor(peer: Peer, closed: Promise<void>) {
    this.peer = peer;
    this.closed = closed;
  }

  /** Connects without logging in. */
  static async connect(address: { host: string; port: number }, tls = false): Promise<TestClient> {
    let client: TestClient | undefined;
    let onClose = () => {};
    const closed = new Promise<void>((resolve) => {
      onClose = resolve;
    });
    const peer = await connectTcp({
      ...address,
      ...(tls ? { tls: { rejectUnauthorized: false } } : {}),
      onQuest: (quest) => client?.handle(quest),
      onClose: () => onClose(),
    });
    client = new TestClient(peer, closed);
    return client;
  }

  /** Connects and logs in with a token from the server gate. */
  static async logIn(
    parley: ParleyUnderTest,
    caller: RawCaller,
    uid: number,
    params: object = {},
  ): Promise<TestClient> {
    const client = await TestClient.connect(parley.clientGate);
    const token = (await caller.call('gettoken', { uid })).get('token') as Encodable;
    const answer = await client.call('auth', { pid: parley.pid, uid, token, ...params });
    if (answer.get('ok') !== true) throw new Error('the login was refused');
    return client;
  }

  call(method: string, params: Encodable = {}): Promise<WireMap> {
    return this.peer.quest(method, params);
  }

  async codeOf(method: string, params: Encodable = {}): Promise<number> {
    try {
      await this.call(method, params);
      return 0;
    } catch (error) {
      if (error instanceof FpnnError) return error.code;
      throw error;
    }
  }

  /** Waits until so many pushes have come, the pings not counted. */
  async received(count: number): Promise<Push[]> {
    while (this.pushes.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
      });
    }
    return this.pushes;
  }

  close(): void {
    this.peer.close();
  }

  handle(quest: IncomingQuest): void {
    quest.answer({});
    if (quest.method === 'ping') return;
    this.pushes.push({ method: quest.method, isOneWay: quest.isOneWay, params: quest.params });
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}
