import { CONVERSATION_TYPES } from '@parley/contract';
import { broadcastKey, type ConversationKey, groupKey, p2pKey, roomKey } from '../storage/conversation-directory.ts';

/**
 * The conversation that `type`, `from` and `xid` of the single-message calls name: for P2P `xid` is the other side,
 * for groups and rooms their id; a broadcast has none.
 */
export function conversationOf(project: number, type: number, from: bigint, xid: bigint): ConversationKey {
  switch (type) {
    case CONVERSATION_TYPES.p2p:
      return p2pKey(project, from, xid);
    case CONVERSATION_TYPES.group:
      return groupKey(project, xid);
    case CONVERSATION_TYPES.room:
      return roomKey(project, xid);
    default:
      return broadcastKey(project);
  }
}
