import { request } from 'node:http';
import {
  decodePayload,
  type Encodable,
  type Encoding,
  encodeQuest,
  type Packet,
  PacketReader,
  parseJson,
  type RawString,
  stringifyJson,
  type WireMap,
  type WireValue,
} from '@parley/fpnn';
import { type RawParams, signed } from '@parley/testkit/internal';
import { describe, expect, test } from 'vitest';
import { OPCODES, RawWebSocket } from '../packages/fpnn/test/support/raw-websocket.ts';
import { MetricsPage } from './support/metrics-page.ts';
import { useParley } from './support/parley-fixture.ts';

const fixture = useParley();

type Response = { status: number | undefined; headers: Record<string, unknown>; body: string };
type Ask = { method?: 'GET' | 'POST' | 'OPTIONS'; path: string; body?: string; headers?: Record<string, string> };

let lastId = 1000;
/** A gid or mid that no other test uses. */
const fresh = () => (lastId += 1);

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
/** No double holds it. */
const ODD = 2n ** 53n + 1n;

function ask({ method = 'POST', path, body, headers = {} }: Ask): Promise<Response> {
  const { host, port } = fixture.parley.serverGate;
  return new Promise((resolve, reject) => {
    const sending = request({ host, port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

function signedJson(method: string, params: RawParams): string {
  return stringifyJson({ ...signed(fixture.parley, method), ...params });
}

/** Makes a call by HTTP and expects success. */
async function call(method: string, params: RawParams, how: 'GET' | 'POST' = 'POST'): Promise<string> {
  const json = signedJson(method, params);
  const path = `/service/${method}`;
  const response = await ask(
    how === 'GET' ? { method: 'GET', path: `${path}?fpnn=${encodeURIComponent(json)}` } : { path, body: json },
  );
  expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
  return response.body;
}

const message = (overrides: RawParams = {}): RawParams => ({
  from: 1,
  mid: fresh(),
  mtype: 66,
  msg: 'hello',
  attrs: '',
  ...overrides,
});

describe('HTTP', () => {
  test.each(['POST', 'GET'] as const)('%s takes and gives every digit of an int64', async (how) => {
    const mid = INT64_MAX - BigInt(fresh());
    const mtime = (parseJson(await call('sendmsg', message({ from: ODD, to: INT64_MIN, mid }), how)) as WireMap).get(
      'mtime',
    );
    const body = await call('getp2pmsg', { uid: INT64_MIN, ouid: ODD, desc: true, num: 1 }, how);
    expect(body).toContain(`,2,66,${mid},false,"hello","",${mtime}]]`);
    const group = await call('getgroupmembers', { gid: fresh() }, how);
    expect(group).toBe('{"uids":[]}');
  });

  test('members with ids beyond 2^53 come back as they went in', async () => {
    const gid = fresh();
    const uids = [INT64_MIN, -ODD, ODD, INT64_MAX];
    expect(await call('addgroupmembers', { gid, uids })).toBe('{}');
    expect(await call('getgroupmembers', { gid })).toBe(`{"uids":[${uids}]}`);
    expect(await call('getusergroups', { uid: ODD }, 'GET')).toBe(`{"gids":[${gid}]}`);
  });

  test('text is text, and bytes that are no text are base64', async () => {
    const gid = fresh();
    await call('sendgroupmsg', message({ gid, msg: '你好 "🎈"\n\u0000', attrs: '{"k":1}' }));
    await fixture.caller.call('sendgroupmsg', message({ gid, msg: Uint8Array.of(0xff, 0, 0x80) }));
    const page = parseJson(await call('getgroupmsg', { gid, desc: false, num: 10 })) as WireMap;
    const units = page.get('msgs') as WireValue[][];
    expect(units.map((unit) => [unit[5], unit[6]].map(String))).toEqual([
      ['你好 "🎈"\n\u0000', '{"k":1}'],
      ['/wCA', ''],
    ]);
  });

  test('a refused call is a 500 with code and ex', async () => {
    const cases: [method: string, json: string, code: number, ex: string][] = [
      ['getgroupmembers', signedJson('getgroupmembers', { gid: 'x' }), 10010, 'gid'],
      ['getgroupmembers', signedJson('getgroupmembers', {}), 10009, 'gid'],
      ['getgroupmembers', signedJson('getroommembers', { gid: 1 }), 200002, 'sign'],
      ['getgroupmembers', '{}', 10009, 'pid'],
      ['sendgroupmsg', signedJson('sendgroupmsg', message({ gid: 1, mtype: 128 })), 200005, 'mtype'],
      ['nosuchmethod', signedJson('nosuchmethod', {}), 20004, 'nosuchmethod'],
    ];
    for (const [method, body, code, ex] of cases) {
      const response = await ask({ path: `/service/${method}`, body });
      expect(response, ex).toMatchObject({ status: 500, headers: { 'content-type': 'application/json' } });
      expect(JSON.parse(response.body)).toEqual({ code, ex: expect.stringContaining(ex) });
    }
  });

  test('the same request twice is a repeat', async () => {
    const body = signedJson('getgroupmembers', { gid: 1 });
    expect((await ask({ path: '/service/getgroupmembers', body })).status).toBe(200);
    const again = await ask({ path: '/service/getgroupmembers', body });
    expect([again.status, JSON.parse(again.body).code]).toEqual([500, 200006]);
  });

  test('a page of another origin may call', async () => {
    const headers = { origin: 'https://console.example' };
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, POST' };
    const body = signedJson('getgroupmembers', { gid: 1 });
    const served = await ask({ path: '/service/getgroupmembers', body, headers });
    expect(served).toMatchObject({ status: 200, headers: cors });
    expect(await ask({ path: '/service/getgroupmembers', body, headers })).toMatchObject({
      status: 500,
      headers: cors,
    });
  });

  test('a preflight is answered without a call', async () => {
    const before = await MetricsPage.read(fixture.parley.admin);
    const headers = {
      origin: 'https://console.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const preflight = await ask({ method: 'OPTIONS', path: '/service/sendmsg', headers });
    expect(preflight).toMatchObject({
      status: 204,
      body: '',
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type',
      },
    });
    const after = await MetricsPage.read(fixture.parley.admin);
    expect(after.addedByLabel(before, 'parley_calls_total', 'method')).toEqual({});
  });
});

describe('WebSocket', () => {
  test.each([
    ['msgpack', 'binary'],
    ['json', 'binary'],
    ['json', 'text'],
  ] as const)('carries %s packets in %s messages, with every digit of an int64', async (encoding, kind) => {
    const webSocket = await RawWebSocket.connect(fixture.parley.serverGate.port);
    const gid = fresh();
    const uids = [INT64_MIN, -ODD, ODD, INT64_MAX];
    const quest = (method: string, params: RawParams) =>
      exchange(webSocket, { method, params, encoding, opcode: OPCODES[kind] });
    expect(await quest('addgroupmembers', { gid, uids })).toEqual(new Map());
    expect((await quest('getgroupmembers', { gid })).get('uids')).toEqual(uids);
    const mid = INT64_MAX - BigInt(fresh());
    await quest('sendgroupmsg', message({ gid, mid, from: ODD, msg: 'über' }));
    const unit = ((await quest('getgroupmsg', { gid, desc: true, num: 1 })).get('msgs') as WireValue[][])[0]!;
    expect([unit[1], unit[3], (unit[5] as RawString).text]).toEqual([ODD, mid, 'über']);
    await expect(quest('getgroupmembers', { gid: true })).rejects.toThrow(/^10010 gid /);
    webSocket.client.socket.destroy();
  });

  test('answers calls that come at once, each by its number', async () => {
    const webSocket = await RawWebSocket.connect(fixture.parley.serverGate.port);
    const gids = Array.from({ length: 20 }, fresh);
    for (const gid of gids) {
      const params = { ...signed(fixture.parley, 'addgroupmembers'), gid, uids: [gid] };
      await webSocket.send(OPCODES.binary, encodeQuest({ method: 'addgroupmembers', params, seq: gid }));
    }
    const answers: Packet[] = [];
    while (answers.length < gids.length) answers.push(await takePacket(webSocket));
    expect(answers.map((answer) => answer.seq).sort()).toEqual(gids);
    expect(answers.every((answer) => answer.kind === 'answer' && answer.status === 0)).toBe(true);
    webSocket.client.socket.destroy();
  });
});

/** Sends one quest in one message and gives its answer. */
async function exchange(
  webSocket: RawWebSocket,
  { method, params, encoding, opcode }: { method: string; params: RawParams; encoding: Encoding; opcode: number },
): Promise<WireMap> {
  const seq = fresh();
  const all: Encodable = { ...signed(fixture.parley, method), ...params };
  await webSocket.send(opcode, encodeQuest({ method, params: all, seq, encoding }));
  const answer = await takePacket(webSocket);
  expect(answer).toMatchObject({ kind: 'answer', seq, encoding });
  const decoded = decodePayload(answer);
  if (answer.kind === 'answer' && answer.status === 0) return decoded;
  throw new Error(`${decoded.get('code')} ${decoded.get('ex')}`);
}

async function takePacket(webSocket: RawWebSocket): Promise<Packet> {
  const { opcode, payload } = await webSocket.take();
  expect(opcode).toBe(OPCODES.binary);
  const [packet, ...others] = new PacketReader().push(Uint8Array.from(payload));
  expect(others).toEqual([]);
  return packet!;
}
