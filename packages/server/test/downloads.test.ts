import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileLookup, FoundFile } from '../src/files/file-lookup.ts';
import { DownloadServer } from '../src/gates/file-gate/download-server.ts';
import { silentLogger } from '../src/telemetry/logger.ts';

const NAME = 'n'.repeat(32);
const PATH = `/files/${NAME}.bin`;
const ETAG = `"${NAME}"`;

/** What the server asks for files, with one file in it. */
class OneFile {
  bytes = Buffer.from('0123456789');
  contentType = 'application/octet-stream';
  filename: string | null = null;
  isAway = false;
  readonly streams: Readable[] = [];
  /** Gives the bytes of a range. */
  open = (start: number, end: number) => Readable.from([this.bytes.subarray(start, end)]);

  async find({ name }: { name: string }): Promise<FoundFile | undefined> {
    if (this.isAway) throw new Error('the database is away');
    if (name !== NAME) return undefined;
    const { contentType, filename } = this;
    return { key: NAME, size: this.bytes.length, contentType, filename, thumbnailSize: null };
  }

  async read(_: FoundFile, start: number, end: number): Promise<Readable> {
    const stream = this.open(start, end);
    this.streams.push(stream);
    return stream;
  }
}

let file: OneFile;
let server: DownloadServer;
let base: string;
let port: number;
const start = async (timeoutMs = 60_000) => {
  file = new OneFile();
  const lookup = file as unknown as FileLookup;
  server = new DownloadServer({ lookup, connectionsMax: 3, timeoutMs, log: silentLogger });
  ({ port } = await server.listen('127.0.0.1', 0));
  base = `http://127.0.0.1:${port}`;
};
beforeEach(() => start());
afterEach(() => server.close());

const get = async (headers: Record<string, string> = {}, method = 'GET', path = PATH) => {
  const response = await fetch(base + path, { method, headers });
  return { response, status: response.status, text: await response.text() };
};

describe('a whole file', () => {
  test('comes with what a browser must know', async () => {
    const { status, text, response } = await get();
    expect([status, text]).toEqual([200, '0123456789']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '10',
      'content-disposition': 'attachment',
      'accept-ranges': 'bytes',
      etag: ETAG,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'access-control-allow-origin': '*',
    });
    expect([...server.statuses()]).toEqual([[{ status: '200' }, 1]]);
    expect(server.sentBytes).toBe(10);
  });

  test('is shown when it is media, else only saved, under the name that its sender gave', async () => {
    file.contentType = 'video/mp4';
    expect((await get()).response.headers.get('content-disposition')).toBe('inline');
    file.contentType = 'application/octet-stream';
    file.filename = 'Bücher "a"; x=(1)*\'.txt\r\nset-cookie: a';
    expect((await get()).response.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''B%C3%BCcher%20%22a%22%3B%20x%3D%281%29%2A%27.txt%0D%0Aset-cookie%3A%20a",
    );
  });

  test('may be empty', async () => {
    file.bytes = Buffer.alloc(0);
    const { status, text, response } = await get();
    expect([status, text, response.headers.get('content-length')]).toEqual([200, '', '0']);
    expect((await get({ range: 'bytes=0-' })).status).toBe(416);
  });

  test('HEAD gets the same headers and reads nothing', async () => {
    const { status, text, response } = await get({}, 'HEAD');
    expect([status, text, response.headers.get('content-length')]).toEqual([200, '', '10']);
    expect((await get({ range: 'bytes=2-3' }, 'HEAD')).response.headers.get('content-range')).toBe('bytes 2-3/10');
    expect(file.streams).toEqual([]);
  });
});

describe('a range', () => {
  test.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
    ['bytes=3-', '3456789', 'bytes 3-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=0-100', '0123456789', 'bytes 0-9/10'],
  ])('%s', async (range, wanted, contentRange) => {
    const { status, text, response } = await get({ range });
    expect([status, text]).toEqual([206, wanted]);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get('content-length')).toBe(String(wanted.length));
  });

  test('outside of the file is 416 with its size', async () => {
    const { status, response } = await get({ range: 'bytes=10-' });
    expect([status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
  });

  test('of several parts gets the whole', async () => {
    expect((await get({ range: 'bytes=0-1,5-6' })).status).toBe(200);
  });

  test('If-Range gives the rest of the same file, and the whole of another', async () => {
    expect((await get({ range: 'bytes=5-', 'if-range': ETAG })).text).toBe('56789');
    expect((await get({ range: 'bytes=5-', 'if-range': '"other"' })).text).toBe('0123456789');
  });
});

describe('If-None-Match', () => {
  test.each([ETAG, `W/${ETAG}`, '*', `"a", ${ETAG}`])('%s is 304 without a body', async (header) => {
    const { status, text, response } = await get({ 'if-none-match': header });
    expect([status, text, response.headers.get('etag')]).toEqual([304, '', ETAG]);
    expect(file.streams).toEqual([]);
  });

  test('of another file is 200, and goes before a range', async () => {
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200);
    expect((await get({ 'if-none-match': ETAG, range: 'bytes=0-1' })).status).toBe(304);
  });
});

describe('what is not served', () => {
  test.each(['/', '/files/', `/files/${'x'.repeat(32)}`, `/thumbnails/${'x'.repeat(32)}.jpg`, '/files/..%2f..%2fetc'])(
    '%s is 404',
    async (path) => {
      const { status, response } = await get({}, 'GET', path);
      expect([status, response.headers.get('etag')]).toEqual([404, null]);
    },
  );

  test('the path as it is sent counts', async () => {
    const raw = request({ port, path: `/../files/${NAME}/../../../etc/passwd` }).end();
    const [response] = await once(raw, 'response');
    response.resume();
    expect(response.statusCode).toBe(404);
  });

  test('other methods are 405, a preflight is allowed', async () => {
    expect((await get({}, 'POST')).response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect((await get({}, 'DELETE')).status).toBe(405);
    const { status, response } = await get({}, 'OPTIONS');
    expect([status, response.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'range, if-none-match, if-range',
    ]);
  });

  test('while the database is away it is 503', async () => {
    file.isAway = true;
    expect((await get()).status).toBe(503);
  });

  test('a file whose bytes are missing is 503 and no broken 200', async () => {
    file.open = () => {
      throw new Error('missing');
    };
    const { status, response } = await get();
    expect([status, response.headers.get('content-disposition')]).toEqual([503, null]);
  });
});

describe('a download that does not get on', () => {
  const ask = () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${PATH} HTTP/1.1\r\nhost: x\r\n\r\n`);
    return socket;
  };

  test('holds little memory: the store is read as fast as the client reads', async () => {
    const chunk = randomBytes(65_536);
    file.bytes = { length: 65_536 * 100_000 } as Buffer<ArrayBuffer>;
    let given = 0;
    const isQuiet = new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout;
      file.open = () =>
        new Readable({
          read() {
            given += chunk.length;
            this.push(chunk);
            clearTimeout(timer);
            timer = setTimeout(resolve, 200);
          },
        });
    });
    const socket = ask();
    socket.pause();
    await isQuiet;
    // What the sockets of the system hold on both sides, and little more.
    expect(given).toBeLessThan(16 * 2 ** 20);
    socket.destroy();
    await closed(file.streams[0]!);
  });

  test('is broken off after its time, and the store is released', async () => {
    await server.close();
    await start(50);
    file.open = () => new Readable({ read() {} });
    const socket = ask();
    socket.resume();
    await Promise.all([once(socket, 'close'), closed(await streamOf(file))]);
  });

  test('releases the store when the client has gone before the first byte', async () => {
    let give = () => {};
    const asked = new Promise<void>((resolve) => {
      const isGone = new Promise<void>((gone) => {
        give = gone;
      });
      const { read } = file;
      file.read = async (...args) => {
        resolve();
        await isGone;
        return read.apply(file, args);
      };
    });
    file.open = () => new Readable({ read() {} });
    const socket = ask();
    await asked;
    socket.destroy();
    await once(socket, 'close');
    expect((await get({}, 'GET', '/')).status).toBe(404);
    give();
    await closed(await streamOf(file));
  });

  test('is ended when the server closes', async () => {
    file.open = () => new Readable({ read() {} });
    const socket = ask();
    socket.resume();
    const stream = await streamOf(file);
    await Promise.all([server.close(), once(socket, 'close'), closed(stream)]);
  });

  test('counts: more connections than allowed are refused', async () => {
    file.open = () => new Readable({ read() {} });
    const held = [ask(), ask(), ask()];
    for (const socket of held) socket.resume();
    await Promise.all(held.map((socket) => once(socket, 'data')));
    const fourth = ask();
    fourth.on('error', () => {}); // It may be reset before it has sent all.
    await once(fourth.resume(), 'close');
    for (const socket of held) socket.destroy();
  });
});

/** It may end with an error, which does not matter. */
function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.on('close', resolve);
  });
}

async function streamOf(wanted: OneFile): Promise<Readable> {
  await expect.poll(() => wanted.streams.length, { interval: 5 }).toBe(1);
  return wanted.streams[0]!;
}
