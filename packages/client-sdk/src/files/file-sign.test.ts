import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fileEndpointOf } from './file-endpoint.ts';
import { fileAttrs } from './file-sign.ts';

test('the sign is the MD5 of the MD5 of the file, a colon and the token', () => {
  const md5 = (input: string | Uint8Array) => createHash('md5').update(input).digest('hex');
  const file = new Uint8Array([0, 1, 2, 255]);
  expect(JSON.parse(fileAttrs(file, 'T0ken', { name: 'a.b.png', attrs: 'mine' }))).toEqual({
    rtm: { sign: md5(`${md5(file)}:T0ken`), ext: 'png', filename: 'a.b.png' },
    custom: 'mine',
  });
});

test.each([
  ['photo', ''],
  ['.hidden', ''],
  ['', ''],
  ['a.tar.gz', 'gz'],
])('the extension of %j is %j', (name, ext) => {
  expect(JSON.parse(fileAttrs(new Uint8Array(), 't', { name, attrs: '' })).rtm.ext).toBe(ext);
});

test.each([
  ['wss://chat.example:13322', 'wss://fileproxy-chat.example:13462'],
  ['ws://chat.example:13321/service/websocket', 'ws://fileproxy-chat.example:13461'],
  ['tcp://127.0.0.1:13321', 'tcp://10.0.0.1:13316'],
])('files of a client of %s go to %s', (endpoint, fileEndpoint) => {
  expect(fileEndpointOf(endpoint, '10.0.0.1:13316')).toBe(fileEndpoint);
});
