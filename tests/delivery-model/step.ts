import fc from 'fast-check';
import type { LiveWorld } from './live-world.ts';
import type { WorldModel } from './world-model.ts';

/** Few of each, so that steps meet. */
export const USERS = [1, 2, 3] as const;
export const PLACES = [11, 12] as const;

type Run = (model: WorldModel, live: LiveWorld) => Promise<void>;

/** One step. What it does comes out of small numbers, which pick among what is there, so that a failing run shrinks well. */
export class Step implements fc.AsyncCommand<WorldModel, LiveWorld> {
  readonly #name: string;
  readonly #prepare: (model: WorldModel) => Run | undefined;

  /** @param prepare - Undefined when the step cannot be taken now. Must not change the model. */
  constructor(name: string, prepare: (model: WorldModel) => Run | undefined) {
    this.#name = name;
    this.#prepare = prepare;
  }

  check(model: Readonly<WorldModel>): boolean {
    return this.#prepare(model as WorldModel) !== undefined;
  }

  async run(model: WorldModel, live: LiveWorld): Promise<void> {
    await this.#prepare(model)!(model, live);
    for (const connection of model.ended.splice(0)) await live.expectEnded(connection);
    await live.expectSessions(model.connections.length);
    await live.expectPushed(model.connections);
  }

  toString(): string {
    return this.#name;
  }
}

/** A step for every value of an arbitrary. */
export function steps<Value>(
  name: string,
  values: fc.Arbitrary<Value>,
  prepare: (value: Value, model: WorldModel) => Run | undefined,
): fc.Arbitrary<Step> {
  return values.map((value) => new Step(`${name} ${JSON.stringify(value)}`, (model) => prepare(value, model)));
}

export const user = fc.constantFrom(...USERS);
export const users = fc.uniqueArray(user, { minLength: 1, maxLength: 3 });
/** A group or a room. */
export const place = fc.constantFrom(...PLACES);
export const pick = fc.nat(99);
/** A connection, or the back end. */
export const byWhom = fc.option(pick, { nil: undefined, freq: 1 });

export function chosen<Item>(items: readonly Item[], pick: number): Item | undefined {
  return items[pick % items.length];
}
