import type { ConversationService } from '../../history/conversation-service.ts';
import { type Handlers, NOTHING } from './handler.ts';

/** Conversations in the lists of users. */
export function conversationHandlers(conversations: ConversationService): Handlers<'addsessions' | 'removesessions'> {
  return {
    addsessions: async (project, { uid, uids }) => {
      await conversations.add(project, uid, uids);
      return NOTHING;
    },
    removesessions: async (project, { uid, uids, oneway }) => {
      await conversations.remove(project, uid, uids, { oneWay: oneway });
      return NOTHING;
    },
  };
}
