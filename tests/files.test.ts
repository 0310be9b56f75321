import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RawString, WireMap, WireValue } from '@parley/fpnn';
import { connectWebSocket, type WebSocketConstructor } from '@parley/fpnn/browser';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { FileCaller, signOf } from './support/file-caller.ts';
import { MetricsPage } from './support/metrics-page.ts';
import { useParley } from './support/parley-fixture.ts';
import { TestClient } from './support/test-client.ts';

const fixture = useParley();
let lastId = 90_000;
const fresh = () => (lastId += 1);
const text = (value: WireValue | undefined) => (value as RawString).text;
const someFile = (bytes = 3000) => randomBytes(bytes);

let files: FileCaller;
const clients: TestClient[] = [];

beforeAll(async () => {
  files = await FileCaller.connect(fixture.parley.fileGate, fixture.parley.pid);
});
afterAll(() => files?.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function logIn(uid: number): Promise<TestClient> {
  const client = await TestClient.logIn(fixture.parley, fixture.caller, uid);
  clients.push(client);
  return client;
}

const bodyOf = (message: WireMap) =>
  JSON.parse(text(message.get('msg'))) as { url: string; size: number; surl?: string };
const download = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init);
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
};
/** The one message that `from` sent with `mid`. */
const stored = (from: number, mid: number, xid: number, type: number) =>
  fixture.caller.call('getmsg', { from, mid, xid, type });

describe('a file that a back end sends', () => {
  test('to a user is pushed, stands in history, and can be downloaded', async () => {
    const [from, to, mid] = [fresh(), fresh(), fresh()];
    const receiver = await logIn(to);
    const file = someFile();
    const mtime = (await files.send(fixture.caller, 'sendfile', file, { from, to, mid })).get('mtime');
    const [push] = await receiver.received(1);
    expect(push).toMatchObject({ method: 'pushmsg' });
    expect([...push!.params].filter(([name]) => ['from', 'mid', 'mtype', 'mtime'].includes(name))).toEqual(
      expect.arrayContaining([
        ['from', from],
        ['mid', mid],
        ['mtype', 50],
        ['mtime', mtime],
      ]),
    );
    const body = bodyOf(push!.params);
    expect(Object.keys(body)).toEqual(['url', 'size']);
    expect(body.size).toBe(file.length);
    expect(text(push!.params.get('attrs'))).toBe('{"rtm":{"ext":"bin","filename":"a file.bin"},"custom":""}');
    const message = await stored(from, mid, to, 1);
    expect(bodyOf(message)).toEqual(body);
    expect(message.get('mtime')).toBe(mtime);

    const { response, bytes } = await download(body.url);
    expect(bytes.equals(file)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '3000',
      'content-disposition': "attachment; filename*=UTF-8''a%20file.bin",
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    });
  });

  test('to many users, a group, a room and everybody goes where a message would', async () => {
    const [from, to, other, gid, rid] = [fresh(), fresh(), fresh(), fresh(), fresh()];
    await fixture.caller.call('addgroupmembers', { gid, uids: [to] });
    await fixture.caller.call('addroommembers', { rid, uids: [to] });
    const receiver = await logIn(to);
    const file = someFile();
    const sends = [
      ['sendfiles', { tos: [other, to] }, 'pushmsg'],
      ['sendgroupfile', { gid }, 'pushgroupmsg'],
      ['sendroomfile', { rid }, 'pushroommsg'],
      ['broadcastfile', {}, 'pushbroadcastmsg'],
    ] as const;
    for (const [method, target] of sends) {
      await files.send(fixture.caller, method, file, { from, mid: fresh(), ...target });
    }
    const pushes = await receiver.received(4);
    expect(pushes.map(({ method }) => method)).toEqual(sends.map(([, , push]) => push));
    for (const { params } of pushes) expect((await download(bodyOf(params).url)).bytes.equals(file)).toBe(true);
  });

  test('takes the names of the C++ SDK, file and attrs as str or bin, and the targets of Python', async () => {
    const [from, gid] = [fresh(), fresh()];
    const token = await files.token(fixture.caller, 'GroupFile', { from, to: gid, gid, rid: gid });
    const file = Buffer.from('plain text');
    const quest = files.quest(token, file, { from, gid, mid: fresh() });
    const attrs = Buffer.from(quest['attrs'] as string);
    expect(await files.codeOf('sendgroupfile', { ...quest, file: 'plain text', attrs })).toBe(0);
    const broadcast = await files.token(fixture.caller, 'BroadcastFile', { from });
    expect(await files.codeOf('broadcastfile', files.quest(broadcast, file, { from, mid: fresh() }))).toBe(0);
  });

  test('is told its type by its content: 50 becomes 40, and images have thumbnails', async () => {
    const [from, to, mid] = [fresh(), fresh(), fresh()];
    const png = await sharp({ create: { width: 900, height: 600, channels: 4, background: '#f008' } })
      .png()
      .toBuffer();
    await files.send(fixture.caller, 'sendfile', png, { from, to, mid });
    const message = await stored(from, mid, to, 1);
    expect(message.get('mtype')).toBe(40);
    const { url, surl, size } = bodyOf(message);
    expect(size).toBe(png.length);
    expect(url).toMatch(/\/files\/[\w-]{32}\.png$/);
    const image = await download(url);
    expect(image.response.headers.get('content-type')).toBe('image/png');
    expect(image.response.headers.get('content-disposition')).toMatch(/^inline/);
    const thumbnail = await download(surl!);
    expect(thumbnail.response.headers.get('content-type')).toBe('image/jpeg');
    expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 213 });
    const audio = fresh();
    await files.send(fixture.caller, 'sendfile', Buffer.from('#!AMR-WB\nxx'), { from, to, mid: audio, mtype: 43 });
    expect((await stored(from, audio, to, 1)).get('mtype')).toBe(43);
  });

  test.each([
    ['a damaged image', () => Buffer.from('\x89PNG\r\n\x1a\n damaged', 'latin1')],
    ['an image that claims 3.6 gigapixels', () => hugePng(60_000, 60_000)],
  ])('%s is sent without a thumbnail', async (_, make) => {
    const [from, to, mid] = [fresh(), fresh(), fresh()];
    await files.send(fixture.caller, 'sendfile', make(), { from, to, mid });
    const message = await stored(from, mid, to, 1);
    expect(message.get('mtype')).toBe(40);
    expect(bodyOf(message).surl).toBeUndefined();
  });

  test('again with the same mid is the same message, with another file 200053', async () => {
    const [from, to, mid] = [fresh(), fresh(), fresh()];
    const receiver = await logIn(to);
    const file = someFile();
    const first = await files.send(fixture.caller, 'sendfile', file, { from, to, mid });
    const { url } = bodyOf(await stored(from, mid, to, 1));
    const again = await files.send(fixture.caller, 'sendfile', file, { from, to, mid });
    expect(again.get('mtime')).toBe(first.get('mtime'));
    await expect(files.send(fixture.caller, 'sendfile', someFile(), { from, to, mid })).rejects.toMatchObject({
      code: 200053,
    });
    expect(bodyOf(await stored(from, mid, to, 1)).url).toBe(url);
    const last = fresh();
    await files.send(fixture.caller, 'sendfile', file, { from, to, mid: last });
    const pushes = await receiver.received(2);
    expect(pushes.map(({ params }) => params.get('mid'))).toEqual([mid, last]);
  });

  test('the same at once from several connections is stored once', async () => {
    const [from, to, mid] = [fresh(), fresh(), fresh()];
    const file = someFile();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => files.send(fixture.caller, 'sendfile', file, { from, to, mid })),
    );
    expect(new Set(answers.map((answer) => answer.get('mtime'))).size).toBe(1);
    expect((await download(bodyOf(await stored(from, mid, to, 1)).url)).bytes.equals(file)).toBe(true);
  });

  test('a recalled message takes its file with it at once; so do clear and edit', async () => {
    const [from, gid] = [fresh(), fresh()];
    const send = async () => {
      const mid = fresh();
      await files.send(fixture.caller, 'sendgroupfile', someFile(), { from, gid, mid });
      const { url } = bodyOf(await stored(from, mid, gid, 2));
      expect((await download(url)).response.status).toBe(200);
      return { mid, url };
    };
    const recalled = await send();
    await fixture.caller.call('delmsg', { from, mid: recalled.mid, xid: gid, type: 2 });
    expect((await download(recalled.url)).response.status).toBe(404);
    const edited = await send();
    await fixture.caller.call('editmsg', {
      from,
      mid: edited.mid,
      xid: gid,
      type: 2,
      msg: 'gone',
      attrs: '',
      timeLimit: 0,
    });
    expect((await download(edited.url)).response.status).toBe(404);
    const cleaned = await send();
    await fixture.caller.call('clearusermsg', { uid: from });
    expect((await download(cleaned.url)).response.status).toBe(404);
  });
});

describe('a file that a user sends', () => {
  test('goes to the receiver and the other connections of the sender, over TCP', async () => {
    const [uid, to, mid] = [fresh(), fresh(), fresh()];
    const [sender, elsewhere, receiver] = [await logIn(uid), await logIn(uid), await logIn(to)];
    await files.send(sender, 'sendfile', someFile(), { from: uid, to, mid });
    for (const client of [elsewhere, receiver]) expect((await client.received(1))[0]!.params.get('mid')).toBe(mid);
    // A message that follows comes first to the connection that sent the file.
    await fixture.caller.call('sendmsg', { from: to, to: uid, mid: fresh(), mtype: 66, msg: 'next', attrs: '' });
    expect((await sender.received(1))[0]!.params.get('mtype')).toBe(66);
  });

  test.each(['fileProxy', 'fileProxyTls', 'fileGate'] as const)('comes in over WebSocket on %s', async (place) => {
    const [uid, to, mid] = [fresh(), fresh(), fresh()];
    const sender = await logIn(uid);
    const { host, port } = fixture.parley[place];
    const scheme = place === 'fileProxyTls' ? 'wss' : 'ws';
    const peer = await connectWebSocket({
      url: `${scheme}://${host}:${port}/service/websocket`,
      WebSocket: TrustingWebSocket as unknown as WebSocketConstructor,
    });
    const proxied = new FileCaller(peer, fixture.parley.pid);
    const file = someFile(200_000);
    const token = await proxied.token(sender, 'sendfile', { to });
    // As the browser SDK words it: no name, no custom, ext may be null, ids as texts.
    const attrs = JSON.stringify({ rtm: { sign: signOf(file, token), ext: null } });
    const quest = { ...proxied.quest(token, file, { from: String(uid), to: String(to), mid, attrs }), endpoint: 'h:1' };
    expect(await proxied.codeOf('sendfile', quest)).toBe(0);
    proxied.close();
    const message = await stored(uid, mid, to, 1);
    expect(text(message.get('attrs'))).toBe('{"rtm":{"ext":null},"custom":""}');
    expect((await download(bodyOf(message).url)).bytes.equals(file)).toBe(true);
  });

  test('is held to membership, bans and blacklists like a message, and then nothing is stored', async () => {
    const [uid, to, gid, rid] = [fresh(), fresh(), fresh(), fresh()];
    const sender = await logIn(uid);
    const codeOf = async (method: string, target: object) => {
      const before = await filesOnDisk();
      const token = await files.token(sender, method, { ...target });
      const code = await files.codeOf(method, files.quest(token, someFile(), { from: uid, mid: fresh(), ...target }));
      if (code !== 0) expect(await filesOnDisk()).toBe(before);
      return code;
    };
    expect(await codeOf('sendfile', { to: uid })).toBe(200052);
    expect(await codeOf('sendgroupfile', { gid })).toBe(200041);
    expect(await codeOf('sendroomfile', { rid })).toBe(200040);
    await fixture.caller.call('addgroupmembers', { gid, uids: [uid] });
    expect(await codeOf('sendgroupfile', { gid })).toBe(0);
    await fixture.caller.call('addgroupban', { gid, uid, btime: 60 });
    expect(await codeOf('sendgroupfile', { gid })).toBe(200044);
    await fixture.caller.call('addblacks', { uid: to, blacks: [uid] });
    expect(await codeOf('sendfile', { to })).toBe(200049);
    await fixture.caller.call('addprojectban', { uid, btime: 60 });
    expect(await codeOf('sendfile', { to: fresh() })).toBe(200062);
    const token = await files.token(sender, 'uploadfile');
    expect(await files.codeOf('uploadfile', files.quest(token, someFile(), { uid }))).toBe(200062);
  });

  test('is refused when the user was kicked out since it got the token: 200022', async () => {
    const [uid, to] = [fresh(), fresh()];
    const sender = await logIn(uid);
    const token = await files.token(sender, 'sendfile', { to });
    await fixture.caller.call('kickout', { uid });
    await sender.closed;
    expect(await files.codeOf('sendfile', files.quest(token, someFile(), { from: uid, to, mid: fresh() }))).toBe(
      200022,
    );
  });

  test('can be stored without being sent', async () => {
    const uid = fresh();
    const file = someFile();
    const answer = await files.peer.quest(
      'uploadfile',
      files.quest(await files.token(await logIn(uid), 'uploadfile'), file, { uid }),
    );
    expect(answer.get('size')).toBe(file.length);
    expect((await download(text(answer.get('url')))).bytes.equals(file)).toBe(true);
  });
});

describe('a token', () => {
  test('is good once', async () => {
    const [from, to] = [fresh(), fresh()];
    const token = await files.token(fixture.caller, 'sendfile', { from, to });
    const quest = files.quest(token, someFile(), { from, to, mid: fresh() });
    expect(await files.codeOf('sendfile', quest)).toBe(0);
    expect(await files.codeOf('sendfile', quest)).toBe(200003);
  });

  test('is good for its sender, method and target only: 200003', async () => {
    const [from, to, gid] = [fresh(), fresh(), fresh()];
    const tryWith = async (method: string, params: object) => {
      const token = await files.token(fixture.caller, 'sendfile', { from, to });
      return files.codeOf(method, files.quest(token, someFile(), { from, to, mid: fresh(), ...params }));
    };
    expect(await tryWith('sendfile', { from: fresh() })).toBe(200003);
    expect(await tryWith('sendfile', { to: fresh() })).toBe(200003);
    expect(await tryWith('sendgroupfile', { gid })).toBe(200003);
    expect(await tryWith('broadcastfile', {})).toBe(200003);
    expect(await tryWith('sendfile', { token: 'x'.repeat(32) })).toBe(200003);
    expect(await tryWith('sendfile', { token: 'x'.repeat(2000) })).toBe(200003);
    expect(await tryWith('sendfile', {})).toBe(0);
  });

  test('of another project is refused, and an unknown project is 200001', async () => {
    const [from, to] = [fresh(), fresh()];
    const other = await fixture.startAnother({});
    const token = await files.token(other.caller, 'sendfile', { from, to });
    const quest = files.quest(token, someFile(), { from, to, mid: fresh() });
    expect(await files.codeOf('sendfile', quest)).toBe(200003);
    expect(await files.codeOf('sendfile', { ...quest, pid: 1 })).toBe(200001);
  });

  test('needs its target: 10009; and leads to the file gate', async () => {
    const from = fresh();
    for (const [cmd, param] of [
      ['sendfile', 'to'],
      ['sendfiles', 'tos'],
      ['sendgroupfile', 'gid'],
      ['sendroomfile', 'rid'],
    ]) {
      await expect(fixture.caller.call('filetoken', { from, cmd })).rejects.toMatchObject({
        code: 10009,
        message: expect.stringContaining(param!),
      });
    }
    const { host, port } = fixture.parley.fileGate;
    const answer = await fixture.caller.call('filetoken', { from, cmd: 'broadcastfile' });
    expect(text(answer.get('endpoint'))).toBe(`${host}:${port}`);
    const client = await logIn(from);
    expect(text((await client.call('filetoken', { cmd: 'uploadfile' })).get('endpoint'))).toBe(`${host}:${port}`);
    expect(await client.codeOf('filetoken', { cmd: 'broadcastfile' })).toBe(200034);
  });
});

describe('a refusal', () => {
  const refusedWith = async (changes: object, method = 'sendfile') => {
    const [from, to] = [fresh(), fresh()];
    const token = await files.token(fixture.caller, method, { from, to });
    return files.codeOf(method, { ...files.quest(token, someFile(10), { from, to, mid: fresh() }), ...changes });
  };

  test.each([
    [200003, 'a wrong sign', { attrs: '{"rtm":{"sign":"00000000000000000000000000000000"}}' }],
    [200003, 'a sign of another length', { attrs: '{"rtm":{"sign":"0"}}' }],
    [200003, 'another file than was signed', { file: Buffer.from('other') }],
    [200004, 'no sign', { attrs: '{"rtm":{"ext":"png"},"custom":""}' }],
    [200004, 'attrs that are no JSON', { attrs: 'plain' }],
    [200004, 'attrs of C++, without rtm', { attrs: '{"custom":""}' }],
    [200007, 'an mtype below 40', { mtype: 39 }],
    [200007, 'an mtype above 50', { mtype: 51 }],
    [200031, 'a file beyond 5 MiB', { file: Buffer.alloc(5_242_881) }],
    [200031, 'attrs beyond 2048 bytes', { attrs: 'x'.repeat(2049) }],
    [10009, 'no file', { file: undefined }],
    [10010, 'a file that is a number', { file: 5 }],
  ])('%i: %s', async (code, _, changes) => {
    expect(await refusedWith(changes)).toBe(code);
  });

  test('a file of exactly 5 MiB, and one without bytes, are taken', async () => {
    const [from, to] = [fresh(), fresh()];
    for (const file of [Buffer.alloc(5_242_880, 1), Buffer.alloc(0)]) {
      const mid = fresh();
      await files.send(fixture.caller, 'sendfile', file, { from, to, mid });
      const { url, size } = bodyOf(await stored(from, mid, to, 1));
      expect(size).toBe(file.length);
      expect((await download(url)).bytes.equals(file)).toBe(true);
    }
  });

  test('sign and ext at the top, as Node writes them, are taken and reshaped', async () => {
    const [from, to, mid] = [fresh(), fresh(), fresh()];
    const file = someFile(10);
    const token = await files.token(fixture.caller, 'sendfile', { from, to });
    const attrs = JSON.stringify({ sign: signOf(file, token), ext: 'txt' });
    expect(await files.codeOf('sendfile', files.quest(token, file, { from, to, mid, attrs }))).toBe(0);
    expect(text((await stored(from, mid, to, 1)).get('attrs'))).toBe('{"rtm":{"ext":"txt"},"custom":""}');
  });

  test('is counted', async () => {
    const before = await MetricsPage.read(fixture.parley.admin);
    await refusedWith({ mtype: 1 });
    const after = await MetricsPage.read(fixture.parley.admin);
    expect(after.addedByLabel(before, 'parley_file_refusals_total', 'code')).toEqual({ 200007: 1 });
  });
});

describe('the settings of a project', () => {
  test('may waive the sign, limit the rate, disable methods and leave files out of history', async () => {
    const now = Date.now();
    const { parley, caller } = await fixture.startAnother({
      // No time passes, so that nothing is added to what the rate allows.
      now: () => now,
      settings: {
        allowsUnsignedFiles: true,
        filesPerSecondMax: 5,
        disabledMethods: ['broadcastfile'],
        requiresFriendship: true,
        enforcesBlacklist: true,
        storedMtypes: [30],
        limits: { fileMaxBytes: 100 },
      },
    });
    const here = await FileCaller.connect(parley.fileGate, parley.pid);
    const [from, to] = [fresh(), fresh()];
    const receiver = await TestClient.logIn(parley, caller, to);
    const send = async (method: string, params: object) => {
      const token = await here.token(caller, method, { from, to });
      return here.codeOf(method, here.quest(token, someFile(100), { from, to, mid: fresh(), ...params }));
    };
    const upload = await here.token(receiver, 'uploadfile');
    expect(await here.codeOf('uploadfile', here.quest(upload, someFile(100), { uid: to }))).toBe(0);
    expect(await send('sendfile', {})).toBe(200043);
    await caller.call('addfriends', { uid: from, friends: [to] });
    expect(await send('sendfile', { attrs: '{"custom":"c"}' })).toBe(0);
    expect(await send('sendfile', { attrs: 'no JSON' })).toBe(0);
    const pushes = await receiver.received(2);
    expect(pushes.map(({ params }) => text(params.get('attrs')))).toEqual([
      '{"rtm":{},"custom":"c"}',
      '{"rtm":{},"custom":""}',
    ]);
    // Nothing is kept of the message, and the file can be read nonetheless.
    for (const { params } of pushes) expect((await download(bodyOf(params).url)).response.status).toBe(200);
    expect(await send('broadcastfile', {})).toBe(200020);
    expect(await send('sendfile', { file: Buffer.alloc(101) })).toBe(200031);
    expect([await send('sendfile', {}), await send('sendfile', {})]).toEqual([0, 200010]);
    receiver.close();
    here.close();
  });
});

/** Takes the self-signed certificate of the server. */
class TrustingWebSocket extends WebSocket {
  constructor(url: string) {
    super(url, { rejectUnauthorized: false });
  }
}

async function filesOnDisk(): Promise<number> {
  const entries = await readdir(join(dirname(fixture.parley.publicKeyFile), '../files'), { recursive: true });
  return entries.length;
}

/** A PNG of which only the header says how large it is. */
function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (type: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
