import { setTimeout as delay } from 'node:timers/promises';
import { type Encodable, FpnnError, type RawString, type WireMap, type WireValue } from '@parley/fpnn';
import type { ParleyUnderTest, RawCaller } from '@parley/testkit/internal';
import { expect } from 'vitest';
import { MetricsPage } from '../support/metrics-page.ts';
import { type Push, TestClient } from '../support/test-client.ts';
import {
  conversationOf,
  describe,
  type Entry,
  EVERYWHERE,
  type ModelConnection,
  type Send,
  type Target,
} from './world-model.ts';

/** How long a push that the model foretells may take before it counts as lost. */
const LOST_MS = 8000;
/** Ids of one run lie above a base of its own: nothing of an earlier run has them. */
const IDS_PER_RUN = 100_000;
const TEXTLESS: ReadonlySet<string> = new Set(['kickout', 'kickoutroom']);
export const CHAT = 30;
const TYPES = { user: 1, group: 2, room: 3, broadcast: 4 } as const;

type Live = { readonly client: TestClient; readonly ce: string };
/** What a call came to. */
type Outcome = { code: number; answer: WireMap | undefined };

let runs = 0;

/** The server as the model's users see it: real connections, real calls. */
export class LiveWorld {
  readonly #parley: ParleyUnderTest;
  readonly #caller: RawCaller;
  readonly #base: number;
  readonly #live = new Map<number, Live>();
  #lastMid = 0;
  /** The server knows the connections that are known here. */
  #isSettled = false;

  constructor(parley: ParleyUnderTest, caller: RawCaller) {
    this.#parley = parley;
    this.#caller = caller;
    runs += 1;
    this.#base = runs * IDS_PER_RUN;
  }

  /** Removes what earlier runs left in the one conversation that all of them share. */
  async cleanBroadcasts(): Promise<void> {
    await this.#caller.call('cleanmsg', { type: TYPES.broadcast, from: 0, xid: 0, begin: 0, end: 2n ** 63n - 1n });
  }

  nextMid(): number {
    this.#lastMid += 1;
    return this.#lastMid;
  }

  /** The id of a user, group, room or message on the wire. */
  id(n: number): number {
    return this.#base + n;
  }

  ids(ns: Iterable<number>): number[] {
    return [...ns].map((n) => this.id(n));
  }

  /** What the id stands for in the model. */
  number(id: WireValue | undefined): number {
    return Number(id) - this.#base;
  }

  /** The place of a ban; absent for all places. */
  place(name: 'gid' | 'rid', n: number): object {
    return n === EVERYWHERE ? {} : { [name]: this.id(n) };
  }

  call(method: string, params: object): Promise<Outcome> {
    return outcome(this.#caller.call(method, params as { [name: string]: Encodable }));
  }

  callFrom({ key }: ModelConnection, method: string, params: object = {}): Promise<Outcome> {
    return outcome(this.#live.get(key)!.client.call(method, params as Encodable));
  }

  /** @returns the code of the refusal; 0: the connection is open and known by its key. */
  async logIn(user: number, key: number | undefined): Promise<number> {
    this.#isSettled = false;
    const client = await TestClient.connect(this.#parley.clientGate);
    const uid = this.id(user);
    const token = (await this.#caller.call('gettoken', { uid })).get('token') as Encodable;
    const auth = { pid: this.#parley.pid, uid, token, version: 'Android-2.7.0' };
    const { code, answer } = await outcome(client.call('auth', auth));
    if (code !== 0 || key === undefined) {
      client.close();
      await client.closed;
      return code;
    }
    expect(answer!.get('ok')).toBe(true);
    const attrs = (await client.call('getattrs')).get('attrs') as WireMap[];
    this.#live.set(key, { client, ce: (attrs.find((each) => each.has('my'))!.get('ce') as RawString).text });
    return 0;
  }

  ceOf({ key }: ModelConnection): string {
    return this.#live.get(key)!.ce;
  }

  async logOut(connection: ModelConnection, how: 'bye' | 'close'): Promise<void> {
    this.#isSettled = false;
    const { client } = this.#live.get(connection.key)!;
    if (how === 'bye') await client.call('bye');
    else client.close();
    await client.closed;
    this.#live.delete(connection.key);
  }

  /** For a connection that the server has to end: waits for that, and compares all that came before. */
  async expectEnded(connection: ModelConnection): Promise<void> {
    this.#isSettled = false;
    const { client } = this.#live.get(connection.key)!;
    await this.#orLost(client.closed, connection, client);
    this.#live.delete(connection.key);
    expect(this.#sorted(client.pushes)).toEqual(Object.fromEntries(connection.expected));
  }

  /** Waits until the server knows exactly so many connections. */
  async expectSessions(count: number): Promise<void> {
    if (this.#isSettled) return;
    const giveUpAt = Date.now() + LOST_MS;
    for (;;) {
      const found = (await MetricsPage.read(this.#parley.admin)).sum('parley_sessions');
      this.#isSettled = found === count;
      if (this.#isSettled) return;
      if (Date.now() > giveUpAt) throw new Error(`the server knows ${found} connections, not ${count}`);
    }
  }

  /**
   * Each connection was pushed what the model says, each once, in the order of its conversation, and nothing else: what
   * was written before the answer to a call is here when the answer is.
   */
  async expectPushed(connections: readonly ModelConnection[]): Promise<void> {
    for (const connection of connections) {
      const { client } = this.#live.get(connection.key)!;
      const count = [...connection.expected.values()].reduce((sum, pushes) => sum + pushes.length, 0);
      await this.#orLost(client.received(count), connection, client);
      await client.call('getservertime');
      expect(this.#sorted(client.pushes), `what user ${connection.user} got`).toEqual(
        Object.fromEntries(connection.expected),
      );
    }
  }

  /** @returns the code and the time of the message. */
  async send(send: Send): Promise<{ code: number; mtime: number }> {
    const { target, mid, mtype, text, connection } = send;
    const message = { mid: this.id(mid), mtype, msg: text, attrs: `of ${text}` };
    const [method, where] = this.#address(target);
    const { code, answer } =
      connection === undefined
        ? await this.call(method, { from: this.id(send.from), ...where, ...message })
        : await this.callFrom(connection, method, { ...where, ...message });
    return { code, mtime: Number(answer?.get('mtime') ?? 0) };
  }

  /** Names a stored message as `getmsg` and `delmsg` do. */
  addressOf({ send, target }: Entry): object {
    const xid = target.kind === 'user' ? this.id(target.to) : target.kind === 'broadcast' ? 0 : this.id(target.id);
    return { type: TYPES[target.kind], from: this.id(send.from), xid, mid: this.id(send.mid) };
  }

  /** Walks a conversation to its end. @param viewer - A connection, or a user of whom the back end asks. */
  async walk(target: Entry['target'], viewer: ModelConnection | number, desc: boolean, num: number): Promise<string[]> {
    const found: string[] = [];
    const [method, where] = this.#history(target, typeof viewer === 'number' ? viewer : undefined);
    for (let cursor: object = {}; ; ) {
      const params = { ...where, desc, num, ...cursor };
      const { code, answer } =
        typeof viewer === 'number' ? await this.call(method, params) : await this.callFrom(viewer, method, params);
      expect(code, `${method} of ${JSON.stringify(target)}`).toBe(0);
      const units = answer!.get('msgs') as WireValue[][];
      if (units.length === 0) break;
      const user = typeof viewer === 'number' ? viewer : viewer.user;
      found.push(...units.map((unit) => this.#describeUnit(target, user, unit)));
      cursor = { begin: answer!.get('begin'), end: answer!.get('end'), lastid: answer!.get('lastid') };
    }
    return desc ? found.reverse() : found;
  }

  async close(): Promise<void> {
    for (const { client } of this.#live.values()) client.close();
    this.#live.clear();
    this.#isSettled = false;
    await this.expectSessions(0);
  }

  #address(target: Target): [method: string, where: object] {
    switch (target.kind) {
      case 'user':
        return ['sendmsg', { to: this.id(target.to) }];
      case 'users':
        return ['sendmsgs', { tos: this.ids(target.tos) }];
      case 'group':
        return ['sendgroupmsg', { gid: this.id(target.id) }];
      case 'room':
        return ['sendroommsg', { rid: this.id(target.id) }];
      default:
        return ['broadcastmsg', {}];
    }
  }

  #history(target: Entry['target'], asked: number | undefined): [method: string, where: object] {
    const uid = asked === undefined ? {} : { uid: this.id(asked) };
    switch (target.kind) {
      case 'user':
        return ['getp2pmsg', { ouid: this.id(target.to), ...uid }];
      case 'group':
        return ['getgroupmsg', { gid: this.id(target.id), ...uid }];
      case 'room':
        return ['getroommsg', { rid: this.id(target.id), ...uid }];
      default:
        return ['getbroadcastmsg', uid];
    }
  }

  /** Units are [id, from or direction, mtype, mid, deleted, msg, attrs, mtime]. */
  #describeUnit(target: Entry['target'], viewer: number, unit: WireValue[]): string {
    const [, who, mtype, mid, , msg, , mtime] = unit;
    let [from, sentTo] = [this.number(who), target];
    if (target.kind === 'user') {
      const isMine = Number(who) === 1;
      from = isMine ? viewer : target.to;
      sentTo = isMine ? target : { kind: 'user', to: viewer };
    }
    return this.#describe(from, sentTo, { mid, mtype, msg, mtime });
  }

  /** The pushes of one connection, by conversation. */
  #sorted(pushes: readonly Push[]): Record<string, string[]> {
    const sorted: Record<string, string[]> = {};
    for (const push of pushes) {
      const [conversation, text] = this.#describePush(push);
      (sorted[conversation] ??= []).push(text);
    }
    return sorted;
  }

  #describePush({ method, params, isOneWay }: Push): [conversation: string, text: string] {
    if (TEXTLESS.has(method)) {
      expect(isOneWay).toBe(true);
      return [method, params.has('rid') ? `${method} ${this.number(params.get('rid'))}` : method];
    }
    const from = this.number(params.get('from'));
    const target = this.#targetOf(method, params);
    const content = { mid: params.get('mid'), mtype: params.get('mtype'), msg: params.get('msg') };
    return [conversationOf(from, target), this.#describe(from, target, { ...content, mtime: params.get('mtime') })];
  }

  #targetOf(method: string, params: WireMap): Entry['target'] {
    switch (method) {
      case 'pushmsg':
        return { kind: 'user', to: this.number(params.get('to')) };
      case 'pushgroupmsg':
        return { kind: 'group', id: this.number(params.get('gid')) };
      case 'pushroommsg':
        return { kind: 'room', id: this.number(params.get('rid')) };
      case 'pushbroadcastmsg':
        return { kind: 'broadcast' };
      default:
        throw new Error(`nobody foretold a push ${method}`);
    }
  }

  #describe(
    from: number,
    target: Entry['target'],
    wire: Record<'mid' | 'mtype' | 'msg' | 'mtime', WireValue | undefined>,
  ): string {
    const send = {
      from,
      target,
      connection: undefined,
      mid: this.number(wire.mid),
      mtype: Number(wire.mtype),
      text: textOf(wire.msg),
    };
    return describe({ send, target, mtime: Number(wire.mtime) });
  }

  async #orLost(coming: Promise<unknown>, connection: ModelConnection, client: TestClient): Promise<void> {
    const late = new AbortController();
    const lost = delay(LOST_MS, 'lost', { signal: late.signal }).catch(() => 'in time');
    const first = await Promise.race([coming, lost]);
    late.abort();
    if (first !== 'lost') return;
    expect(this.#sorted(client.pushes)).toEqual(Object.fromEntries(connection.expected));
    throw new Error(`the connection of user ${connection.user} was not ended`);
  }
}

/** Chat is pushed in the form that has room for a translation. */
function textOf(msg: WireValue | undefined): string {
  const text = msg instanceof Map ? (msg as WireMap).get('sourceText') : msg;
  return (text as RawString).text;
}

async function outcome(answer: Promise<WireMap>): Promise<Outcome> {
  try {
    return { code: 0, answer: await answer };
  } catch (error) {
    if (error instanceof FpnnError) return { code: error.code, answer: undefined };
    throw error;
  }
}
