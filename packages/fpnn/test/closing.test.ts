import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../src/codes.ts';
import type { IncomingQuest } from '../src/incoming-quest.ts';
import { encodeQuest } from '../src/packet.ts';
import { echo, startListener } from './support/listener-fixture.ts';
import { ManualClock } from './support/manual-clock.ts';

const QUEST = encodeQuest({ method: 'echo', params: {}, seq: 1 });

describe('a client that has stopped sending', () => {
  it('still gets the answers that it waits for, then the end', async () => {
    const fixture = await startListener({}, () => {});
    const client = await fixture.connectRaw({ allowHalfOpen: true });
    client.socket.end(Buffer.concat([QUEST, QUEST, QUEST]));
    await fixture.until(() => fixture.quests.length === 3);
    for (const quest of fixture.quests) {
      await new Promise(setImmediate);
      quest.answer({});
    }
    expect(await client.takePackets(3)).toHaveLength(3);
    expect(await client.takeAll()).toEqual(Buffer.alloc(0));
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['peer']);
  });

  it('gets them also when its quests had to wait', async () => {
    const fixture = await startListener({ inFlightMax: 2 }, async (quest) => {
      await new Promise(setImmediate);
      echo(quest);
    });
    const client = await fixture.connectRaw({ allowHalfOpen: true });
    client.socket.end(Buffer.concat(Array.from({ length: 100 }, () => QUEST)));
    expect(await client.takePackets(100)).toHaveLength(100);
    await client.takeAll();
  });

  it('is closed by the idle timeout when no answer comes', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock }, () => {});
    const client = await fixture.connectRaw({ allowHalfOpen: true });
    client.socket.end(QUEST);
    await fixture.until(() => fixture.quests.length === 1);
    clock.advance(70_000);
    await client.takeAll();
    expect(fixture.closed).toEqual(['idle']);
  });

  it.each([[''], ['FP']])('before its first packet is let go (%j)', async (start) => {
    const fixture = await startListener();
    const client = await fixture.connectRaw({ allowHalfOpen: true });
    client.socket.end(start);
    await client.takeAll();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['peer']);
  });
});

describe('a connection that breaks', () => {
  it('by a reset ends its quests with 20002 and harms nobody', async () => {
    const fixture = await startListener({}, () => {});
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await fixture.until(() => fixture.quests.length === 1);
    const pending = fixture.connections[0]!.peer.quest('push', {});
    client.socket.resetAndDestroy();
    await expect(pending).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
    fixture.quests[0]!.answer({});
    fixture.connections[0]!.peer.notify('late', {});
    fixture.connections[0]!.close();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['peer']);
    expect(fixture.errors).toEqual([]);
  });

  it('while the server writes does not throw', async () => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await client.takePackets(1);
    client.socket.resetAndDestroy();
    while (fixture.closed.length === 0) {
      fixture.connections[0]!.peer.notify('push', { text: 'x'.repeat(1000) });
      await new Promise(setImmediate);
    }
    expect(fixture.closed).toEqual(['peer']);
  });

  it('tells its handler once', async () => {
    let ends = 0;
    const onClose = () => {
      ends += 1;
    };
    const fixture = await startListener({ onConnection: () => ({ onQuest: echo, onClose }) });
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await client.takePackets(1);
    client.socket.destroy();
    await fixture.until(() => fixture.closed.length === 1);
    expect(ends).toBe(1);
  });
});

describe('Connection.close', () => {
  it('sends what is queued, then ends; twice is harmless', async () => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await client.takePackets(1);
    const [connection] = fixture.connections;
    connection!.peer.notify('last', { text: 'x'.repeat(300_000) });
    connection!.close();
    connection!.close();
    connection!.peer.notify('too late', {});
    expect(await client.takePackets(1)).toMatchObject([{ method: 'last' }]);
    await client.takeAll();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['local']);
  });

  it('does not wait long for a client that does not end', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock });
    const client = await fixture.connectRaw({ allowHalfOpen: true });
    await client.write(QUEST);
    await client.takePackets(1);
    fixture.connections[0]!.close();
    await client.takeAll();
    // Sending on does not help.
    await client.write(QUEST);
    clock.advance(10_000);
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['local']);
    client.socket.destroy();
  });

  it('sees the end of a client that it had stopped to read', async () => {
    const fixture = await startListener({ inFlightMax: 1 }, () => {});
    const client = await fixture.connectRaw();
    await client.write(Buffer.concat(Array.from({ length: 10_000 }, () => QUEST)));
    await fixture.until(() => fixture.quests.length === 1);
    await new Promise(setImmediate);
    fixture.connections[0]!.close();
    await client.takeAll();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['local']);
    expect(fixture.quests).toHaveLength(1);
  });

  it('in onConnection keeps the first quest from the handler', async () => {
    const quests: IncomingQuest[] = [];
    const fixture = await startListener({
      onConnection: (connection) => {
        connection.close();
        return { onQuest: (quest) => void quests.push(quest) };
      },
    });
    const client = await fixture.connectRaw();
    await client.write(Buffer.concat([QUEST, QUEST]));
    expect(await client.takeAll()).toEqual(Buffer.alloc(0));
    expect(quests).toEqual([]);
  });

  it('is what Peer.close does too', async () => {
    const fixture = await startListener({}, (quest: IncomingQuest) => {
      echo(quest);
      fixture.connections[0]!.peer.close();
    });
    const client = await fixture.connectRaw();
    await client.write(QUEST);
    await client.takePackets(1);
    await client.takeAll();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['local']);
  });
});
