import { describe, expect, it } from 'vitest';
import { fromHex, toHex, VECTORS } from '../test/vectors.ts';
import { cutIntoChunks, seededRandom } from '../test/wire-generators.ts';
import { ProtocolViolation } from './errors.ts';
import { DEFAULT_PACKET_MAX_BYTES, encodeAnswer, encodeErrorAnswer, encodeQuest, type Packet } from './packet.ts';
import { PacketReader } from './packet-reader.ts';

const ONE_WAY = '46504e4e01800006040000006f6e6577617981a17801';
const TWO_WAY = '46504e4e0180010404000000f70400007465737481a16101';
const ANSWER = '46504e4e018002000b0000000100000082a16da46563686fa16e05';
const ERROR = '46504e4e0180020119000000 01000000 83a4636f64657ba26578a4626f6f6da6726169736572a26d65';
const JSON_QUEST = '46504e4e0140000a070000006f6e657761794a736f6e7b2278223a317d';
const STREAM = fromHex(ONE_WAY + TWO_WAY + ANSWER + ERROR + JSON_QUEST);

/** A comparable form with the payload as hex, free of views. */
function plain(packets: readonly Packet[]): unknown[] {
  return packets.map((packet) => ({ ...packet, payload: toHex(packet.payload) }));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.reason;
    throw error;
  }
  return 'none';
}

const EXPECTED = plain(new PacketReader().push(STREAM));

describe('PacketReader', () => {
  it('reads one-way quests, two-way quests and answers', () => {
    expect(EXPECTED).toEqual([
      { kind: 'quest', isOneWay: true, seq: 0, method: 'oneway', encoding: 'msgpack', payload: '81a17801' },
      { kind: 'quest', isOneWay: false, seq: 1271, method: 'test', encoding: 'msgpack', payload: '81a16101' },
      { kind: 'answer', seq: 1, status: 0, encoding: 'msgpack', payload: '82a16da46563686fa16e05' },
      expect.objectContaining({ kind: 'answer', seq: 1, status: 1 }),
      { kind: 'quest', isOneWay: true, seq: 0, method: 'onewayJson', encoding: 'json', payload: '7b2278223a317d' },
    ]);
  });

  it('reads the same at every split into two chunks', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      const reader = new PacketReader();
      const packets = [...reader.push(STREAM.slice(0, at)), ...reader.push(STREAM.slice(at))];
      expect(plain(packets)).toEqual(EXPECTED);
      expect(reader.bufferedBytes).toBe(0);
    }
  });

  it('reads the same at every split into three chunks, and in chunks of every size', () => {
    for (let first = 0; first <= STREAM.length; first += 1) {
      for (let second = first; second <= STREAM.length; second += 5) {
        const reader = new PacketReader();
        const parts = [STREAM.slice(0, first), STREAM.slice(first, second), STREAM.slice(second)];
        expect(parts.flatMap((part) => reader.push(part)).length).toBe(EXPECTED.length);
      }
    }
    for (let size = 1; size < 40; size++) {
      const reader = new PacketReader();
      const packets: Packet[] = [];
      for (let at = 0; at < STREAM.length; at += size) packets.push(...reader.push(STREAM.slice(at, at + size)));
      expect(plain(packets)).toEqual(EXPECTED);
    }
  });

  it('gives no packet until its last byte is there', () => {
    for (const hex of [ONE_WAY, TWO_WAY, ANSWER]) {
      const bytes = fromHex(hex);
      for (let end = 0; end < bytes.length; end++) {
        const reader = new PacketReader();
        expect(reader.push(bytes.slice(0, end))).toEqual([]);
        expect(reader.bufferedBytes).toBe(end);
        expect(reader.push(bytes.slice(end))).toHaveLength(1);
      }
    }
  });

  it('views the chunk when the packet lies inside it, and else keeps nothing of it', () => {
    const bytes = fromHex(TWO_WAY + ONE_WAY);
    const reader = new PacketReader();
    const [first] = reader.push(bytes.subarray(0, bytes.length - 1));
    expect(first!.payload.buffer).toBe(bytes.buffer);
    const [second] = reader.push(bytes.subarray(bytes.length - 1));
    expect(second!.payload.buffer).not.toBe(bytes.buffer);
    expect(second!.payload.constructor).toBe(Uint8Array);
  });

  it('gives plain Uint8Arrays for a Buffer, so that slice copies', () => {
    const [packet] = new PacketReader().push(Buffer.from(TWO_WAY, 'hex'));
    expect(packet!.payload.constructor).toBe(Uint8Array);
  });

  it('reads random packets in random chunks', () => {
    const random = seededRandom(7);
    const packets = Array.from({ length: 200 }, (_, seq) => {
      const params = { text: 'x'.repeat(random(3) === 0 ? random(9000) : random(40)) };
      return random(2) === 0 ? encodeAnswer(seq, params) : encodeQuest({ method: `m${seq}`, params, seq });
    });
    const expected = plain(new PacketReader().push(concat(...packets)));
    expect(expected).toHaveLength(200);
    for (const chunkMaxBytes of [1, 7, 100, 5000]) {
      const reader = new PacketReader();
      const chunks = cutIntoChunks(concat(...packets), chunkMaxBytes, random);
      expect(plain(chunks.flatMap((chunk) => reader.push(chunk)))).toEqual(expected);
    }
  });

  it('accepts any version and the low bits of the flag', () => {
    for (const version of [0, 1, 9, 255]) {
      const bytes = fromHex(TWO_WAY);
      bytes[4] = version;
      expect(new PacketReader().push(bytes)).toHaveLength(1);
    }
    const bytes = fromHex(TWO_WAY);
    bytes[5] = 0xb7 & ~0x40;
    expect(new PacketReader().push(bytes)[0]!.encoding).toBe('msgpack');
  });

  it.each([
    ['bad-magic', 0, 0x47],
    ['bad-magic', 3, 0x4f],
    ['bad-flag', 5, 0x00],
    ['bad-flag', 5, 0xc0],
    ['bad-flag', 5, 0x3f],
    ['bad-mtype', 6, 0x03],
    ['bad-mtype', 6, 0xff],
    ['empty-method', 7, 0x00],
    ['empty-payload', 8, 0x00],
    ['oversize', 11, 0x01],
    ['oversize', 11, 0xff],
  ])('ends with %s when byte %i is %i, as soon as the header is whole', (reason, at, value) => {
    const bytes = fromHex(TWO_WAY);
    bytes[at] = value;
    expect(reasonOf(() => new PacketReader().push(bytes))).toBe(reason);
    expect(reasonOf(() => new PacketReader().push(bytes.slice(0, 12)))).toBe(reason);
    expect(reasonOf(() => new PacketReader().push(bytes.slice(0, 11)))).toBe('none');
    const byteByByte = new PacketReader();
    expect(reasonOf(() => [...bytes].map((byte) => byteByByte.push(Uint8Array.of(byte))))).toBe(reason);
  });

  it('ends with empty-method for a one-way quest too, and takes any status of an answer', () => {
    const oneWay = fromHex(ONE_WAY);
    oneWay[7] = 0;
    expect(reasonOf(() => new PacketReader().push(oneWay))).toBe('empty-method');
    const answer = fromHex(ANSWER);
    answer[7] = 255;
    expect(new PacketReader().push(answer)[0]).toMatchObject({ kind: 'answer', status: 255 });
  });

  it('accepts a packet of exactly the largest size, header and all, and none larger', () => {
    const sized = (total: number): Uint8Array => {
      const header = fromHex('46504e4e01800101 00000000 01000000 6d');
      new DataView(header.buffer).setUint32(8, total - 17, true);
      return header;
    };
    for (const packetMaxBytes of [100, DEFAULT_PACKET_MAX_BYTES]) {
      expect(new PacketReader({ packetMaxBytes }).push(sized(packetMaxBytes))).toEqual([]);
      expect(reasonOf(() => new PacketReader({ packetMaxBytes }).push(sized(packetMaxBytes + 1)))).toBe('oversize');
    }
    expect(new PacketReader().push(sized(DEFAULT_PACKET_MAX_BYTES))).toEqual([]);
    expect(reasonOf(() => new PacketReader().push(sized(DEFAULT_PACKET_MAX_BYTES + 1)))).toBe('oversize');
    const whole = new Uint8Array(100);
    whole.set(sized(100));
    expect(new PacketReader({ packetMaxBytes: 100 }).push(whole)).toHaveLength(1);
  });

  it('throws the same violation ever after', () => {
    const reader = new PacketReader();
    const bad = fromHex(TWO_WAY);
    bad[0] = 0;
    expect(reasonOf(() => reader.push(bad))).toBe('bad-magic');
    expect(reasonOf(() => reader.push(fromHex(TWO_WAY)))).toBe('bad-magic');
    expect(reasonOf(() => reader.next())).toBe('bad-magic');
  });

  it('gives the packets before a violation one by one', () => {
    const reader = new PacketReader();
    reader.append(concat(fromHex(TWO_WAY + ONE_WAY), new Uint8Array(12)));
    expect(reader.next()).toMatchObject({ method: 'test' });
    expect(reader.next()).toMatchObject({ method: 'oneway' });
    expect(reasonOf(() => reader.next())).toBe('bad-magic');
  });

  it('stops between two packets of a chunk, so that the rest can be decrypted', () => {
    const rest = fromHex('00112233445566778899aabbccddeeff');
    const whole = concat(fromHex(TWO_WAY), rest);
    for (let at = 0; at <= whole.length; at++) {
      const reader = new PacketReader();
      reader.append(whole.slice(0, at));
      const early = reader.next();
      reader.append(whole.slice(at));
      const packet = early ?? reader.next();
      expect(packet).toMatchObject({ method: 'test' });
      expect(reader.bufferedBytes).toBe(rest.length);
      expect(toHex(reader.takeRest())).toBe(toHex(rest));
      expect(reader.bufferedBytes).toBe(0);
      expect(reader.push(fromHex(ONE_WAY))).toHaveLength(1);
    }
  });

  it('gives the rest of a half packet, also over several chunks', () => {
    const bytes = fromHex(TWO_WAY);
    const reader = new PacketReader();
    for (const byte of bytes.slice(0, 15)) reader.push(Uint8Array.of(byte));
    reader.append(bytes.slice(15, 17));
    reader.append(bytes.slice(17, 18));
    expect(toHex(reader.takeRest())).toBe(toHex(bytes.slice(0, 18)));
    expect(toHex(reader.takeRest())).toBe('');
  });

  it('reads packets from many chunks that were appended at once', () => {
    const reader = new PacketReader();
    for (const byte of STREAM) reader.append(Uint8Array.of(byte));
    expect(reader.bufferedBytes).toBe(STREAM.length);
    const packets: Packet[] = [];
    for (let packet = reader.next(); packet !== undefined; packet = reader.next()) packets.push(packet);
    expect(plain(packets)).toEqual(EXPECTED);
  });

  it('gathers 8 MiB from chunks of one byte, with few and small allocations', () => {
    const header = fromHex('46504e4e01800101 00000000 01000000 6d');
    new DataView(header.buffer).setUint32(8, DEFAULT_PACKET_MAX_BYTES - 17, true);
    const reader = new PacketReader();
    reader.push(header);
    const byte = new Uint8Array(1);
    const started = process.cpuUsage();
    let packets = 0;
    for (let sent = 17; sent < DEFAULT_PACKET_MAX_BYTES; sent++) packets += reader.push(byte).length;
    const { user, system } = process.cpuUsage(started);
    expect(packets).toBe(1);
    // Quadratic copying would take hours; linear takes about a second.
    expect((user + system) / 1000).toBeLessThan(15_000);
  });

  it('does not make room for an announced size before the bytes come', () => {
    const header = fromHex('46504e4e01800101 efff7f00 01000000 6d');
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 1000 }, () => {
      const reader = new PacketReader();
      reader.push(header.slice());
      return reader;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    expect(readers.reduce((bytes, reader) => bytes + reader.bufferedBytes, 0)).toBe(17_000);
  });

  it('reads every captured packet in one stream', () => {
    const reader = new PacketReader();
    const packets = VECTORS.flatMap(({ hex }) => reader.push(fromHex(hex)));
    expect(packets).toHaveLength(VECTORS.length);
  });

  it('takes bare answers by the row, up to a gap, an error or a packet of another kind', () => {
    const answer = (seq: number) => encodeAnswer(seq, {});
    const chunk = concat(
      ...[5, 6, 7, 9, 0xffff_ffff, 0, 1].map(answer),
      fromHex(ANSWER),
      answer(2),
      encodeAnswer(3, {}, 'json'),
      encodeErrorAnswer(4, 1, ''),
      answer(8).slice(0, 16),
    );
    const reader = new PacketReader();
    const rows = () => {
      const found: [number, number][] = [];
      for (let count = reader.takeBareAnswers(); count > 0; count = reader.takeBareAnswers()) {
        found.push([reader.answeredSeq, count]);
      }
      return found;
    };
    reader.append(chunk);
    expect(rows()).toEqual([
      [5, 3],
      [9, 1],
      [0xffff_ffff, 1],
      [0, 2],
    ]);
    expect(reader.next()).toMatchObject({ seq: 1 });
    expect(rows()).toEqual([[2, 1]]);
    expect(reader.next()).toMatchObject({ seq: 3, encoding: 'json' });
    expect(reader.next()).toMatchObject({ seq: 4, status: 1 });
    expect(reader.next()).toBeUndefined();
    reader.append(answer(8).slice(16));
    expect(rows()).toEqual([]);
    expect(reader.next()).toMatchObject({ seq: 8, status: 0 });
  });
});
