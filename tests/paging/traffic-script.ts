import fc from 'fast-check';
import { type Draft, draft, MTYPES, type WalkForm, walkForm } from './commands.ts';

/** One thing that a writer does; `place` and `pick` choose a conversation and one of the messages sent there. */
export type WriterStep =
  | { readonly do: 'send'; readonly place: number; readonly drafts: readonly Draft[] }
  | { readonly do: 'send to many'; readonly draft: Draft }
  | { readonly do: 'recall'; readonly place: number; readonly pick: number }
  | { readonly do: 'edit'; readonly place: number; readonly pick: number; readonly draft: Draft }
  | { readonly do: 'clean'; readonly place: number; readonly pick: number; readonly width: number }
  | { readonly do: 'remove a sender'; readonly place: number; readonly sender: number }
  | { readonly do: 'move the clock'; readonly ms: number };

/** One walk of a reader; with `window` it stays between the times of two messages. */
export type WalkDraft = {
  readonly place: number;
  readonly viewer: number;
  readonly desc: boolean;
  readonly num: number;
  readonly mtypes: readonly number[] | undefined;
  readonly window: readonly [number, number] | undefined;
  readonly form: WalkForm;
};

export type TrafficScript = {
  /** Sent into every conversation before anybody reads. */
  readonly fill: readonly Draft[];
  readonly writers: readonly (readonly WriterStep[])[];
  /** Repeated until the writers have finished. */
  readonly readers: readonly (readonly WalkDraft[])[];
};

const place = fc.nat(99);
const pick = fc.nat(9999);

const writerStep = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant('send'),
      place,
      drafts: fc.array(draft, { minLength: 1, maxLength: 8, size: 'max' }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send to many'), draft }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('recall'), place, pick }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('edit'), place, pick, draft }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clean'), place, pick, width: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove a sender'), place, sender: fc.nat(2) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('move the clock'), ms: fc.constantFrom(1, 1, 2, 5, -1, -3) }) },
) as fc.Arbitrary<WriterStep>;

const walk: fc.Arbitrary<WalkDraft> = fc.record({
  place,
  viewer: fc.nat(1),
  desc: fc.boolean(),
  num: fc.constantFrom(1, 2, 3, 7, 19, 20, 21, 500),
  mtypes: fc.option(fc.subarray([...MTYPES], { minLength: 1 }), { nil: undefined, freq: 2 }),
  window: fc.option(fc.tuple(pick, pick), { nil: undefined, freq: 2 }),
  form: walkForm,
});

/** Thousands of steps tell nothing in a failure; the seed brings them back. */
const BRIEF = { [fc.toStringMethod]: () => 'a script' };

export const trafficScript: fc.Arbitrary<TrafficScript> = fc
  .record({
    fill: fc.array(draft, { minLength: 20, maxLength: 60, size: 'max' }),
    writers: fc.array(fc.array(writerStep, { minLength: 25, maxLength: 60, size: 'max' }), {
      minLength: 3,
      maxLength: 6,
    }),
    readers: fc.array(fc.array(walk, { minLength: 3, maxLength: 10, size: 'max' }), { minLength: 3, maxLength: 5 }),
  })
  .map((script) => ({ ...BRIEF, ...script }));
