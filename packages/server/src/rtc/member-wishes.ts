import { ERROR_CODES, RtmError } from '@parley/contract';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';
import type { RtcRoomEvents } from './rtc-room-events.ts';

/** What members want to get: whose voice not, and whose video. Both are theirs alone and end with their membership. */
export class MemberWishes {
  readonly #events: RtcRoomEvents;

  constructor(events: RtcRoomEvents) {
    this.#events = events;
  }

  /** @throws RtmError 200032 when the member would block more users than the room may have. */
  block(room: RtcRoom, member: RtcMember, uids: readonly bigint[]): void {
    addAll(room, member.blocked, uids);
    this.#events.emit('blocksChanged', room, member);
  }

  unblock(room: RtcRoom, member: RtcMember, uids: readonly bigint[]): void {
    for (const uid of uids) member.blocked.delete(uid);
    this.#events.emit('blocksChanged', room, member);
  }

  /** @throws RtmError 200032 when the member would subscribe to more users than the room may have. */
  subscribe(room: RtcRoom, member: RtcMember, uids: readonly bigint[]): void {
    addAll(room, member.subscribed, uids);
    for (const uid of uids) member.videoDeclined.delete(uid);
    this.#events.emit('subscriptionsChanged', room, member);
  }

  /** @throws RtmError 200032 when the member would decline more users than the room may have. */
  unsubscribe(room: RtcRoom, member: RtcMember, uids: readonly bigint[]): void {
    addAll(room, member.videoDeclined, uids);
    for (const uid of uids) member.subscribed.delete(uid);
    this.#events.emit('subscriptionsChanged', room, member);
  }
}

function addAll(room: RtcRoom, set: Set<bigint>, uids: readonly bigint[]): void {
  const max = room.project.settings.limits.rtcRoomMembersMax;
  const added = [...new Set(uids)].filter((uid) => !set.has(uid));
  if (set.size + added.length > max) {
    throw new RtmError(
      ERROR_CODES.tooManyItemsInParameters,
      `uids: the list would have ${set.size + added.length} users; at most ${max} are allowed`,
    );
  }
  for (const uid of added) set.add(uid);
}
