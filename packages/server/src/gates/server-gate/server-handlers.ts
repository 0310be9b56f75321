import type { DeviceService } from '../../devices/device-service.ts';
import type { BlacklistService } from '../../friends/blacklist-service.ts';
import type { FriendService } from '../../friends/friend-service.ts';
import type { GroupService } from '../../groups/group-service.ts';
import type { ConversationService } from '../../history/conversation-service.ts';
import type { HistoryService } from '../../history/history-service.ts';
import type { MessageChanges } from '../../messaging/message-changes.ts';
import type { MessageClearing } from '../../messaging/message-clearing.ts';
import type { MessageService } from '../../messaging/message-service.ts';
import type { RoomService } from '../../rooms/room-service.ts';
import type { Rtc } from '../../rtc/rtc.ts';
import type { UserDataService } from '../../user-data/user-data-service.ts';
import type { LoginTokens } from '../../users/login-tokens.ts';
import type { UserService } from '../../users/user-service.ts';
import { blacklistHandlers } from './blacklist-handlers.ts';
import { conversationHandlers } from './conversation-handlers.ts';
import { deviceHandlers } from './device-handlers.ts';
import { friendHandlers } from './friend-handlers.ts';
import { groupHandlers } from './group-handlers.ts';
import { historyHandlers } from './history-handlers.ts';
import { messageHandlers } from './message-handlers.ts';
import { roomHandlers } from './room-handlers.ts';
import { rtcHandlers } from './rtc-handlers.ts';
import { tokenHandlers } from './token-handlers.ts';
import { userDataHandlers } from './user-data-handlers.ts';
import { userHandlers } from './user-handlers.ts';

/** What the methods of both gates are carried out by. */
export type Subjects = {
  messages: MessageService;
  changes: MessageChanges;
  clearing: MessageClearing;
  history: HistoryService;
  conversations: ConversationService;
  rooms: RoomService;
  groups: GroupService;
  users: UserService;
  friends: FriendService;
  blacklists: BlacklistService;
  userData: UserDataService;
  devices: DeviceService;
  tokens: LoginTokens;
  rtc: Rtc;
};

/** The handlers of the server gate, but for files and listening, whose gates bring their own. */
export function serverHandlers(subjects: Subjects) {
  return {
    ...messageHandlers(subjects.messages, subjects.changes, subjects.clearing),
    ...historyHandlers(subjects.history),
    ...conversationHandlers(subjects.conversations),
    ...roomHandlers(subjects.rooms),
    ...groupHandlers(subjects.groups),
    ...userHandlers(subjects.users),
    ...friendHandlers(subjects.friends),
    ...blacklistHandlers(subjects.blacklists),
    ...userDataHandlers(subjects.userData),
    ...deviceHandlers(subjects.devices),
    ...tokenHandlers(subjects.tokens),
    ...rtcHandlers(subjects.rtc),
  };
}
