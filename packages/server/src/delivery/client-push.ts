import { CONVERSATION_TYPES, clientPushBody, encodePush, type PushName } from '@parley/contract';
import type { Encodable } from '@parley/fpnn';
import type { DeliveredMessage } from './delivered-message.ts';

/** The push that clients get for a message: its method and parameters. */
export function clientPush(message: DeliveredMessage): { method: PushName; params: Encodable } {
  const { from, mid, mtype, attrs, mtime } = message;
  const content = { from, mid, mtype, msg: clientPushBody(mtype, message.msg), attrs, mtime };
  switch (message.type) {
    case CONVERSATION_TYPES.p2p:
      return { method: 'pushmsg', params: encodePush('pushmsg', { ...content, to: message.xid }) };
    case CONVERSATION_TYPES.group:
      return { method: 'pushgroupmsg', params: encodePush('pushgroupmsg', { ...content, gid: message.xid }) };
    case CONVERSATION_TYPES.room:
      return { method: 'pushroommsg', params: encodePush('pushroommsg', { ...content, rid: message.xid }) };
    default:
      return { method: 'pushbroadcastmsg', params: encodePush('pushbroadcastmsg', content) };
  }
}
