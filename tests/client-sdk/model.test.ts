import type { ConversationRef, Message, ParleyClient, SendResult } from '@parley/client-sdk/node';
import { afterEach, expect, test } from 'vitest';
import { useClients } from './client-fixture.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { EventLog } from './event-log.ts';

/** Longer runs: `PARLEY_MODEL_ROUNDS=100 PARLEY_MODEL_SEEDS=20 npx vitest run tests/client-sdk/model.test.ts`. */
const ROUNDS = Number(process.env['PARLEY_MODEL_ROUNDS'] ?? 12);
const SEEDS = Array.from({ length: Number(process.env['PARLEY_MODEL_SEEDS'] ?? 3) }, (_, index) => index + 1);
const USERS = 4;

const fixture = useClients();
const proxies: CuttingProxy[] = [];
/** Other tests of the run may have the processor. */
const TIMEOUT_MS = 60_000 + ROUNDS * 1000;

afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

type Member = {
  uid: number;
  client: ParleyClient;
  proxy: CuttingProxy;
  log: EventLog<'message'>;
  sends: Promise<SendResult>[];
};

async function join(uid: number, roomId: number): Promise<Member> {
  const proxy = await CuttingProxy.start(fixture.parley.clientGate);
  proxies.push(proxy);
  const client = await fixture.logIn(uid, { endpoint: `tcp://127.0.0.1:${proxy.port}`, sendTimeoutMs: 0 });
  await client.rooms.enter(roomId);
  return { uid, client, proxy, log: new EventLog(client, 'message'), sends: [] };
}

const nameOf = (message: Message) => `${message.from}:${message.mid}`;
const isIn = (place: ConversationRef) => (message: Message) =>
  Object.entries(place).every(([name, id]) => {
    return String((message.conversation as Record<string, unknown>)[name]) === String(id);
  });

async function historyOf(client: ParleyClient, place: ConversationRef): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of client.history.walk(place)) messages.push(message);
  return messages;
}

/** Numbers from 0 up to but not including 1 that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test.each(SEEDS)(
  'with connections that break at any moment everybody sees every message once and in order (seed %i)',
  async (seed) => {
    const random = randomFrom(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const [groupId, roomId] = [fixture.freshId(), fixture.freshId()];
    const uids = Array.from({ length: USERS }, () => fixture.freshId());
    await fixture.caller.call('addgroupmembers', { gid: groupId, uids });
    const members: Member[] = [];
    // The last one is a second device of the first user.
    for (const uid of [...uids, uids[0]!]) members.push(await join(uid, roomId));
    let lastBroadcast = 0;

    const send = (member: Member) => {
      const places: ConversationRef[] = [
        { groupId },
        { roomId },
        { peerUid: pick(uids.filter((uid) => uid !== member.uid)) },
      ];
      member.sends.push(member.client.sendMessage(pick(places), 66, `${member.sends.length}`));
    };
    const steps = [
      () => send(pick(members)),
      () => send(pick(members)),
      () => send(pick(members)),
      () => pick(members).proxy.drop(),
      () => pick(members).proxy.cut(),
      () => pick(members).proxy.mend(),
      () => pick(members).proxy.silenceThenDrop(),
      async () => {
        lastBroadcast += 1;
        await fixture.caller.call('broadcastmsg', {
          from: 1,
          mid: seed * 1e6 + lastBroadcast,
          mtype: 66,
          msg: 'b',
          attrs: '',
        });
      },
      async () => {
        await fixture.caller.call('getgroupmembers', { gid: groupId });
      },
    ];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let step = 0; step < 12; step += 1) await pick(steps)();
    }
    for (const { proxy } of members) proxy.mend();
    await Promise.all(members.flatMap(({ sends }) => sends));
    expect(members.map(({ client }) => client.outboxSize)).toEqual(members.map(() => 0));

    const places: ConversationRef[] = [{ groupId }, { roomId }, { broadcast: true }];
    for (const { uid, client, log, sends } of members) {
      const mine: ConversationRef[] = [
        ...places,
        ...uids.filter((other) => other !== uid).map((peerUid) => ({ peerUid })),
      ];
      const histories = await Promise.all(mine.map((place) => historyOf(client, place)));
      const own = new Set((await Promise.all(sends)).map(({ mid }) => `${uid}:${mid}`));
      expect(own.size).toBe(sends.length);
      expect(histories.flat().filter((message) => own.has(nameOf(message))).length).toBe(sends.length);
      const since = (place: ConversationRef, messages: Message[]) =>
        // Broadcasts of the other seeds came before the login.
        'broadcast' in place
          ? messages.filter(({ mid }) => mid > BigInt(seed * 1e6) && mid < BigInt((seed + 1) * 1e6))
          : messages;
      const wanted = histories.map((messages, index) =>
        since(mine[index]!, messages).filter((message) => !own.has(nameOf(message))),
      );
      const received = await log.count(wanted.flat().length);
      for (const [index, place] of mine.entries()) {
        expect(received.filter(isIn(place)).map(nameOf), JSON.stringify(place)).toEqual(wanted[index]!.map(nameOf));
      }
    }
  },
  TIMEOUT_MS,
);
