/**
 * CPU time of the codec, ours and @msgpack/msgpack in turn. Run it from the root of the repository:
 *
 *   npx esbuild packages/fpnn/bench/codec.bench.ts --bundle --platform=node --format=esm \
 *     --conditions=@parley/source --outfile=/tmp/codec.bench.mjs && node /tmp/codec.bench.mjs
 *
 * Prints one JSON object per row, in millions of operations per second of CPU time, the median of seven rounds.
 */
import { Decoder, Encoder } from '@msgpack/msgpack';
import {
  decodeMsgpack,
  decodePayload,
  encodeAnswer,
  encodeMsgpack,
  encodeQuest,
  PacketReader,
  parseJson,
  stringifyJson,
} from '../src/index.ts';

const OPERATIONS = 200_000;
const ROUNDS = 7;

const SENDMSG = {
  pid: 80000001,
  from: 123456,
  to: 654321,
  mid: 9007199254740993n,
  mtype: 30,
  msg: `${'x'.repeat(71)}你好`,
  attrs: '',
};
const ANSWER = { mtime: 1795239918027 };

const oracleEncoder = new Encoder({ useBigInt64: true });
const oracleDecoder = new Decoder({ useBigInt64: true });
const sendmsg = encodeMsgpack(SENDMSG);
const sendmsgJson = new TextEncoder().encode(stringifyJson(SENDMSG));
const quest = encodeQuest({ method: 'sendmsg', params: SENDMSG, seq: 1 });
const hundredQuests = new Uint8Array(quest.length * 100);
for (let i = 0; i < 100; i++) hundredQuests.set(quest, i * quest.length);

/** What ours does, and what it is compared with, each as `operations` operations. */
interface Case {
  readonly name: string;
  readonly operations?: number;
  readonly ours: () => unknown;
  readonly reference?: () => unknown;
}

const CASES: readonly Case[] = [
  {
    name: 'decode a sendmsg map of 7 fields',
    ours: () => decodeMsgpack(sendmsg),
    reference: () => oracleDecoder.decode(sendmsg),
  },
  {
    name: 'encode a sendmsg map of 7 fields',
    ours: () => encodeMsgpack(SENDMSG),
    reference: () => oracleEncoder.encode(SENDMSG),
  },
  {
    name: 'encode the map {mtime}',
    ours: () => encodeMsgpack(ANSWER),
    reference: () => oracleEncoder.encode(ANSWER),
  },
  { name: 'encode an answer packet {mtime}', ours: () => encodeAnswer(1, ANSWER) },
  { name: 'encode a sendmsg quest packet', ours: () => encodeQuest({ method: 'sendmsg', params: SENDMSG, seq: 1 }) },
  { name: 'read and decode sendmsg quests, 100 per chunk', operations: 100, ours: () => readHundred(hundredQuests) },
  {
    name: 'parse sendmsg as JSON',
    ours: () => parseJson(sendmsgJson),
    reference: () => JSON.parse(new TextDecoder().decode(sendmsgJson)),
  },
];

/** Keeps results alive, so that no call is optimised away. */
export let sink: unknown;

function readHundred(chunk: Uint8Array): number {
  let values = 0;
  for (const packet of new PacketReader().push(chunk)) values += decodePayload(packet).size;
  return values;
}

/** Millions of operations per second of CPU time. */
function measure(run: () => unknown, operationsPerRun: number): number {
  const runs = OPERATIONS / operationsPerRun;
  const started = process.cpuUsage();
  for (let i = 0; i < runs; i++) sink = run();
  const { user, system } = process.cpuUsage(started);
  return OPERATIONS / (user + system);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

for (const { name, operations = 1, ours, reference } of CASES) {
  const rates: { ours: number[]; reference: number[] } = { ours: [], reference: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const own = measure(ours, operations);
    const other = reference === undefined ? 0 : measure(reference, operations);
    // The first round warms up.
    if (round === 0) continue;
    rates.ours.push(own);
    rates.reference.push(other);
  }
  const [own, other] = [median(rates.ours), median(rates.reference)];
  const row = { case: name, millionsPerCpuSecond: Number(own.toFixed(2)) };
  console.log(
    JSON.stringify(
      reference === undefined
        ? row
        : { ...row, reference: Number(other.toFixed(2)), ratio: Number((own / other).toFixed(2)) },
    ),
  );
}
