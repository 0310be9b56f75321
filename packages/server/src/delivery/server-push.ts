import { CONVERSATION_TYPES, encodePush, type PushName, serverPushBody } from '@parley/contract';
import type { Encodable } from '@parley/fpnn';
import type { DeliveredMessage } from './delivered-message.ts';

/**
 * The push that a listening back end gets for a message, or undefined for a broadcast: no SDK takes those. Every kind has
 * `to`, since one SDK builds its message from it.
 */
export function serverPush(message: DeliveredMessage): { method: PushName; params: Encodable } | undefined {
  const { from, xid: to, mid, mtype, attrs, mtime } = message;
  const content = { from, to, mid, mtype, msg: serverPushBody(mtype, message.msg), attrs, mtime };
  switch (message.type) {
    case CONVERSATION_TYPES.p2p:
      return { method: 'pushmsg', params: encodePush('pushmsg', content) };
    case CONVERSATION_TYPES.group:
      return { method: 'pushgroupmsg', params: encodePush('pushgroupmsg', { ...content, gid: to }) };
    case CONVERSATION_TYPES.room:
      return { method: 'pushroommsg', params: encodePush('pushroommsg', { ...content, rid: to }) };
    default:
      return undefined;
  }
}
