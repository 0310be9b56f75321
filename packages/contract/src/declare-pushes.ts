import type { PushField } from './fields.ts';
import type { Gate } from './gates.ts';

/** What is written down about a push. */
export type PushShape = {
  /** One sentence. */
  readonly summary: string;
  /** Who gets it: users logged in on the client gate, back ends listening on the server gate, clients of the media gate. */
  readonly to: readonly Gate[];
  /** True: no answer is possible. False: the receiver answers an empty map; any answer, an error too, says it arrived. */
  readonly isOneWay: boolean;
  readonly params: { readonly [name: string]: PushField };
  readonly notes?: string;
};

/** A quest from the server to a client or to a back end. */
export type PushDeclaration = PushShape & {
  /** The wire name, with its exact letter case. */
  readonly name: string;
};

type Declared<Shapes extends Readonly<Record<string, PushShape>>> = {
  readonly [Name in keyof Shapes & string]: Shapes[Name] & { readonly name: Name };
};

/** Declares pushes; each key is a wire name. */
export function declarePushes<const Shapes extends Readonly<Record<string, PushShape>>>(
  shapes: Shapes,
): Declared<Shapes> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { ...shape, name }]),
  ) as Declared<Shapes>;
}
