import { CLEARED_MESSAGES, type ClearedMessages, CONVERSATION_TYPES, type ConversationType } from '@parley/contract';
import type { MessageChanges } from '../../messaging/message-changes.ts';
import type { MessageClearing } from '../../messaging/message-clearing.ts';
import type { MessageService } from '../../messaging/message-service.ts';
import { type Handlers, NOTHING } from './handler.ts';

type Methods =
  | 'sendmsg'
  | 'sendmsgs'
  | 'sendgroupmsg'
  | 'sendroommsg'
  | 'broadcastmsg'
  | 'delmsg'
  | 'cleanmsg'
  | 'editmsg'
  | 'delconversationmsgs'
  | 'clearprojectmsg'
  | 'clearusermsg';

const CLEARED_TYPES: Readonly<Record<ClearedMessages, readonly ConversationType[]>> = {
  [CLEARED_MESSAGES.p2p]: [CONVERSATION_TYPES.p2p],
  [CLEARED_MESSAGES.room]: [CONVERSATION_TYPES.room],
  [CLEARED_MESSAGES.group]: [CONVERSATION_TYPES.group],
  [CLEARED_MESSAGES.broadcast]: [CONVERSATION_TYPES.broadcast],
  [CLEARED_MESSAGES.all]: Object.values(CONVERSATION_TYPES),
};

export function messageHandlers(
  messages: MessageService,
  changes: MessageChanges,
  clearing: MessageClearing,
): Handlers<Methods> {
  return {
    sendmsg: async (project, params) => ({ mtime: await messages.sendToUser(project, params.to, params) }),
    sendmsgs: async (project, params) => ({ mtime: await messages.sendToUsers(project, params.tos, params) }),
    sendgroupmsg: async (project, params) => ({ mtime: await messages.sendToGroup(project, params.gid, params) }),
    sendroommsg: async (project, params) => ({ mtime: await messages.sendToRoom(project, params.rid, params) }),
    broadcastmsg: async (project, params) => ({ mtime: await messages.broadcast(project, params) }),
    delmsg: async (project, params) => {
      await changes.recall(project, params);
      return NOTHING;
    },
    cleanmsg: async (project, params) => {
      await changes.clean(project, params, params.begin, params.end);
      return NOTHING;
    },
    editmsg: async (project, params) => {
      await changes.edit(project, params, params, params.timeLimit);
      return NOTHING;
    },
    delconversationmsgs: async (project, params) => {
      await changes.removeAllFrom(project, params);
      return NOTHING;
    },
    clearprojectmsg: async (project, { type }) => {
      await clearing.clearProject(project, CLEARED_TYPES[type]);
      return NOTHING;
    },
    clearusermsg: async (project, { uid }) => {
      await clearing.clearUser(project, uid);
      return NOTHING;
    },
  };
}
