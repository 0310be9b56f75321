import type { MediaKind } from './media-engine.ts';

/** A rule of a room: media that is not forwarded, to everybody or to one viewer. */
export type RoomRule = { readonly member: string; readonly kind: MediaKind; readonly viewer?: string | undefined };

/**
 * What was set for a room. The engine keeps it and gives it to each worker that takes the room, which keeps its own copy.
 */
export class RoomPolicy {
  hearsVoices = false;
  readonly #rules = new Map<string, RoomRule>();

  get size(): number {
    return this.#rules.size;
  }

  get isEmpty(): boolean {
    return this.#rules.size === 0 && !this.hearsVoices;
  }

  get rules(): RoomRule[] {
    return [...this.#rules.values()];
  }

  set(rule: RoomRule, isOn: boolean): void {
    if (isOn) this.#rules.set(keyOf(rule), rule);
    else this.#rules.delete(keyOf(rule));
  }

  has(rule: RoomRule): boolean {
    return this.#rules.has(keyOf(rule));
  }
}

function keyOf({ member, kind, viewer }: RoomRule): string {
  return JSON.stringify([kind, member, viewer ?? null]);
}
