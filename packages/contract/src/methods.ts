import { blacklistMethods } from './subjects/blacklists.ts';
import { dataMethods } from './subjects/data.ts';
import { deviceMethods } from './subjects/devices.ts';
import { serverFileMethods } from './subjects/files.ts';
import { friendMethods } from './subjects/friends.ts';
import { groupMethods } from './subjects/groups.ts';
import { historyMethods } from './subjects/history.ts';
import { listeningMethods } from './subjects/listening.ts';
import { messages } from './subjects/messages.ts';
import { recall } from './subjects/recall.ts';
import { roomMethods } from './subjects/rooms.ts';
import { rtcRoomMethods } from './subjects/rtc-rooms.ts';
import { tokenMethods } from './subjects/tokens.ts';
import { userMethods } from './subjects/users.ts';

/** Every method of the server gate, by wire name. Aliases are entries of their own with `aliasOf`. */
export const methods = {
  ...messages,
  ...historyMethods,
  ...recall,
  ...roomMethods,
  ...groupMethods,
  ...friendMethods,
  ...blacklistMethods,
  ...userMethods,
  ...dataMethods,
  ...deviceMethods,
  ...tokenMethods,
  ...listeningMethods,
  ...serverFileMethods,
  ...rtcRoomMethods,
} as const;

export type MethodName = keyof typeof methods;

/** Whether `name` is a method of the server gate, with its exact letter case. */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
