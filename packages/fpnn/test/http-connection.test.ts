import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../src/codes.ts';
import type { IncomingQuest } from '../src/incoming-quest.ts';
import { ask } from './support/http-ask.ts';
import { cleanUp, startListener } from './support/listener-fixture.ts';
import { ManualClock } from './support/manual-clock.ts';

describe('an HTTP connection', () => {
  const get = (method: string) => `GET /service/${method} HTTP/1.1\r\nHost: x\r\n\r\n`;

  it('serves one request after another as one connection', async () => {
    const fixture = await startListener({}, (quest) => quest.answer({ method: quest.method }));
    const client = await fixture.connectRaw();
    for (const method of ['a', 'b', 'c']) {
      await client.write(get(method));
      await client.takeThrough(`{"method":"${method}"}`);
    }
    expect(fixture.connections).toHaveLength(1);
    expect(fixture.listener.connectionCount).toBe(1);
    client.socket.end();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.closed).toEqual(['peer']);
  });

  it('answers pipelined requests in order, whatever the order of the handlers', async () => {
    const fixture = await startListener({}, () => {
      if (fixture.quests.length < 3) return;
      for (const quest of [...fixture.quests].reverse()) quest.answer({ method: quest.method });
    });
    const client = await fixture.connectRaw();
    await client.write(get('a') + get('b') + get('c'));
    const all = await client.takeThrough('{"method":"c"}');
    expect(all.match(/"method":"."/g)).toEqual(['"method":"a"', '"method":"b"', '"method":"c"']);
  });

  it('answers 1000 pipelined requests, never more than its limit open', async () => {
    let open = 0;
    let openMax = 0;
    const fixture = await startListener({}, async (quest) => {
      openMax = Math.max(openMax, ++open);
      await new Promise(setImmediate);
      open -= 1;
      quest.answer({ method: quest.method });
    });
    const client = await fixture.connectRaw();
    for (let i = 0; i < 10; i++) await client.write(get(`m${i}`).repeat(100));
    await client.write(get('last'));
    await client.takeThrough('{"method":"last"}');
    expect(fixture.quests).toHaveLength(1001);
    expect(openMax).toBe(16);
  });

  it('has to wait with more requests than are worked on, and loses none', async () => {
    let isOpen = false;
    const fixture = await startListener({}, (quest) => {
      if (isOpen) quest.answer({ method: quest.method });
    });
    const client = await fixture.connectRaw();
    const writing = client.write(get('m').repeat(50_000) + get('last'));
    await fixture.until(() => fixture.quests.length === 16);
    for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    expect(fixture.quests).toHaveLength(16);
    isOpen = true;
    for (const quest of [...fixture.quests]) quest.answer({});
    await client.takeThrough('{"method":"last"}');
    await writing;
    expect(fixture.quests).toHaveLength(50_001);
    expect([fixture.closed, fixture.violations]).toEqual([[], []]);
  });

  it.each([
    ['no HTTP', 'GET garbage\r\n\r\n', 'HTTP/1.1 400'],
    ['a broken header', 'GET /service/m HTTP/1.1\r\nHo st: x\r\n\r\n', 'HTTP/1.1 400'],
    [
      'two lengths',
      'POST /service/m HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      'HTTP/1.1 400',
    ],
    ['too long a head', `GET /service/m HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 'HTTP/1.1 431'],
  ])('that sends %s is refused, closed and counted', async (_, bytes, status) => {
    const fixture = await startListener();
    const client = await fixture.connectRaw();
    await client.write(bytes);
    expect((await client.takeAll()).toString()).toContain(status);
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.violations).toEqual(['bad-http']);
    expect(fixture.closed).toEqual(['violation']);
  });

  it('counts parameters that cannot be decoded', async () => {
    const fixture = await startListener();
    await ask(fixture, { path: '/service/m', method: 'POST', body: '[]' });
    expect(fixture.violations).toEqual(['root-not-map']);
  });

  it('cannot be pushed to: quests fail with 20012, notices are lost', async () => {
    const fixture = await startListener({}, async (quest) => {
      const { peer } = fixture.connections[0]!;
      peer.notify('notice', {});
      const code = await peer.quest('push', {}).catch((error) => error.code);
      quest.answer({ code });
    });
    expect((await ask(fixture, { path: '/service/m' })).body).toBe(`{"code":${FPNN_CODES.invalidConnection}}`);
  });

  it('ends with onClose, once', async () => {
    let ends = 0;
    const onConnection = () => ({
      onQuest: (quest: IncomingQuest) => quest.answer({}),
      onClose: () => {
        ends += 1;
      },
    });
    const fixture = await startListener({ onConnection });
    await ask(fixture, { path: '/service/m' });
    await fixture.until(() => fixture.closed.length === 1);
    expect(ends).toBe(1);
  });

  it('ends the connection of its requests when it becomes a WebSocket', async () => {
    const ends: string[] = [];
    const onConnection = ({ transport }: { transport: string }) => ({
      onQuest: (quest: IncomingQuest) => quest.answer({}),
      onClose: () => {
        ends.push(transport);
      },
    });
    const fixture = await startListener({ onConnection });
    const client = await fixture.connectRaw();
    await client.write(get('m'));
    await client.takeThrough('{}');
    await client.write(
      'GET /service/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await client.takeThrough('\r\n\r\n');
    expect(ends).toEqual(['http']);
    expect(fixture.listener.connectionCount).toBe(1);
    client.socket.destroy();
    await fixture.until(() => fixture.closed.length === 1);
    expect(ends).toEqual(['http', 'websocket']);
  });

  it.each([
    ['a head', 'GET /service/m HTTP/1.1\r\nHost: x\r\n'],
    ['a body', 'POST /service/m HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'],
  ])('that only trickles %s is closed by the idle timeout', async (_, start) => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock });
    const client = await fixture.connectRaw();
    cleanUp(() => client.socket.destroy());
    await client.write(start);
    while (fixture.closed.length === 0) {
      if (!client.socket.destroyed) await client.write('x').catch(() => {});
      await new Promise(setImmediate);
      clock.advance(1000);
    }
    expect(fixture.closed).toEqual(['idle']);
  });

  it('that uploads in earnest is not closed', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock }, (quest) => quest.answer({ length: quest.payload.length }));
    const client = await fixture.connectRaw();
    const body = `{"a":"${'x'.repeat(400_000)}"}`;
    await client.write(`POST /service/m HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`);
    for (let at = 0; at < body.length; at += 70_000) {
      await client.write(body.slice(at, at + 70_000));
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      clock.advance(40_000);
    }
    await client.takeThrough(`{"length":${body.length}}`);
    expect(fixture.closed).toEqual([]);
  });

  it('that is kept alive is closed when idle', async () => {
    const clock = new ManualClock();
    const fixture = await startListener({ clock });
    const client = await fixture.connectRaw();
    await client.write(get('m'));
    await client.takeThrough('{}');
    clock.advance(59_000);
    await client.write(get('m'));
    await client.takeThrough('{}');
    clock.advance(59_000);
    expect(fixture.closed).toEqual([]);
    clock.advance(6000);
    await client.takeAll();
    expect(fixture.closed).toEqual(['idle']);
  });

  it('that does not read its answers is not read from for ever', async () => {
    const fixture = await startListener({ outputMaxBytes: 8_000_000 }, (quest) => {
      quest.answer({ text: 'x'.repeat(200_000) });
    });
    const client = await fixture.connectRaw();
    client.socket.pause();
    const writing = client.write(get('m').repeat(50_000)).catch(() => {});
    let seen = -1;
    while (fixture.quests.length !== seen) {
      seen = fixture.quests.length;
      for (let i = 0; i < 200; i++) await new Promise(setImmediate);
    }
    expect(fixture.quests.length).toBeLessThan(200);
    expect([fixture.closed, fixture.violations]).toEqual([[], []]);
    client.socket.destroy();
    await writing;
  });
});
