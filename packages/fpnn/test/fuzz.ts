import { ProtocolViolation, WireError } from '../src/errors.ts';
import { decodePayload, encodeAnswer, encodeQuest, type Packet } from '../src/packet.ts';
import { PacketReader } from '../src/packet-reader.ts';
import { Peer } from '../src/peer.ts';
import { RecordingStream } from './linked-peers.ts';
import { fromHex, VECTORS } from './vectors.ts';
import { cutIntoChunks, mutate, seededRandom } from './wire-generators.ts';

/** What a fuzz run saw. */
export interface FuzzReport {
  readonly runs: number;
  readonly packets: number;
  readonly decoded: number;
  readonly wireErrors: number;
  readonly violations: Record<string, number>;
}

const PACKET_MAX_BYTES = 64 * 1024;

/** Whole packets to start from: the captured ones, and some of ours with nested and large values. */
function seedPackets(): Uint8Array[] {
  const nested = { list: [1, [2, [3, { a: { b: { c: 'd' } } }]]], bin: new Uint8Array(40), text: 'é'.repeat(20) };
  const long = { members: Array.from({ length: 200 }, (_, i) => BigInt(i) << 40n), msg: 'x'.repeat(700) };
  const own = [nested, long].flatMap((params) => [
    encodeQuest({ method: 'fuzz', params, seq: 1 }),
    encodeQuest({ method: 'fuzz', params, encoding: 'json' }),
    encodeAnswer(1, params, 'json'),
  ]);
  return [...VECTORS.map(({ hex }) => fromHex(hex)), ...own];
}

/**
 * Feeds mutated packets in random chunks to a reader, the decoders and a peer. The same seed gives the same run.
 *
 * @throws whatever is neither WireError nor ProtocolViolation, with the input as hex in the message, and when a reader holds
 * more than the largest packet and one chunk.
 */
export async function fuzzWire(seed: number, runs: number): Promise<FuzzReport> {
  const random = seededRandom(seed);
  const seeds = seedPackets();
  const report = { runs, packets: 0, decoded: 0, wireErrors: 0, violations: {} as Record<string, number> };
  for (let run = 0; run < runs; run++) {
    const first = mutate(seeds[random(seeds.length)]!, random);
    const input = Uint8Array.from([...first, ...seeds[random(seeds.length)]!]);
    // Lets the rejected quests of the runs so far go: they would count as memory.
    if (run % 1000 === 0) await Promise.resolve();
    try {
      feed(input, random, report);
    } catch (error) {
      const hex = Array.from(input, (byte) => byte.toString(16).padStart(2, '0')).join('');
      throw new Error(`seed ${seed}, run ${run}, input ${hex}`, { cause: error });
    }
  }
  return report;
}

type Counts = { packets: number; decoded: number; wireErrors: number; violations: Record<string, number> };

function feed(input: Uint8Array, random: (limit: number) => number, report: Counts): void {
  const reader = new PacketReader({ packetMaxBytes: PACKET_MAX_BYTES });
  const peer = new Peer(new RecordingStream(), { onQuest: (quest) => quest.answer({}), isPrivatePeer: true });
  void peer.quest('waiting', {}).catch(() => undefined);
  try {
    for (const chunk of cutIntoChunks(input, 1 + random(200), random)) {
      reader.append(chunk);
      for (let packet = reader.next(); packet !== undefined; packet = reader.next()) {
        report.packets++;
        countDecoding(packet, report);
        peer.handlePacket(packet);
      }
      if (reader.bufferedBytes > PACKET_MAX_BYTES) throw new Error(`the reader holds ${reader.bufferedBytes} bytes`);
    }
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error;
    report.violations[error.reason] = (report.violations[error.reason] ?? 0) + 1;
  } finally {
    peer.handleClose();
  }
}

function countDecoding(packet: Packet, report: Counts): void {
  try {
    decodePayload(packet);
    report.decoded++;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    report.wireErrors++;
  }
}
