import { CONVERSATION_TYPES } from '@parley/contract';
import type { DeliveredMessage } from '../delivery/delivered-message.ts';
import type { PushChannel } from '../sessions/push-channel.ts';

/** Ids and names that a call lists; a missing list leaves its category alone. */
export type ListenItems = {
  gids?: readonly bigint[] | undefined;
  rids?: readonly bigint[] | undefined;
  uids?: readonly bigint[] | undefined;
  events?: readonly string[] | undefined;
};

/** Categories to hear whole, whatever the lists say; a missing one stays as it is. */
export type ListenFlags = {
  p2p?: boolean | undefined;
  group?: boolean | undefined;
  room?: boolean | undefined;
  ev?: boolean | undefined;
};

/** What one connection of a back end hears of one project. It ends with the connection. */
export class Listener {
  readonly channel: PushChannel;
  #gids = new Set<bigint>();
  #rids = new Set<bigint>();
  #uids = new Set<bigint>();
  #events = new Set<string>();
  #flags = { p2p: false, group: false, room: false, ev: false };

  constructor(channel: PushChannel) {
    this.channel = channel;
  }

  add(items: ListenItems): void {
    for (const gid of items.gids ?? []) this.#gids.add(gid);
    for (const rid of items.rids ?? []) this.#rids.add(rid);
    for (const uid of items.uids ?? []) this.#uids.add(uid);
    for (const event of items.events ?? []) this.#events.add(event);
  }

  remove(items: ListenItems): void {
    for (const gid of items.gids ?? []) this.#gids.delete(gid);
    for (const rid of items.rids ?? []) this.#rids.delete(rid);
    for (const uid of items.uids ?? []) this.#uids.delete(uid);
    for (const event of items.events ?? []) this.#events.delete(event);
  }

  /** Lists and flags are independent: SDKs restore them with two calls, in either order. */
  set(items: ListenItems, flags: ListenFlags): void {
    if (items.gids !== undefined) this.#gids = new Set(items.gids);
    if (items.rids !== undefined) this.#rids = new Set(items.rids);
    if (items.uids !== undefined) this.#uids = new Set(items.uids);
    if (items.events !== undefined) this.#events = new Set(items.events);
    const { p2p, group, room, ev } = flags;
    const now = this.#flags;
    this.#flags = { p2p: p2p ?? now.p2p, group: group ?? now.group, room: room ?? now.room, ev: ev ?? now.ev };
  }

  /** P2P messages are heard by their sender. */
  hears({ type, from, xid }: DeliveredMessage): boolean {
    switch (type) {
      case CONVERSATION_TYPES.p2p:
        return this.#flags.p2p || this.#uids.has(from);
      case CONVERSATION_TYPES.group:
        return this.#flags.group || this.#gids.has(xid);
      case CONVERSATION_TYPES.room:
        return this.#flags.room || this.#rids.has(xid);
      default:
        return false;
    }
  }

  hearsEvent(event: string): boolean {
    return this.#flags.ev || this.#events.has(event);
  }
}
