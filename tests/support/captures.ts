import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signText } from '@parley/contract';
import { PacketReader, type QuestPacket } from '@parley/fpnn';
import type { Signer } from '@parley/testkit/internal';
import { entriesOf, type Outline, outlineOf } from './msgpack-outline.ts';

/** A call that an official SDK made; see `fixtures/README.md`. */
export type CapturedCall = {
  readonly sdk: string;
  readonly function: string;
  readonly note?: string;
  readonly wireMethod: string;
  readonly questHex: string;
  readonly questDecoded: { readonly ts: number; readonly [name: string]: unknown };
  readonly answerHex: string;
};

const FLOAT64 = 0xcb;

/** All captured calls, those of one SDK in the order in which it made them. */
export const capturedCalls: readonly CapturedCall[] = JSON.parse(
  readFileSync(new URL('../fixtures/captures.json', import.meta.url), 'utf8'),
);

/** The quest of a call as the packet reader gives it. */
export function questOf(call: CapturedCall): QuestPacket {
  const [packet] = new PacketReader().push(Buffer.from(call.questHex, 'hex'));
  if (packet?.kind !== 'quest') throw new Error(`${call.sdk} ${call.function}: no quest`);
  return packet;
}

/**
 * The captured packet for another project and another time. Only the bytes of `pid`, `ts` and `sign` change, in the
 * formats that the SDK chose; all else, the salt too, stays as the SDK wrote it.
 */
export function signAnew(call: CapturedCall, signer: Signer, ts: number): Uint8Array {
  const bytes = Buffer.from(call.questHex, 'hex');
  const payloadAt = bytes.length - questOf(call).payload.length;
  const params = entriesOf(bytes, outlineOf(bytes, payloadAt));
  const part = (name: string): Outline => {
    const found = params.get(name);
    if (found === undefined) throw new Error(`${call.sdk} ${call.function}: no ${name}`);
    return found;
  };
  writeInteger(bytes, part('pid'), signer.pid);
  writeInteger(bytes, part('ts'), ts);
  const salt = readInteger(bytes, part('salt'));
  const text = signText(signer.pid, signer.secret, salt, call.wireMethod, ts);
  const sign = part('sign');
  if (sign.end - sign.contentStart !== 32) throw new Error(`${call.sdk} ${call.function}: a sign of another length`);
  bytes.write(hash('md5', text, 'hex').toUpperCase(), sign.contentStart, 'latin1');
  return bytes;
}

/**
 * The packet with its 64-bit integers as float64, where a double holds them: so the Node SDK writes numbers beyond 32 bits
 * that its caller did not wrap.
 */
export function withFloats(packet: Uint8Array, payloadBytes: number): Uint8Array {
  const bytes = Buffer.from(packet);
  const visit = (node: Outline) => {
    node.items.forEach(visit);
    if (node.kind !== 'int' || node.end - node.contentStart !== 8) return;
    const value = readInteger(bytes, node);
    if (BigInt(Number(value)) !== value) return;
    bytes[node.start] = FLOAT64;
    bytes.writeDoubleBE(Number(value), node.contentStart);
  };
  visit(outlineOf(bytes, bytes.length - payloadBytes));
  return bytes;
}

function writeInteger(bytes: Buffer, { start, contentStart, end }: Outline, value: number): void {
  const width = end - contentStart;
  if (width === 4) bytes.writeUInt32BE(value, contentStart);
  else if (width === 8 && bytes[start] === FLOAT64) bytes.writeDoubleBE(value, contentStart);
  else if (width === 8) bytes.writeBigInt64BE(BigInt(value), contentStart);
  else throw new Error(`no room for ${value} in ${width} bytes`);
}

function readInteger(bytes: Buffer, { start, contentStart, end }: Outline): bigint {
  const width = end - contentStart;
  if (width === 8 && bytes[start] === FLOAT64) return BigInt(bytes.readDoubleBE(contentStart));
  if (width === 8)
    return bytes[start] === 0xcf ? bytes.readBigUInt64BE(contentStart) : bytes.readBigInt64BE(contentStart);
  if (width === 4) return BigInt(bytes.readUInt32BE(contentStart));
  throw new Error(`a salt in ${width} bytes`);
}
