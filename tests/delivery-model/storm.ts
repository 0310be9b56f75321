import { type Encodable, FpnnError, type WireMap, type WireValue } from '@parley/fpnn';
import type { ParleyUnderTest, RawCaller } from '@parley/testkit/internal';
import fc from 'fast-check';
import { expect } from 'vitest';
import { MetricsPage } from '../support/metrics-page.ts';
import { TestClient } from '../support/test-client.ts';

const USERS = [1, 2, 3] as const;
const PLACES = [11, 12] as const;
const CONNECTIONS = 6;
const IDS_PER_STORM = 1000;
const SETTLE_TIMEOUT_MS = 10_000;

/** One change, made without waiting for the others. `by` picks a connection. */
type Change =
  | { readonly do: 'enter' | 'leave'; readonly by: number; readonly place: number }
  | { readonly do: 'give' | 'take' | 'add' | 'remove'; readonly user: number; readonly place: number }
  | { readonly do: 'dissolve'; readonly place: number }
  | { readonly do: 'reconnect'; readonly by: number };

const by = fc.nat(CONNECTIONS - 1);
const place = fc.constantFrom(...PLACES);
const user = fc.constantFrom(...USERS);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('enter' as const, 'leave' as const), by, place }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('give', 'take', 'add', 'remove'), user, place }) as fc.Arbitrary<Change>,
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('dissolve' as const), place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reconnect' as const), by }) },
);
/** Changes that come at once. */
export const changes = fc.array(change, { minLength: 2, maxLength: 30, size: 'max' });

let storms = 0;

/** Users whose rooms, groups and connections change all at once. */
export class Storm {
  readonly #parley: ParleyUnderTest;
  readonly #caller: RawCaller;
  readonly #base: number;
  readonly #clients: TestClient[] = [];

  private constructor(parley: ParleyUnderTest, caller: RawCaller) {
    this.#parley = parley;
    this.#caller = caller;
    storms += 1;
    this.#base = storms * IDS_PER_STORM;
  }

  static async open(parley: ParleyUnderTest, caller: RawCaller): Promise<Storm> {
    const storm = new Storm(parley, caller);
    for (let index = 0; index < CONNECTIONS; index += 1) storm.#clients.push(await storm.#logIn(index));
    return storm;
  }

  async rage(all: readonly Change[]): Promise<void> {
    await Promise.all(all.map((each) => this.#make(each)));
  }

  /** Waits until the server has noticed which connections have ended. */
  async settle(): Promise<void> {
    await this.#expectSessions(CONNECTIONS);
  }

  /** Who hears a room or a group is who is listed there. */
  async expectListedHear(): Promise<void> {
    for (const place of PLACES) {
      const message = { from: 1, mid: this.#base + place, mtype: 66, msg: 'heard', attrs: '' };
      await this.#caller.call('sendroommsg', { rid: this.#base + place, ...message });
      await this.#caller.call('sendgroupmsg', { gid: this.#base + place, ...message });
    }
    const heard = await Promise.all(this.#clients.map((client) => this.#heardBy(client)));
    for (const place of PLACES) {
      const members = await this.#uids('getgroupmembers', { gid: this.#base + place });
      const hearers = this.#clients.map((_, index) => heard[index]!.has(`pushgroupmsg ${place}`));
      expect(hearers, `who hears group ${place}`).toEqual(USERS_OF_CONNECTIONS.map((user) => members.has(user)));
      await this.#expectRoom(place, heard);
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all(this.#clients.map(({ closed }) => closed));
    await this.#expectSessions(0);
  }

  async #expectSessions(count: number): Promise<void> {
    const sessions = async () => (await MetricsPage.read(this.#parley.admin)).sum('parley_sessions');
    await expect.poll(sessions, { interval: 1, timeout: SETTLE_TIMEOUT_MS }).toBe(count);
  }

  async #expectRoom(place: number, heard: readonly ReadonlySet<string>[]): Promise<void> {
    const inside = await Promise.all(
      this.#clients.map(async (client) => this.#numbers((await client.call('getuserrooms')).get('rooms')).has(place)),
    );
    const hearers = heard.map((each) => each.has(`pushroommsg ${place}`));
    expect(hearers, `who hears room ${place}`).toEqual(inside);
    const listed = await this.#uids('getroommembers', { rid: this.#base + place });
    const present = new Set(USERS_OF_CONNECTIONS.filter((_, index) => inside[index]));
    expect(listed, `who is listed in room ${place}`).toEqual(present);
  }

  /** What was written before the answer to a call is here when the answer is. */
  async #heardBy(client: TestClient): Promise<Set<string>> {
    await client.call('getservertime');
    return new Set(
      client.pushes.map(
        ({ method, params }) => `${method} ${Number(params.get('rid') ?? params.get('gid')) - this.#base}`,
      ),
    );
  }

  async #make(change: Change): Promise<void> {
    const at = 'place' in change ? this.#base + change.place : 0;
    const uid = 'user' in change ? this.#base + change.user : 0;
    switch (change.do) {
      case 'enter':
        return attempt(this.#clients[change.by]!.call('enterroom', { rid: at }));
      case 'leave':
        return attempt(this.#clients[change.by]!.call('leaveroom', { rid: at }));
      case 'give':
        return attempt(this.#caller.call('addroommember', { rid: at, uid }));
      case 'take':
        return attempt(this.#caller.call('delroommember', { rid: at, uid }));
      case 'add':
        return attempt(this.#caller.call('addgroupmembers', { gid: at, uids: [uid] }));
      case 'remove':
        return attempt(this.#caller.call('delgroupmembers', { gid: at, uids: [uid] }));
      case 'dissolve':
        return attempt(this.#caller.call('delgroup', { gid: at }));
      default: {
        const old = this.#clients[change.by]!;
        const next = await this.#logIn(change.by);
        // Somebody else may have been quicker.
        const [gone, kept] = this.#clients[change.by] === old ? [old, next] : [next, this.#clients[change.by]!];
        this.#clients[change.by] = kept;
        gone.close();
        await gone.closed;
      }
    }
  }

  #logIn(index: number): Promise<TestClient> {
    return TestClient.logIn(this.#parley, this.#caller, this.#base + USERS_OF_CONNECTIONS[index]!);
  }

  async #uids(method: string, params: { [name: string]: Encodable }): Promise<Set<number>> {
    return this.#numbers((await this.#caller.call(method, params)).get('uids'));
  }

  #numbers(ids: WireValue | undefined): Set<number> {
    return new Set((ids as unknown as bigint[]).map((id) => Number(id) - this.#base));
  }
}

const USERS_OF_CONNECTIONS = Array.from({ length: CONNECTIONS }, (_, index) => USERS[index % USERS.length]!);

/** A connection may end while it is asked for something. */
async function attempt(call: Promise<WireMap>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof FpnnError)) throw error;
  }
}
