import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../src/codes.ts';
import { type Ask, ask } from './support/http-ask.ts';
import { startListener } from './support/listener-fixture.ts';

const QUERY = `fpnn=${encodeURIComponent('{"n":9007199254740993,"s":"é"}')}`;

describe('an HTTP request', () => {
  it.each([
    ['GET with parameters', { path: `/service/echo?${QUERY}` }, '{"n":9007199254740993,"s":"é"}'],
    ['GET with other parameters too', { path: `/service/echo?a=b&${QUERY}&c` }, '{"n":9007199254740993,"s":"é"}'],
    ['GET without parameters', { path: '/service/echo' }, '{}'],
    [
      'POST',
      { path: '/service/echo', method: 'POST', body: '{"n":-9223372036854775808}' },
      '{"n":-9223372036854775808}',
    ],
    ['POST with an empty body', { path: '/service/echo', method: 'POST' }, '{}'],
    [
      'POST in chunks',
      { path: '/service/echo', method: 'POST', body: '{"a":1}', headers: { 'transfer-encoding': 'chunked' } },
      '{"a":1}',
    ],
    [
      'POST that expects to be told to go on',
      { path: '/service/echo', method: 'POST', body: '{"a":1}', headers: { expect: '100-continue' } },
      '{"a":1}',
    ],
  ] as [string, Ask, string][])('%s becomes a quest in JSON', async (_, request, body) => {
    const fixture = await startListener();
    const reply = await ask(fixture, request);
    expect(reply).toMatchObject({ status: 200, body });
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(body)));
    expect(fixture.quests[0]).toMatchObject({ method: 'echo', encoding: 'json', isOneWay: false });
    expect(fixture.connections[0]).toMatchObject({ transport: 'http', remoteAddress: '127.0.0.1' });
  });

  it('names its method with escapes', async () => {
    const fixture = await startListener();
    await ask(fixture, { path: '/service/a%20b' });
    expect(fixture.quests[0]?.method).toBe('a b');
  });

  it('gets an error answer with status 500', async () => {
    const fixture = await startListener({}, (quest) => quest.fail(200001, 'no project'));
    const reply = await ask(fixture, { path: '/service/m' });
    expect(reply).toMatchObject({ status: 500, body: '{"code":200001,"ex":"no project"}' });
  });

  it('gets 20001 when the handler throws', async () => {
    const fixture = await startListener({}, () => {
      throw new Error('secret');
    });
    const reply = await ask(fixture, { path: '/service/m' });
    expect(JSON.parse(reply.body).code).toBe(FPNN_CODES.unknown);
    expect(reply.body).not.toContain('secret');
    expect(fixture.errors).toEqual([new Error('secret')]);
  });

  it('may be a *ping, as a GET or a POST', async () => {
    const fixture = await startListener({ now: () => 1_700_000_000_000 });
    for (const method of ['GET', 'POST']) {
      expect((await ask(fixture, { path: '/service/*ping', method })).body).toBe('{"ts":1700000000000}');
    }
    expect((await ask(fixture, { path: '/service/*status' })).body).toBe('{"status":true}');
    expect((await ask(fixture, { path: '/service/*unknown' })).body).toContain('20004');
  });

  it.each([
    ['another path', { path: '/' }, 404],
    ['a longer path', { path: '/service/a/b' }, 404],
    ['a broken escape', { path: '/service/%zz' }, 404],
    ['no JSON', { path: '/service/m', method: 'POST', body: '{"a":' }, 400],
    ['JSON that is no object', { path: '/service/m', method: 'POST', body: '[1]' }, 400],
    ['no JSON in the query', { path: '/service/m?fpnn=x' }, 400],
    ['invalid UTF-8', { path: '/service/m', method: 'POST', body: Uint8Array.of(0x7b, 0xff) }, 400],
    ['*key', { path: '/service/*key' }, 400],
    ['PUT', { path: '/service/m', method: 'PUT', body: '{}' }, 405],
    ['DELETE', { path: '/service/m', method: 'DELETE' }, 405],
    ['a body over the limit', { path: '/service/m', method: 'POST', body: `{"a":"${'x'.repeat(1000)}"}` }, 413],
    [
      'a chunked body over the limit',
      {
        path: '/service/m',
        method: 'POST',
        body: `{"a":"${'x'.repeat(1000)}"}`,
        headers: { 'transfer-encoding': 'chunked' },
      },
      413,
    ],
  ] as [string, Ask, number][])('with %s is refused', async (_, request, status) => {
    const fixture = await startListener({ packetMaxBytes: 1000 });
    const reply = await ask(fixture, request);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.body)).toMatchObject({ code: expect.any(Number), ex: expect.any(String) });
    expect(fixture.quests).toEqual([]);
    expect(fixture.errors).toEqual([]);
  });

  it('by HEAD is refused without a body', async () => {
    const fixture = await startListener();
    expect(await ask(fixture, { path: '/service/m', method: 'HEAD' })).toMatchObject({ status: 405, body: '' });
  });

  it('with an Origin may come from any page', async () => {
    const fixture = await startListener();
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, POST' };
    const headers = { origin: 'https://example.org' };
    expect((await ask(fixture, { path: '/service/m', headers })).headers).toMatchObject(cors);
    expect((await ask(fixture, { path: '/', headers })).headers).toMatchObject(cors);
    expect((await ask(fixture, { path: '/service/m' })).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('for a preflight gets 204', async () => {
    const fixture = await startListener();
    const headers = { origin: 'https://example.org', 'access-control-request-headers': 'content-type, x-a' };
    const reply = await ask(fixture, { method: 'OPTIONS', path: '/service/m', headers });
    expect(reply).toMatchObject({ status: 204, body: '' });
    expect(reply.headers['access-control-allow-headers']).toBe('content-type, x-a');
    expect(fixture.quests).toEqual([]);
  });
});
