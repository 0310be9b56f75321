import { RTC_ROOM_TYPES } from '@parley/contract';
import type { Devices } from './room-signals.ts';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';

/**
 * What a member's devices are for the others: what it said last, and closed where the room does not pass them on. Native
 * clients say nothing; what they may send counts.
 */
export function devicesOf(room: RtcRoom, { uid, devices }: RtcMember): Devices {
  const { camera, microphone } = devices ?? { camera: room.type === RTC_ROOM_TYPES.video, microphone: true };
  return { camera: camera && room.mayBeSeen(uid), microphone: microphone && room.mayBeHeard(uid) };
}
