import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, useBrowser } from '../support/browser-fixture.ts';
import { ChatPage, serveSdk } from './chat-page.ts';
import { useClients } from './client-fixture.ts';
import { EventLog, textsOf } from './event-log.ts';

const ROOM_MEMBERS = 200;

describe.runIf(HAS_CHROMIUM)('in a real browser', () => {
  const fixture = useClients();
  const browser = useBrowser();
  let site: Awaited<ReturnType<typeof serveSdk>>;

  beforeAll(async () => {
    site = await serveSdk();
  });
  afterAll(() => site?.close());

  async function openPage(uid: number, scheme: 'ws' | 'wss') {
    const { clientGate, clientGateTls, pid } = fixture.parley;
    const { host, port } = scheme === 'ws' ? clientGate : clientGateTls;
    const context = await browser.newContext();
    const login = { endpoint: `${scheme}://${host}:${port}`, pid, uid, token: await fixture.tokenOf(uid) };
    return { context, chat: await ChatPage.open(context, site.url, login) };
  }

  test.each(['ws', 'wss'] as const)(
    'two pages chat over %s, one loses the network, and both end with the same history',
    async (scheme) => {
      const [alice, bob] = [fixture.freshId(), fixture.freshId()];
      const a = await openPage(alice, scheme);
      const b = await openPage(bob, scheme);
      await a.chat.send({ peerUid: bob }, 'one');
      await b.chat.received(1);
      await b.chat.send({ peerUid: alice }, 'two');
      await a.chat.received(1);

      await b.context.setOffline(true);
      await b.chat.state('reconnecting');
      await a.chat.send({ peerUid: bob }, 'three');
      await a.chat.send({ peerUid: bob }, 'four');
      const waiting = b.chat.send({ peerUid: alice }, 'five');
      await a.chat.send({ peerUid: bob }, 'six');
      expect(await b.chat.received(1)).toEqual(['one']);

      await b.context.setOffline(false);
      await waiting;
      expect(await b.chat.received(4)).toEqual(['one', 'three', 'four', 'six']);
      expect(await a.chat.received(2)).toEqual(['two', 'five']);
      await a.chat.send({ peerUid: bob }, 'seven');
      expect(await b.chat.received(5)).toEqual(['one', 'three', 'four', 'six', 'seven']);

      const history = ['one', 'two', 'three', 'four', 'six', 'five', 'seven'];
      expect(await a.chat.history({ peerUid: bob })).toEqual(history);
      expect(await b.chat.history({ peerUid: alice })).toEqual(history);
    },
  );

  test(`a page is in a room with ${ROOM_MEMBERS - 1} others, and all see the same`, async () => {
    const roomId = fixture.freshId();
    const members = await Promise.all(
      Array.from({ length: ROOM_MEMBERS - 1 }, async () => {
        const client = await fixture.logIn(fixture.freshId());
        await client.rooms.enter(roomId);
        return { client, log: new EventLog(client, 'message') };
      }),
    );
    const { chat } = await openPage(fixture.freshId(), 'ws');
    await chat.enterRoom(roomId);
    await Promise.all(members.map(({ client }) => client.sendChat({ roomId }, `from ${client.uid}`)));
    const seen = await chat.received(members.length);
    expect(new Set(seen).size).toBe(members.length);
    await chat.send({ roomId }, 'hello, all of you');
    expect(await chat.history({ roomId })).toEqual([...seen, 'hello, all of you']);
    for (const { client, log } of members) {
      const own = `from ${client.uid}`;
      const wanted = [...seen.filter((text) => text !== own), 'hello, all of you'];
      expect(textsOf(await log.count(wanted.length))).toEqual(wanted);
    }
  });
});
