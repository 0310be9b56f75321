import type { Session } from '../sessions/session.ts';
import type { Devices } from './room-signals.ts';

/**
 * A way in which a member is here. `session`: it entered on the client gate. `media`: it has a connection of the media
 * gate, by a ticket that `session` got, or that it was pulled with. `web`: it publishes from a browser.
 */
export type WayIn =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'media'; readonly session: Session | undefined }
  | { readonly kind: 'web' };

/** One member of an RTC room. */
export class RtcMember {
  readonly uid: bigint;
  /** By what stands for the way: the session, the connection or the publication. */
  readonly #ways = new Map<object, WayIn>();
  /** False for somebody who was pulled and has not come yet. The others are told of a member when it enters. */
  hasEntered = false;
  /** Whether it publishes from a browser, or did so before its connection was lost. */
  isWeb = false;
  /** Whether it entered by a quest, once: then it knows RTC rooms, and sends no signals to the RTM room. */
  usesQuests = false;
  /** What it said last about its devices; undefined when it never did, as native clients of official SDKs. */
  devices: Devices | undefined;
  /** Calls off the time limit of a member who is expected, at first or again. */
  stopAwaiting: (() => void) | undefined;
  /** Whose voice it does not want. */
  readonly blocked = new Set<bigint>();
  /** Whose video it wants; without a subscription a native client gets none. */
  readonly subscribed = new Set<bigint>();
  /** Whose video it has said it does not want; a browser gets all other. */
  readonly videoDeclined = new Set<bigint>();

  constructor(uid: bigint) {
    this.uid = uid;
  }

  /** Whether it is a page of the official browser SDK: it signals in the RTM room, and knows nothing else. */
  get sendsSignals(): boolean {
    return this.isWeb && !this.usesQuests;
  }

  get isHere(): boolean {
    return this.#ways.size > 0;
  }

  /** The connections of the client gate that it entered with. */
  get sessions(): Session[] {
    return [...this.#ways.values()].flatMap((way) => (way.kind === 'session' ? [way.session] : []));
  }

  has(kind: WayIn['kind']): boolean {
    for (const way of this.#ways.values()) if (way.kind === kind) return true;
    return false;
  }

  hasWay(key: object): boolean {
    return this.#ways.has(key);
  }

  addWay(key: object, way: WayIn): void {
    this.#ways.set(key, way);
    if (way.kind === 'web') this.isWeb = true;
    else this.usesQuests = true;
  }

  /** @returns the kind of the way that was taken away; undefined when there was none. */
  removeWay(key: object): WayIn['kind'] | undefined {
    const way = this.#ways.get(key);
    this.#ways.delete(key);
    return way?.kind;
  }

  /** What stands for its ways. */
  keys(): object[] {
    return [...this.#ways.keys()];
  }

  /** The keys of all ways that end with a session. */
  waysOf(session: Session): object[] {
    return [...this.#ways].flatMap(([key, way]) => (way.kind !== 'web' && way.session === session ? [key] : []));
  }
}
