import { mediaPushes } from './push-subjects/media.ts';
import { messagePushes } from './push-subjects/messages.ts';
import { rtcCallPushes } from './push-subjects/rtc-calls.ts';
import { rtcRoomPushes } from './push-subjects/rtc-rooms.ts';

/** Every quest that the server sends by itself, by wire name. */
export const pushes = { ...messagePushes, ...rtcRoomPushes, ...rtcCallPushes, ...mediaPushes } as const;

export type PushName = keyof typeof pushes;

/** Whether `name` is a push, with its exact letter case. */
export function isPushName(name: string): name is PushName {
  return Object.hasOwn(pushes, name);
}
