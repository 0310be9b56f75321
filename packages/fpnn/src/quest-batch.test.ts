import { describe, expect, it } from 'vitest';
import { encodeQuest } from './packet.ts';
import { PacketReader } from './packet-reader.ts';
import { QuestBatch } from './quest-batch.ts';

const quests = (methods: readonly string[]) =>
  methods.map((method) => encodeQuest({ method, params: { text: method.repeat(9) }, seq: 0 }));
const read = (bytes: Uint8Array) =>
  new PacketReader().push(bytes).map((packet) => (packet.kind === 'quest' ? [packet.method, packet.seq] : packet.kind));

describe('a batch of quests', () => {
  it.each([[['a']], [['a', 'bb', 'ccc']]])('numbers %j in a row', (methods) => {
    const batch = QuestBatch.of(quests(methods), 0xffff_fff0);
    const wanted = methods.map((method, index) => [method, 0xffff_fff0 + index]);
    expect(read(batch.bytes)).toEqual(wanted);
    expect(methods.map((_, index) => read(batch.packet(index))[0])).toEqual(wanted);
    expect([batch.firstSeq, batch.count]).toEqual([0xffff_fff0, methods.length]);
  });

  it('gives parts that share its bytes and keep the numbers', () => {
    const batch = QuestBatch.of(quests(['a', 'bb', 'ccc', 'd']), 7);
    const part = batch.slice(1, 3);
    expect([part.firstSeq, part.count, part.bytes.buffer === batch.bytes.buffer]).toEqual([8, 2, true]);
    expect(read(part.bytes)).toEqual([
      ['bb', 8],
      ['ccc', 9],
    ]);
    expect(read(part.packet(1))).toEqual([['ccc', 9]]);
    expect(read(part.slice(1, 2).bytes)).toEqual([['ccc', 9]]);
  });

  it('takes only two-way quests, and numbers within 32 bits', () => {
    expect(() => QuestBatch.of([], 1)).toThrow(RangeError);
    expect(() => QuestBatch.of(quests(['a', 'b']), 0xffff_ffff)).toThrow(RangeError);
    expect(() => QuestBatch.of([encodeQuest({ method: 'oneway', params: {} })], 1)).toThrow(RangeError);
  });
});
