import { describe, expect, it } from 'vitest';
import { encodeQuest } from '../src/packet.ts';
import { startListener } from './support/listener-fixture.ts';
import { ManualClock } from './support/manual-clock.ts';

const QUEST = encodeQuest({ method: 'echo', params: { a: 1 }, seq: 9 });
const REQUEST = Buffer.from('GET /service/echo?fpnn=%7B%22a%22%3A1%7D HTTP/1.1\r\nHost: x\r\n\r\n');

describe('one port', () => {
  it('serves FPNN whatever the split of the first bytes', async () => {
    const fixture = await startListener();
    for (let split = 1; split <= QUEST.length; split++) {
      const client = await fixture.connectRaw();
      await client.write(QUEST.subarray(0, split));
      await client.write(QUEST.subarray(split));
      expect((await client.takePackets(1))[0]).toMatchObject({ kind: 'answer', seq: 9, status: 0 });
      client.socket.destroy();
    }
  });

  it('serves HTTP whatever the split of the first bytes', async () => {
    const fixture = await startListener();
    for (let split = 1; split <= 6; split++) {
      const client = await fixture.connectRaw();
      await client.write(REQUEST.subarray(0, split));
      await client.write(REQUEST.subarray(split));
      expect(await client.takeThrough('{"a":1}')).toContain('HTTP/1.1 200 OK');
      client.socket.destroy();
    }
  });

  it('serves both byte by byte', async () => {
    const fixture = await startListener();
    const [fpnn, http] = [await fixture.connectRaw(), await fixture.connectRaw()];
    await Promise.all([fpnn.writeBytewise(QUEST), http.writeBytewise(REQUEST)]);
    await fpnn.takePackets(1);
    await http.takeThrough('{"a":1}');
  });

  it.each([
    ['a TLS hello', Buffer.of(0x16, 3, 1)],
    ['text', Buffer.from('hello')],
    ['a wrong second byte', Buffer.from('FQ')],
    ['zeros', new Uint8Array(100)],
  ])('closes at once on %s, without an answer, and counts it', async (_, bytes) => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    await client.write(bytes);
    expect(await client.takeAll()).toEqual(Buffer.alloc(0));
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.violations).toEqual(['bad-magic']);
    expect(fixture.closed).toEqual(['violation']);
    expect(fixture.connections).toEqual([]);
  });

  it('closes a connection that never says anything, or too little', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock });
    const [silent, shy] = [await fixture.connectRaw(), await fixture.connectRaw()];
    await shy.write('FP');
    while (fixture.listener.connectionCount < 2) await new Promise(setImmediate);
    clock.advance(70_000);
    await Promise.all([silent.takeAll(), shy.takeAll()]);
    expect(fixture.closed).toEqual(['idle', 'idle']);
  });
});
