import { RtmError, silentLogger } from '@parley/contract/sdk';
import { RawString } from '@parley/fpnn';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Call } from '../call.ts';
import { type Conversation, conversationKey } from '../conversation.ts';
import { type Message, toMessage } from '../messages/message.ts';
import { type Gap, Inbox } from './inbox.ts';

const UID = 1n;
const PAGE_MAX = 3;
const GROUP: Conversation = { kind: 'group', groupId: 7n };
const PEER: Conversation = { kind: 'p2p', peerUid: 9n };

type Stored = { id: bigint; from: bigint; mid: bigint; mtime: number; conversation: Conversation };
type Params = Record<string, never> & { begin: number; end: number; lastid: bigint; num: number };

const raw = (text: string) => new RawString(new TextEncoder().encode(text));

/** What a server stores, and its answers to the calls of a recovery. */
class FakeServer {
  readonly messages: Stored[] = [];
  now = 1000;
  listsConversations = true;
  /** Thrown by history, one per call. */
  readonly failures: RtmError[] = [];
  historyCalls = 0;

  store(conversation: Conversation, from = 5n): Stored {
    const id = BigInt(this.messages.length + 1);
    const stored = { id, from, mid: id, mtime: this.now, conversation };
    this.messages.push(stored);
    return stored;
  }

  /** Tells the time, which no later message has. */
  closePresent(): number {
    this.now += 1;
    return this.now - 1;
  }

  answer(method: string, params: Params): unknown {
    switch (method) {
      case 'getsession':
        if (!this.listsConversations) throw new RtmError(20004, 'unknown method');
        return { p2p: this.#ids('p2p'), group: this.#ids('group') };
      case 'getp2punread':
        return { p2p: new Map(), ltime: this.#newest('p2p', params['uids'] as unknown as bigint[]) };
      case 'getgroupunread':
        return { group: new Map(), ltime: this.#newest('group', params['gids'] as unknown as bigint[]) };
      case 'getusergroups':
        return { gids: this.#ids('group') };
      case 'getp2pmsg':
        return this.#page({ kind: 'p2p', peerUid: params['ouid'] as unknown as bigint }, params);
      case 'getgroupmsg':
        return this.#page({ kind: 'group', groupId: params['gid'] as unknown as bigint }, params);
      case 'getbroadcastmsg':
        return this.#page({ kind: 'broadcast', broadcast: true }, params);
      default:
        throw new Error(`unexpected ${method}`);
    }
  }

  #in(conversation: Conversation): Stored[] {
    const key = conversationKey(conversation);
    return this.messages.filter((message) => conversationKey(message.conversation) === key);
  }

  #ids(kind: 'p2p' | 'group'): bigint[] {
    const ids = this.messages.flatMap(({ conversation }) => {
      if (conversation.kind !== kind) return [];
      return 'peerUid' in conversation
        ? [conversation.peerUid]
        : 'groupId' in conversation
          ? [conversation.groupId]
          : [];
    });
    return [...new Set(ids.reverse())];
  }

  #newest(kind: 'p2p' | 'group', ids: bigint[]): Map<bigint, number> {
    const place = (id: bigint): Conversation =>
      kind === 'p2p' ? { kind, peerUid: id } : { kind: 'group', groupId: id };
    return new Map(ids.map((id) => [id, this.#in(place(id)).at(-1)?.mtime ?? 0]));
  }

  #page(conversation: Conversation, { begin, lastid, num }: Params) {
    this.historyCalls += 1;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const found = this.#in(conversation).filter(({ id, mtime }) => id > lastid && mtime >= begin);
    const units = found.slice(0, Math.min(num, PAGE_MAX));
    const last = units.at(-1);
    return {
      num: units.length,
      lastid: last?.id ?? lastid,
      begin: last?.mtime ?? begin,
      end: this.now,
      msgs: units.map(({ id, from, mid, mtime }) => ({
        id,
        from,
        direction: from === UID ? 1 : 2,
        mid,
        mtime,
        mtype: 66,
        isDeleted: false,
        msg: raw(''),
        attrs: '',
      })),
    };
  }
}

const pushOf = ({ conversation, from, mid, mtime }: Stored): Message =>
  toMessage({ conversation, from, mid, mtime, mtype: 66, msg: raw(''), attrs: '' }, UID);

function createInbox(overrides: { recoveryMessagesMax?: number; isBeingSent?: (message: Message) => boolean } = {}) {
  const delivered: Message[] = [];
  const gaps: Gap[] = [];
  const inbox = new Inbox({
    uid: UID,
    recoveryMessagesMax: 1000,
    logger: silentLogger,
    deliver: (message) => delivered.push(message),
    isBeingSent: () => false,
    onGap: (gap) => gaps.push(gap),
    ...overrides,
  });
  const midsIn = (conversation: Conversation) =>
    delivered
      .filter((message) => conversationKey(message.conversation) === conversationKey(conversation))
      .map(({ mid }) => mid);
  return { inbox, delivered, gaps, midsIn };
}

const callTo = (server: FakeServer): Call =>
  (async (method: string, params: object) => server.answer(method, params as Params)) as unknown as Call;

async function loseAndRecover(inbox: Inbox, server: FakeServer, whileAway: () => void): Promise<boolean> {
  inbox.handleLoss(server.now);
  whileAway();
  inbox.hold();
  return inbox.recover(callTo(server));
}

describe('a recovery', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('brings messages of the same time that were missed, and none twice', async () => {
    const [server, { inbox, midsIn }] = [new FakeServer(), createInbox()];
    inbox.start(server.closePresent());
    inbox.handleLive(pushOf(server.store(GROUP)));
    await loseAndRecover(inbox, server, () => {
      for (let count = 0; count < 5; count += 1) server.store(GROUP);
    });
    expect(midsIn(GROUP)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
  });

  test('finds conversations that are new by the list of the server, not those of before the login', async () => {
    const [server, { inbox, delivered, midsIn }] = [new FakeServer(), createInbox()];
    server.store({ kind: 'group', groupId: 70n });
    server.store({ kind: 'p2p', peerUid: 90n });
    server.now += 60_000;
    inbox.start(server.closePresent());
    server.now += 1;
    await loseAndRecover(inbox, server, () => {
      server.store(PEER, 9n);
      server.store(GROUP);
    });
    expect([midsIn(PEER), midsIn(GROUP), delivered.length]).toEqual([[3n], [4n], 2]);
  });

  test('leaves out what was stored within the millisecond of the login, and brings what came within the next', async () => {
    const [server, { inbox, delivered, midsIn }] = [new FakeServer(), createInbox()];
    const broadcast: Conversation = { kind: 'broadcast', broadcast: true };
    for (const conversation of [PEER, GROUP, broadcast]) server.store(conversation, 9n);
    inbox.start(server.closePresent());
    await loseAndRecover(inbox, server, () => {
      server.store(GROUP);
      server.store(broadcast);
    });
    expect([midsIn(GROUP), midsIn(broadcast), delivered.length]).toEqual([[4n], [5n], 2]);
  });

  test('does not ask about more conversations than may have news', async () => {
    const [server, { inbox, delivered }] = [new FakeServer(), createInbox()];
    for (let id = 1000n; id < 2000n; id += 1n) server.store({ kind: 'p2p', peerUid: id });
    server.now += 60_000;
    inbox.start(server.closePresent());
    const methods: string[] = [];
    inbox.handleLoss(server.now);
    for (let id = 1500n; id < 1750n; id += 1n) server.store({ kind: 'p2p', peerUid: id });
    inbox.hold();
    await inbox.recover((async (method: string, params: object) => {
      methods.push(method);
      return server.answer(method, params as Params);
    }) as unknown as Call);
    expect(delivered.length).toBe(250);
    expect(methods.filter((method) => method === 'getp2punread').length).toBe(2);
  });

  test('without such a list, a message of a new user lets those before it come first', async () => {
    const [server, { inbox, midsIn }] = [new FakeServer(), createInbox()];
    server.listsConversations = false;
    inbox.start(server.closePresent());
    await loseAndRecover(inbox, server, () => {
      server.store(PEER, 9n);
      server.store(GROUP);
    });
    expect([midsIn(PEER), midsIn(GROUP)]).toEqual([[], [2n]]);
    inbox.handleLive(pushOf(server.store(PEER, 9n)));
    await vi.waitFor(() => expect(midsIn(PEER)).toEqual([1n, 3n]));
    inbox.handleLive(pushOf(server.store(PEER, 9n)));
    expect(midsIn(PEER)).toEqual([1n, 3n, 4n]);
  });

  test('reads as many messages as allowed, and tells where it stopped', async () => {
    const [server, { inbox, gaps, midsIn }] = [new FakeServer(), createInbox({ recoveryMessagesMax: 6 })];
    inbox.start(server.closePresent());
    inbox.handleLive(pushOf(server.store(GROUP)));
    await loseAndRecover(inbox, server, () => {
      for (let count = 0; count < 20; count += 1) server.store(GROUP);
    });
    expect(midsIn(GROUP)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    expect(gaps).toMatchObject([{ conversation: GROUP, after: { lastid: 6n } }]);
    inbox.handleLive(pushOf(server.store(GROUP)));
    expect(midsIn(GROUP).at(-1)).toBe(22n);
  });

  test('repeats what fails for a while', async () => {
    const [server, { inbox, gaps, midsIn }] = [new FakeServer(), createInbox()];
    inbox.start(server.closePresent());
    inbox.handleLive(pushOf(server.store(GROUP)));
    server.failures.push(...[20003, 200010, 20001].map((code) => new RtmError(code, 'later')));
    const done = loseAndRecover(inbox, server, () => server.store(GROUP));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await done).toBe(true);
    expect([midsIn(GROUP), gaps]).toEqual([[1n, 2n], []]);
  });

  test('tells of a history that may not be read, and lets what follows through', async () => {
    const [server, { inbox, gaps, midsIn }] = [new FakeServer(), createInbox()];
    inbox.start(server.closePresent());
    inbox.handleLive(pushOf(server.store(GROUP)));
    server.failures.push(new RtmError(200041, 'no member'));
    await loseAndRecover(inbox, server, () => server.store(GROUP));
    expect(gaps).toMatchObject([{ conversation: GROUP, error: { code: 200041 } }]);
    inbox.handleLive(pushOf(server.store(GROUP)));
    expect(midsIn(GROUP)).toEqual([1n, 3n]);
    await loseAndRecover(inbox, server, () => {});
    expect(gaps.length).toBe(1);
  });

  test('does not reach back before a room was entered', async () => {
    const [server, { inbox, midsIn }] = [new FakeServer(), createInbox()];
    const room: Conversation = { kind: 'room', roomId: 3n };
    inbox.start(server.closePresent());
    inbox.handleLoss(server.now);
    server.store(room);
    inbox.hold();
    // The room is entered while the recovery waits for answers; a message comes before the answer to the entry.
    const recovered = inbox.recover((async (method: string, params: object) => {
      await Promise.resolve();
      return server.answer(method, params as Params);
    }) as unknown as Call);
    server.now += 1;
    inbox.handleLive(pushOf(server.store(room)));
    inbox.follow(room, server.now);
    await recovered;
    expect(midsIn(room)).toEqual([2n]);
  });

  test('that loses its connection leaves the rest to the next one', async () => {
    const [server, { inbox, midsIn }] = [new FakeServer(), createInbox()];
    inbox.start(server.closePresent());
    inbox.handleLive(pushOf(server.store(GROUP)));
    server.failures.push(new RtmError(20002, 'closed'));
    const failed = loseAndRecover(inbox, server, () => server.store(GROUP));
    await expect(failed).rejects.toMatchObject({ code: 20002 });
    inbox.handleLive(pushOf(server.store(GROUP)));
    expect(midsIn(GROUP)).toEqual([1n]);
    expect(await loseAndRecover(inbox, server, () => {})).toBe(true);
    expect(midsIn(GROUP)).toEqual([1n, 2n, 3n]);
  });

  test('leaves out what the client sent itself, answered or not', async () => {
    const waiting = new Set<bigint>();
    const [server, { inbox, midsIn }] = [new FakeServer(), createInbox({ isBeingSent: ({ mid }) => waiting.has(mid) })];
    inbox.start(server.closePresent());
    const answered = server.store(GROUP, UID);
    inbox.handleSent(GROUP, answered.mid, answered.mtime);
    await loseAndRecover(inbox, server, () => {
      waiting.add(server.store(GROUP, UID).mid);
      server.store(GROUP);
    });
    expect(midsIn(GROUP)).toEqual([3n]);
  });

  test('reads again when more live messages came than may wait', async () => {
    const [server, { inbox, midsIn }] = [new FakeServer(), createInbox({ recoveryMessagesMax: 10_000 })];
    inbox.start(server.closePresent());
    inbox.handleLive(pushOf(server.store(GROUP)));
    inbox.handleLoss(server.now);
    inbox.hold();
    for (let count = 0; count < 1500; count += 1) inbox.handleLive(pushOf(server.store(GROUP)));
    await inbox.recover(callTo(server));
    expect(midsIn(GROUP)).toEqual(server.messages.map(({ mid }) => mid));
  });

  test('has nothing to do when no connection was lost', async () => {
    const [server, { inbox, midsIn }] = [new FakeServer(), createInbox()];
    inbox.start(server.closePresent());
    inbox.hold();
    inbox.handleLive(pushOf(server.store({ kind: 'broadcast', broadcast: true })));
    expect(await inbox.recover(callTo(server))).toBe(false);
    expect(midsIn({ kind: 'broadcast', broadcast: true })).toEqual([1n]);
    expect(server.historyCalls).toBe(0);
  });
});

test('a push that is repeated is not delivered twice, however late it comes', () => {
  const [server, { inbox, delivered }] = [new FakeServer(), createInbox()];
  inbox.start(server.closePresent());
  const pushes = Array.from({ length: 5000 }, () => {
    server.now += 1;
    return pushOf(server.store(GROUP));
  });
  for (const push of pushes) inbox.handleLive(push);
  for (const push of pushes) inbox.handleLive(push);
  expect(delivered.length).toBe(5000);
});

type Step = 'store' | 'storeLater' | 'push' | 'lose' | 'connect' | 'answer';

/** One client and one server in which every step happens when the test says so. */
class Timeline {
  readonly server = new FakeServer();
  readonly #client = createInbox();
  #isConnected = true;
  #pushes: Message[] = [];
  /** Quests that the server has not looked at, and the answers that have not arrived. */
  #quests: (() => void)[] = [];

  constructor() {
    this.#client.inbox.start(this.server.closePresent());
  }

  get delivered(): bigint[] {
    return this.#client.midsIn(GROUP);
  }

  run(step: Step): void {
    const { inbox } = this.#client;
    if (step === 'storeLater') this.server.now += 1;
    if (step === 'store' || step === 'storeLater') {
      const push = pushOf(this.server.store(GROUP));
      if (this.#isConnected) this.#pushes.push(push);
    } else if (step === 'push') {
      const push = this.#pushes.shift();
      if (push !== undefined) inbox.handleLive(push);
    } else if (step === 'lose' && this.#isConnected) {
      this.#isConnected = false;
      this.#pushes = [];
      this.#quests = [];
      inbox.handleLoss(this.server.now);
    } else if (step === 'connect' && !this.#isConnected) {
      this.#isConnected = true;
      inbox.hold();
      void inbox.recover(this.#call).catch(() => {});
    } else if (step === 'answer') {
      this.#quests.shift()?.();
    }
  }

  async finish(): Promise<void> {
    this.run('connect');
    for (let idle = 0; idle < 20; idle += 1) {
      if (this.#pushes.length + this.#quests.length > 0) idle = 0;
      this.run('answer');
      this.run('push');
      await Promise.resolve();
    }
  }

  readonly #call = ((method: string, params: object) =>
    new Promise((resolve) => {
      this.#quests.push(() => resolve(this.server.answer(method, params as Params)));
    })) as unknown as Call;
}

test('whatever is lost when, and whatever overtakes what, each message comes once and in order', async () => {
  const step = fc.constantFrom<Step>(
    'store',
    'store',
    'storeLater',
    'push',
    'push',
    'lose',
    'connect',
    'answer',
    'answer',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
      const timeline = new Timeline();
      for (const next of steps) {
        timeline.run(next);
        await Promise.resolve();
      }
      await timeline.finish();
      expect(timeline.delivered).toEqual(timeline.server.messages.map(({ mid }) => mid));
    }),
    { numRuns: 1500 },
  );
});
