import { expect, test } from 'vitest';
import { useClients } from './client-fixture.ts';
import { EventLog, textsOf } from './event-log.ts';

const fixture = useClients();

test('two users chat, and each sees only what the other wrote', async () => {
  const [alice, bob] = [fixture.freshId(), fixture.freshId()];
  const a = await fixture.logIn(alice);
  const b = await fixture.logIn(bob);
  const [atAlice, atBob] = [new EventLog(a, 'message'), new EventLog(b, 'message')];
  const sent = await a.sendChat({ peerUid: bob }, 'Hello Bob', { attrs: 'x' });
  const [received] = await atBob.count(1);
  expect(received).toEqual({
    type: 'chat',
    text: 'Hello Bob',
    conversation: { kind: 'p2p', peerUid: BigInt(alice) },
    from: BigInt(alice),
    mid: sent.mid,
    mtype: 30,
    mtime: sent.mtime,
    attrs: 'x',
    isOwn: false,
  });
  await b.sendChat(received!.conversation, 'Hello Alice');
  expect(textsOf(await atAlice.count(1))).toEqual(['Hello Alice']);
  expect(textsOf(atBob.events)).toEqual(['Hello Bob']);
});
