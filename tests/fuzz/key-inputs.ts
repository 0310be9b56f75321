import { createECDH } from 'node:crypto';
import { type Encodable, encodeQuest } from '@parley/fpnn';

const KEY_METHOD = '*key';

/** A point on the server's default curve, X and Y. */
function publicKey(): Uint8Array {
  return createECDH('secp256k1').generateKeys().subarray(1);
}

/** Good parameters of a `*key` quest, with some of them changed. */
function key(changes: Record<string, Encodable> = {}): Uint8Array {
  const params = { publicKey: publicKey(), streamMode: false, bits: 128, ...changes };
  return encodeQuest({ method: KEY_METHOD, params, seq: 1 });
}

function withPayload(payload: Uint8Array): Uint8Array {
  const packet = Buffer.concat([encodeQuest({ method: KEY_METHOD, params: {}, seq: 1 }).subarray(0, -1), payload]);
  packet.writeUInt32LE(payload.length, 8);
  return packet;
}

const ping = encodeQuest({ method: '*ping', params: {}, seq: 2 });

/** First packets that try to start encryption and must not succeed. */
export const badKeys: readonly (readonly [label: string, bytes: Uint8Array])[] = [
  ['no public key', key({ publicKey: undefined })],
  ['a public key that is nil', key({ publicKey: null })],
  ['a public key that is a number', key({ publicKey: 1 })],
  ['an empty public key', key({ publicKey: new Uint8Array(0) })],
  ['a public key that is too short', key({ publicKey: publicKey().subarray(1) })],
  ['a public key with a prefix', key({ publicKey: Buffer.concat([Buffer.of(4), publicKey()]) })],
  ['a point at infinity', key({ publicKey: new Uint8Array(64) })],
  ['a point off the curve', key({ publicKey: new Uint8Array(64).fill(1) })],
  ['a huge public key', key({ publicKey: new Uint8Array(1_000_000) })],
  ['a mode that is a number', key({ streamMode: 1 })],
  ['bits of another cipher', key({ bits: 192 })],
  ['bits that are text', key({ bits: '128' })],
  ['JSON', encodeQuest({ method: KEY_METHOD, params: { publicKey: 'x' }, seq: 1, encoding: 'json' })],
  ['a one-way quest', encodeQuest({ method: KEY_METHOD, params: { publicKey: publicKey() } })],
  ['a payload that is no map', withPayload(Buffer.of(0x90))],
  ['a payload that does not parse', withPayload(Buffer.of(0xc1))],
  ['a second packet', Buffer.concat([ping, key()])],
];

/** A good `*key`, after which every byte counts as ciphertext. */
export function goodKey(options: { isStream: boolean }): Uint8Array {
  return key({ streamMode: options.isStream });
}
