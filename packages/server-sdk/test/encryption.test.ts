import { type Curve, ServerKey } from '@parley/fpnn/node';
import { expect, test } from 'vitest';
import { RecordingGate } from './recording-gate.ts';

const VARIANTS = (['secp256k1', 'secp256r1'] as const satisfies Curve[]).flatMap((curve) =>
  (['package', 'stream'] as const).flatMap((mode) => ([128, 256] as const).map((bits) => ({ curve, mode, bits }))),
);

test.each(VARIANTS)('calls go over $curve in $mode mode with $bits bits', async ({ curve, mode, bits }) => {
  const key = ServerKey.generate(curve);
  const gate = await RecordingGate.start({ encryption: key });
  gate.answer = { uids: [1, 2n ** 60n] };
  const client = gate.createClient({ encryption: { publicKey: key.publicBytes, curve, mode, bits } });
  expect(await client.getRoomMembers(6001)).toEqual([1n, 2n ** 60n]);
  expect(gate.quests[0]!.connection.isEncrypted).toBe(true);
  expect(gate.faults).toEqual([]);
  await client.close();
  await gate.close();
});

test('the public key may be PEM', async () => {
  const key = ServerKey.generate('secp256r1');
  const gate = await RecordingGate.start({ encryption: key });
  const client = gate.createClient({ encryption: { publicKey: key.publicPem() } });
  await client.addRoomMember(6001, 101);
  expect(gate.quests[0]!.connection.isEncrypted).toBe(true);
  await client.close();
  await gate.close();
});

test('a connection is opened again with a new key exchange', async () => {
  const key = ServerKey.generate();
  const gate = await RecordingGate.start({ encryption: key });
  gate.script.push('hang up');
  gate.answer = { mtime: 1 };
  const client = gate.createClient({ encryption: { publicKey: key.publicBytes } });
  await client.sendChat(101, 102, 'secret');
  expect(gate.quests.map((quest) => quest.connection.isEncrypted)).toEqual([true, true]);
  await client.close();
  await gate.close();
});

test('a gate without encryption is 20012', async () => {
  const gate = await RecordingGate.start();
  const publicKey = ServerKey.generate().publicBytes;
  const client = gate.createClient({ encryption: { publicKey }, reconnect: { delayMaxMs: 4 } });
  await expect(client.addRoomMember(6001, 101)).rejects.toMatchObject({ code: 20012 });
  await client.close();
  await gate.close();
});
