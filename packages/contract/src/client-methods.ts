import { attributeMethods } from './client-subjects/attributes.ts';
import { clientBlacklist } from './client-subjects/blacklist.ts';
import { conversationMethods } from './client-subjects/conversations.ts';
import { clientData } from './client-subjects/data.ts';
import { debugLogMethods } from './client-subjects/debug-log.ts';
import { clientDevices } from './client-subjects/devices.ts';
import { fileMethods } from './client-subjects/files.ts';
import { clientFriends } from './client-subjects/friends.ts';
import { clientGroups } from './client-subjects/groups.ts';
import { clientHistory } from './client-subjects/history.ts';
import { clientMessages } from './client-subjects/messages.ts';
import { clientRooms } from './client-subjects/rooms.ts';
import { rtcCallMethods } from './client-subjects/rtc-calls.ts';
import { clientRtcRooms } from './client-subjects/rtc-rooms.ts';
import { sessionMethods } from './client-subjects/session.ts';
import { clientUsers } from './client-subjects/users.ts';

/**
 * Every method of the client gate, by wire name. Many have the name of a method of the server gate and other
 * parameters: here the caller is the user who is logged in.
 */
export const clientMethods = {
  ...sessionMethods,
  ...clientMessages,
  ...clientHistory,
  ...conversationMethods,
  ...clientRooms,
  ...clientGroups,
  ...clientFriends,
  ...clientBlacklist,
  ...clientUsers,
  ...clientData,
  ...clientDevices,
  ...attributeMethods,
  ...debugLogMethods,
  ...fileMethods,
  ...clientRtcRooms,
  ...rtcCallMethods,
} as const;

export type ClientMethodName = keyof typeof clientMethods;

/** Whether `name` is a method of the client gate, with its exact letter case. */
export function isClientMethodName(name: string): name is ClientMethodName {
  return Object.hasOwn(clientMethods, name);
}
