import { decodeMsgpack, type Encodable, encodeMsgpack, RawString, type WireMap } from '@parley/fpnn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AnswerField,
  DEFAULT_LIMITS,
  decodePush,
  encodePush,
  type FieldDeclaration,
  type ParamField,
  type PushDeclaration,
  type PushField,
  type PushName,
  type PushOf,
  pushes,
} from '../src/index.ts';
import { ALL_METHODS } from './gate-calls.ts';

/** A value as one side gives it, and as the other side finds it. */
type Pair = { given: unknown; found: unknown };

const utf8 = (text: string) => new TextEncoder().encode(text);
const same = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Pair> =>
  values.map((value) => ({ given: value, found: value }));

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const id: fc.Arbitrary<{ given: number | bigint; found: bigint }> = fc.oneof(
  int64.map((value) => ({ given: value, found: value })),
  fc.maxSafeInteger().map((value) => ({ given: value === 0 ? 0 : value, found: BigInt(value) })),
);
const time = fc.maxSafeInteger().map((value) => value + 0);
const bin = fc.uint8Array({ maxLength: 300 });
const text = fc.string({ unit: 'binary', maxLength: 100 });

function listOf<T>(items: fc.Arbitrary<{ given: T; found: unknown }>): fc.Arbitrary<Pair> {
  return fc
    .array(items, { minLength: 1, maxLength: 20 })
    .map((pairs) => ({ given: pairs.map(({ given }) => given), found: pairs.map(({ found }) => found) }));
}

function body(): fc.Arbitrary<Pair> {
  return fc.oneof(
    text.map((value) => ({ given: value, found: new RawString(utf8(value)) })),
    bin.map((value) => ({ given: value, found: value })),
    bin.map((value) => ({ given: new RawString(value), found: new RawString(value) })),
  );
}

function integer(field: AnswerField & { kind: 'int' | 'choice' }): fc.Arbitrary<Pair> {
  if (field.kind === 'choice') return same(fc.constantFrom(...field.allowed));
  const max = field.loweredTo === undefined ? field.max : DEFAULT_LIMITS[field.loweredTo];
  return same(fc.integer({ min: field.min, max }));
}

function param(field: ParamField): fc.Arbitrary<Pair> {
  switch (field.kind) {
    case 'id':
      return id;
    case 'time':
      return same(time);
    case 'int':
    case 'choice':
      return integer(field);
    case 'flag':
      return same(fc.boolean());
    case 'text':
      return text.map((value) => ({ given: value, found: new RawString(utf8(value)) }));
    case 'body':
      return body();
    case 'bytes':
      return same(bin);
    case 'idList':
      return listOf(id);
    case 'mtypeList':
      return listOf(fc.integer({ min: field.min, max: 127 }).map(twice));
    case 'word':
      return same(fc.constantFrom(...field.allowed));
    case 'list':
      return listOf(text.map((value) => ({ given: value, found: new RawString(utf8(value)) })));
    case 'idMap':
      return idMapOf(param(field.value as ParamField));
    case 'textMap':
      return textMap((value) => new RawString(utf8(value)));
  }
}

function idMapOf(values: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> {
  return fc
    .uniqueArray(fc.tuple(int64, values), { selector: ([key]) => key, minLength: 1, maxLength: 20 })
    .map((entries) => ({
      given: new Map(entries.map(([key, { given }]) => [key, given])),
      found: new Map(entries.map(([key, { found }]) => [key, found])),
    }));
}

/** Names are short enough for the limit in bytes. */
function textMap(find: (value: string) => unknown): fc.Arbitrary<Pair> {
  return fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key, maxLength: 20 }).map((entries) => ({
    given: new Map(entries),
    found: new Map(entries.map(([key, value]) => [key, find(value)])),
  }));
}

function unit(second: 'from' | 'direction'): fc.Arbitrary<{ given: object; found: object }> {
  const parts = fc.record({
    id,
    second: second === 'from' ? id : fc.constantFrom(1, 2).map(twice),
    mid: id,
    msg: body(),
  });
  const rest = fc.record({
    mtype: fc.integer({ min: 1, max: 127 }),
    isDeleted: fc.boolean(),
    attrs: text,
    mtime: time,
  });
  return fc.tuple(parts, rest).map(([{ id: cursor, second: one, mid, msg }, others]) => ({
    given: { ...others, id: cursor.given, [second]: one.given, mid: mid.given, msg: msg.given },
    found: { ...others, id: cursor.found, [second]: one.found, mid: mid.found, msg: msg.found },
  }));
}

function twice<T>(value: T): { given: T; found: T } {
  return { given: value, found: value };
}

function answerField(field: FieldDeclaration): fc.Arbitrary<Pair> {
  switch (field.kind) {
    case 'text':
      return same(text);
    case 'list':
      return listOf(answerField(field.item));
    case 'idMap':
      return idMapOf(answerField(field.value));
    case 'textMap':
      return textMap((value) => value);
    case 'history':
      return listOf(unit('from'));
    case 'p2pHistory':
      return listOf(unit('direction'));
    case 'lastMessage':
      return fc.oneof(lastUnit('from'), fc.constant(twice(null)));
    case 'p2pLastMessage':
      return fc.oneof(lastUnit('direction'), fc.constant(twice(null)));
    case 'attrs':
      return fc.oneof(
        textMap((value) => value),
        fc.array(textMap((value) => value)).map((maps) => ({
          given: maps.map(({ given }) => given),
          found: maps.map(({ found }) => found),
        })),
      );
    case 'pushBody':
      return fc.oneof(
        body(),
        fc
          .record({ source: text, target: text, sourceText: text, targetText: text })
          .map((texts) => twice({ ...texts })),
      );
    default:
      return param(field);
  }
}

/** A cursor id 0 says that there is no message. */
function lastUnit(second: 'from' | 'direction'): fc.Arbitrary<Pair> {
  return unit(second).filter(({ found }) => (found as { id: bigint }).id !== 0n);
}

/** Every field, optional ones sometimes undefined. */
function record<F extends FieldDeclaration>(
  fields: Readonly<Record<string, F>>,
  pairOf: (field: F) => fc.Arbitrary<Pair>,
) {
  const pairs = Object.entries(fields).map(([name, field]) => {
    const there = pairOf(field);
    return [name, field.presence === 'optional' ? fc.oneof(there, fc.constant(twice(undefined))) : there];
  });
  return fc.record(Object.fromEntries(pairs) as Record<string, fc.Arbitrary<Pair>>);
}

function side(pairs: Readonly<Record<string, Pair>>, key: keyof Pair): Record<string, unknown> {
  return Object.fromEntries(Object.entries(pairs).map(([name, pair]) => [name, pair[key]]));
}

function overTheWire(value: Record<string, Encodable>): WireMap {
  return decodeMsgpack(encodeMsgpack(value)) as WireMap;
}

describe.each(ALL_METHODS)('%s', (_, calls, declaration) => {
  const { name, params, answer } = declaration;

  test('what a caller gives is what the handler finds', () => {
    fc.assert(
      fc.property(record<ParamField>(params, param), (values) => {
        const received = overTheWire(calls.encodeParams(name, side(values, 'given')));
        expect(calls.check(name, received, DEFAULT_LIMITS)).toStrictEqual(side(values, 'found'));
      }),
      { numRuns: 40 },
    );
  });

  test('what the handler answers is what the caller reads', () => {
    fc.assert(
      fc.property(record<AnswerField>(answer, answerField), (values) => {
        const received = overTheWire(calls.encodeAnswer(name, side(values, 'given')));
        expect(calls.decodeAnswer(name, received)).toStrictEqual(side(values, 'found'));
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(Object.entries<PushDeclaration>(pushes) as [PushName, PushDeclaration][])(
  'push %s',
  (name, { params }) => {
    test('what the server gives is what the receiver reads', () => {
      fc.assert(
        fc.property(record<PushField>(params, answerField), (values) => {
          const received = overTheWire(encodePush(name, side(values, 'given') as PushOf<typeof name>));
          expect(decodePush(name, received)).toStrictEqual(side(values, 'found'));
        }),
        { numRuns: 40 },
      );
    });
  },
);
