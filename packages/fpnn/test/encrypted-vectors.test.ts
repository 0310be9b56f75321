import { expect, it } from 'vitest';
import { ServerKey } from '../src/node/index.ts';
import { encodeAnswer } from '../src/packet.ts';
import { ENCRYPTED_VECTORS, handshakeOf, packetsOf } from './support/encrypted-vectors.ts';
import { startListener } from './support/listener-fixture.ts';
import { fromHex, toHex, type Vector } from './vectors.ts';

function wireOf(vector: Vector, direction: 'c2s' | 's2c'): Buffer {
  return Buffer.concat(packetsOf(vector, direction).map(({ wire }) => fromHex(wire)));
}

/** A listener that answers the captured quests in the captured order, as far as its own answers can be in any order. */
async function replay(vector: Vector, send: 'at once' | 'bytewise'): Promise<Buffer> {
  const { serverPrivateKey, curve } = handshakeOf(vector);
  const answers = packetsOf(vector, 's2c').slice(1);
  const fixture = await startListener(
    { encryption: ServerKey.fromPrivateBytes(fromHex(serverPrivateKey), curve) },
    () => {
      // Both quests are answered when the second one is there, with the captured bytes.
      if (fixture.quests.length < answers.length) return;
      for (const { plain } of answers) fixture.connections[0]!.peer.sendEncoded(fromHex(plain));
    },
  );
  const client = await fixture.connectRaw();
  const sent = Buffer.concat([fromHex(vector.hex), wireOf(vector, 'c2s')]);
  if (send === 'at once') await client.write(sent);
  else await client.writeBytewise(sent);
  return client.take(wireOf(vector, 's2c').length);
}

it.each(ENCRYPTED_VECTORS.map((vector) => [vector.name, vector] as const))(
  '%s: the listener talks to the captured client bit for bit',
  async (_, vector) => {
    const expected = toHex(wireOf(vector, 's2c'));
    expect(toHex(await replay(vector, 'at once'))).toBe(expected);
    expect(toHex(await replay(vector, 'bytewise'))).toBe(expected);
  },
);

it('the captured answers to *key are what our encoder writes', () => {
  expect(ENCRYPTED_VECTORS.length).toBe(12);
  for (const vector of ENCRYPTED_VECTORS) {
    const { plain } = packetsOf(vector, 's2c')[0]!;
    expect(plain).toBe(toHex(encodeAnswer(vector.decoded.seq!, {})));
  }
});
