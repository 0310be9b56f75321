import { decodeMsgpack, encodeMsgpack, RawString, WireError, type WireValue } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import {
  decodeHistoryUnit,
  decodeLastMessage,
  decodeP2pHistoryUnit,
  decodeP2pLastMessage,
  encodeHistoryUnit,
  encodeLastMessage,
  P2P_DIRECTIONS,
} from './history-unit.ts';

const raw = (text: string) => new RawString(new TextEncoder().encode(text));
const content = { id: 1n, mtype: 30, mid: 3n, isDeleted: false, msg: raw('hi'), attrs: '', mtime: 5 };
const row: WireValue[] = [1, 2, 30, 3, false, raw('hi'), raw(''), 5];

describe('history units', () => {
  test('a unit has eight elements, the fifth is a true boolean', () => {
    const encoded = encodeMsgpack(encodeHistoryUnit({ ...content, from: 2 }));
    expect(Buffer.from(encoded).toString('hex')).toBe('9801021e03c2a26869a005');
    expect(encodeMsgpack(encodeHistoryUnit({ ...content, isDeleted: true, from: 2 }))[5]).toBe(0xc3);
  });

  test('index 1 is the direction between two users', () => {
    const unit = { ...content, direction: P2P_DIRECTIONS.sentByPeer };
    expect(encodeHistoryUnit(unit)[1]).toBe(2);
    expect(decodeP2pHistoryUnit(row)).toEqual(unit);
  });

  test('index 1 is the sender elsewhere', () => {
    expect(decodeHistoryUnit(row)).toEqual({ ...content, from: 2n });
  });

  test('binary content stays binary', () => {
    const msg = new Uint8Array([0xff, 0]);
    const wire = decodeMsgpack(encodeMsgpack(encodeHistoryUnit({ ...content, from: 2, msg })));
    expect(decodeHistoryUnit(wire).msg).toEqual(msg);
  });

  test.each([
    ['no array', new Map()],
    ['seven elements', row.slice(0, 7)],
    ['nine elements', [...row, 1]],
    ...row.map((_, index): [string, WireValue] => [`element ${index} is nil`, row.with(index, null)]),
    ['an integer as the flag', row.with(4, 0)],
    ['an integer as the content', row.with(5, 1)],
  ])('%s is a WireError', (_, value) => {
    expect(() => decodeHistoryUnit(value)).toThrow(WireError);
    expect(() => decodeP2pHistoryUnit(value)).toThrow(WireError);
  });

  test('a direction other than 1 and 2 is a WireError', () => {
    for (const direction of [0, 3, 101]) expect(() => decodeP2pHistoryUnit(row.with(1, direction))).toThrow(WireError);
  });

  test('the newest message of an empty conversation is a unit with cursor id 0', () => {
    const wire = encodeMsgpack(encodeLastMessage(null));
    expect(Buffer.from(wire).toString('hex')).toBe('9800000000c2a0a000');
    expect(decodeLastMessage(decodeMsgpack(wire))).toBeNull();
    expect(decodeP2pLastMessage(decodeMsgpack(wire))).toBeNull();
  });

  test('the newest message of another conversation is a unit like any other', () => {
    expect(encodeLastMessage({ ...content, from: 2 })).toEqual(encodeHistoryUnit({ ...content, from: 2 }));
    expect(decodeLastMessage(row)).toEqual({ ...content, from: 2n });
    expect(decodeP2pLastMessage(row)).toEqual({ ...content, direction: P2P_DIRECTIONS.sentByPeer });
    for (const value of [[0], row.with(1, null), new Map()]) {
      expect(() => decodeLastMessage(value)).toThrow(WireError);
      expect(() => decodeP2pLastMessage(value)).toThrow(WireError);
    }
  });
});
