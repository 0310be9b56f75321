import { RawString } from '@parley/fpnn';
import fc from 'fast-check';

/** A message before it has a sender and a mid. */
export type Draft = {
  readonly sender: number;
  readonly mtype: number;
  readonly msg: RawString | Uint8Array;
  readonly attrs: string;
};

/** A time: none, one off the wire as it is, or one near a message or the clock. */
export type Bound =
  | { readonly at: 'absent' }
  | { readonly at: 'raw'; readonly value: bigint }
  | { readonly at: 'message'; readonly pick: number; readonly offset: number }
  | { readonly at: 'now'; readonly offset: number };

/** A page request whose bounds are still to be found; `lastid` counts in ids instead of times. */
export type RequestDraft = {
  readonly desc: boolean;
  readonly num: number;
  readonly begin: Bound;
  readonly end: Bound;
  readonly lastid: Bound;
  readonly mtypes: readonly number[] | undefined;
};

/**
 * What is handed from page to page: all three values, or the id alone. `until` tells what ends the walk: an empty page, or
 * one that is not full.
 */
export type WalkForm = { readonly cursor: 'all three' | 'lastid alone'; readonly until: 'empty' | 'not full' };

/** One step of a run. `pick` chooses one of the messages sent so far, from `PICK_CHANGED` on one that was edited or removed. */
export type Command =
  | { readonly do: 'send'; readonly drafts: readonly Draft[] }
  | { readonly do: 'send to many'; readonly draft: Draft; readonly collides: boolean; readonly pick: number }
  | { readonly do: 'send the mid of another'; readonly draft: Draft; readonly pick: number }
  | { readonly do: 'repeat'; readonly pick: number; readonly change: RepeatChange }
  | { readonly do: 'get'; readonly pick: number }
  | { readonly do: 'recall'; readonly pick: number }
  | { readonly do: 'edit'; readonly pick: number; readonly draft: Draft; readonly limit: EditLimit }
  | { readonly do: 'clean'; readonly from: number; readonly begin: Bound; readonly end: Bound }
  | { readonly do: 'remove a sender'; readonly sender: number }
  | { readonly do: 'move the clock'; readonly ms: number }
  | { readonly do: 'count'; readonly request: RequestDraft }
  | { readonly do: 'page'; readonly viewer: number; readonly request: RequestDraft }
  | { readonly do: 'walk'; readonly viewer: number; readonly request: RequestDraft; readonly form: WalkForm }
  | { readonly do: 'walk in windows'; readonly request: RequestDraft; readonly cuts: readonly number[] };

export type RepeatChange = 'nothing' | 'to the present' | 'msg' | 'attrs' | 'mtype' | 'kind';
/** An age in ms, or `exact`: the age of the message. */
export type EditLimit = bigint | 'exact' | 'just too short';

export const PICK_CHANGED = 200;
/** The types of the messages sent: few, so that filters let something through. */
export const MTYPES = [30, 31, 66, 127] as const;
const INT64_MAX = 2n ** 63n - 1n;

const bytes = fc.uint8Array({ maxLength: 12 });
const msg: fc.Arbitrary<RawString | Uint8Array> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => new RawString(new TextEncoder().encode(text))),
  bytes.map((raw) => new RawString(raw)),
  bytes,
);
export const draft: fc.Arbitrary<Draft> = fc.record({
  sender: fc.nat(2),
  mtype: fc.constantFrom(...MTYPES),
  msg,
  attrs: fc.string({ unit: 'grapheme', maxLength: 6 }),
});
const pick = fc.nat(2 * PICK_CHANGED - 1);
const bound: fc.Arbitrary<Bound> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ at: 'absent' as const }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(0n, 1n, -1n, 2n ** 53n, -(2n ** 53n), INT64_MAX, -INT64_MAX - 1n)
      .map((value) => ({ at: 'raw' as const, value })),
  },
  {
    weight: 6,
    arbitrary: fc.record({ at: fc.constant('message' as const), pick, offset: fc.integer({ min: -1, max: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ at: fc.constant('now' as const), offset: fc.integer({ min: -2, max: 2 }) }) },
);
const num = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(21, 100, 32_767) },
);
const mtypes = fc.option(fc.subarray([...MTYPES, 99]), { nil: undefined });
const request: fc.Arbitrary<RequestDraft> = fc.record({
  desc: fc.boolean(),
  num,
  begin: bound,
  end: bound,
  lastid: bound,
  mtypes,
});

/** How requests walk on from page to page. */
export const walkForm: fc.Arbitrary<WalkForm> = fc.record({
  cursor: fc.constantFrom('all three', 'lastid alone'),
  until: fc.constantFrom('empty', 'not full'),
});

const send = fc
  .array(draft, { minLength: 1, maxLength: 12, size: 'max' })
  .map((drafts) => ({ do: 'send' as const, drafts }));
const step: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: send },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('send to many'), draft, collides: fc.boolean(), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('send the mid of another'), draft, pick }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('repeat'),
      pick,
      change: fc.constantFrom<RepeatChange>('nothing', 'nothing', 'to the present', 'msg', 'attrs', 'mtype', 'kind'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('get'), pick }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('recall'), pick }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('edit'),
      pick,
      draft,
      limit: fc.constantFrom<EditLimit>('exact', 'just too short', 0n, -1n, 10n ** 12n, INT64_MAX, -INT64_MAX - 1n),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clean'), from: fc.nat(1), begin: bound, end: bound }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove a sender'), sender: fc.nat(2) }) },
  {
    weight: 5,
    arbitrary: fc
      .oneof(
        { weight: 6, arbitrary: fc.constantFrom(0, 1, 1, 2, 3) },
        { weight: 3, arbitrary: fc.integer({ min: -20, max: -1 }) },
        { weight: 1, arbitrary: fc.constantFrom(-120_000, 60_000, 1_500_000) },
      )
      .map((ms) => ({ do: 'move the clock' as const, ms })),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('count'), request }) },
  { weight: 14, arbitrary: fc.record({ do: fc.constant('page'), viewer: fc.nat(1), request }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('walk'), viewer: fc.nat(1), request, form: walkForm }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('walk in windows'),
      request,
      cuts: fc.array(pick, { minLength: 1, maxLength: 5 }),
    }),
  },
) as fc.Arbitrary<Command>;

/** A run: something to read at first, then steps of every kind. */
export const commands: fc.Arbitrary<readonly Command[]> = fc
  .tuple(fc.array(send, { maxLength: 4, size: 'max' }), fc.array(step, { minLength: 20, maxLength: 70, size: 'max' }))
  .map(([sends, steps]) => [...sends, ...steps]);
