import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openKeyExchange } from '../src/node/encryption/key-exchange.ts';
import { createEncryptor } from '../src/node/encryption/session-cipher.ts';
import { ServerKey } from '../src/node/index.ts';
import { encodeQuest } from '../src/packet.ts';
import { echo, startListener } from './support/listener-fixture.ts';
import { encodeClientFrame, OPCODES } from './support/raw-websocket.ts';

const KEY = ServerKey.generate();
const QUEST = encodeQuest({ method: 'echo', params: { text: 'hello', list: [1, 2, 3] }, seq: 1 });
const JSON_QUEST = encodeQuest({ method: 'echo', params: { text: 'hello' }, seq: 1, encoding: 'json' });
const UPGRADE = Buffer.from(
  'GET /service/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
);
const REQUESTS = Buffer.from(
  'GET /service/echo?fpnn=%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n' +
    'POST /service/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n',
);

function encrypted(mode: 'package' | 'stream'): Buffer {
  const { params, session } = openKeyExchange({ publicKey: KEY.publicBytes, mode });
  const encryptor = createEncryptor(session);
  const key = encodeQuest({ method: '*key', params, seq: 1 });
  return Buffer.concat([key, encryptor.encrypt(QUEST), encryptor.encrypt(JSON_QUEST)]);
}

const GOOD_BYTES: readonly Uint8Array[] = [
  Buffer.concat([QUEST, JSON_QUEST, QUEST]),
  encrypted('package'),
  encrypted('stream'),
  Buffer.concat([UPGRADE, encodeClientFrame(OPCODES.binary, QUEST), encodeClientFrame(OPCODES.ping, QUEST)]),
  REQUESTS,
];

/** Good bytes with some of them changed, left out or added. */
const badBytes = fc
  .record({
    good: fc.constantFrom(...GOOD_BYTES),
    changes: fc.array(
      fc.record({ place: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255), kind: fc.nat(2) }),
      { maxLength: 6 },
    ),
    length: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ good, changes, length }) => {
    const bytes = [...good];
    for (const { place, byte, kind } of changes) {
      const at = Math.floor(place * bytes.length);
      if (kind === 0) bytes.splice(at, 1);
      else bytes.splice(at, kind === 1 ? 1 : 0, byte);
    }
    return Uint8Array.from(length > 0.5 ? bytes : bytes.slice(0, Math.ceil(2 * length * bytes.length)));
  });

it('whatever bytes come, the connection ends with a reason and nothing is thrown', async () => {
  const fixture = await startListener({ encryption: KEY }, echo);
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(badBytes, fc.nat(400), async (bytes, split) => {
      const client = await fixture.connectRaw();
      await client.write(bytes.subarray(0, split)).catch(() => {});
      client.socket.end(bytes.subarray(split));
      await client.takeAll();
      ended += 1;
      await fixture.until(() => fixture.closed.length === ended);
    }),
    { numRuns: 500 },
  );
  expect(fixture.errors).toEqual([]);
  expect(fixture.listener.connectionCount).toBe(0);
  expect(new Set(fixture.closed)).toEqual(new Set(['peer', 'violation']));
});
