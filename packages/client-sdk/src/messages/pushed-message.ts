import { decodePush } from '@parley/contract/client-wire';
import type { WireMap } from '@parley/fpnn';
import type { Conversation } from '../conversation.ts';
import { type Message, toMessage } from './message.ts';

type MessagePush = 'pushmsg' | 'pushgroupmsg' | 'pushroommsg' | 'pushbroadcastmsg';

/** Reads the conversation and the content of each push that brings a message. */
const READERS: {
  readonly [Name in MessagePush]: (params: WireMap, uid: bigint) => Message;
} = {
  pushmsg: (params, uid) => {
    const { to, ...parts } = decodePush('pushmsg', params);
    return read({ kind: 'p2p', peerUid: parts.from === uid ? to : parts.from }, parts, uid);
  },
  pushgroupmsg: (params, uid) => {
    const { gid, to: _, ...parts } = decodePush('pushgroupmsg', params);
    return read({ kind: 'group', groupId: gid }, parts, uid);
  },
  pushroommsg: (params, uid) => {
    const { rid, to: _, ...parts } = decodePush('pushroommsg', params);
    return read({ kind: 'room', roomId: rid }, parts, uid);
  },
  pushbroadcastmsg: (params, uid) => {
    return read({ kind: 'broadcast', broadcast: true }, decodePush('pushbroadcastmsg', params), uid);
  },
};

/**
 * The message that a push brings, or undefined for any other push.
 *
 * @throws WireError when a parameter is missing or has the wrong type.
 */
export function readPushedMessage(method: string, params: WireMap, uid: bigint): Message | undefined {
  return Object.hasOwn(READERS, method) ? READERS[method as MessagePush](params, uid) : undefined;
}

type PushedParts = ReturnType<typeof decodePush<'pushbroadcastmsg'>>;

function read(conversation: Conversation, parts: PushedParts, uid: bigint): Message {
  return toMessage({ ...parts, conversation }, uid);
}
