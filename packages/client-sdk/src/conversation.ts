import { CONVERSATION_TYPES, type ConversationType } from '@parley/contract';
import type { Id } from '@parley/contract/sdk';

/** Names a conversation: the one with a user, a group, a room, or the broadcasts to everybody. */
export type ConversationRef = { peerUid: Id } | { groupId: Id } | { roomId: Id } | { broadcast: true };

/** A conversation as messages and events name it. It can be given wherever a {@link ConversationRef} is wanted. */
export type Conversation =
  | { readonly kind: 'p2p'; readonly peerUid: bigint }
  | { readonly kind: 'group'; readonly groupId: bigint }
  | { readonly kind: 'room'; readonly roomId: bigint }
  | { readonly kind: 'broadcast'; readonly broadcast: true };

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** @throws TypeError for anything but a number or bigint, RangeError for an unsafe number or one beyond int64. */
export function toId(name: string, id: Id): bigint {
  if (typeof id !== 'number' && typeof id !== 'bigint') throw new TypeError(`${name} must be a number or bigint`);
  if (typeof id === 'number' && !Number.isSafeInteger(id)) {
    throw new RangeError(`${name} is no safe integer; pass a bigint`);
  }
  const wide = BigInt(id);
  if (wide < INT64_MIN || wide > INT64_MAX) throw new RangeError(`${name} must lie within int64`);
  return wide;
}

/** @throws TypeError when nothing or something else is named, RangeError as {@link toId}. */
export function toConversation(ref: ConversationRef): Conversation {
  if (typeof ref === 'object' && ref !== null) {
    if ('peerUid' in ref) return { kind: 'p2p', peerUid: toId('peerUid', ref.peerUid) };
    if ('groupId' in ref) return { kind: 'group', groupId: toId('groupId', ref.groupId) };
    if ('roomId' in ref) return { kind: 'room', roomId: toId('roomId', ref.roomId) };
    if ('broadcast' in ref) return { kind: 'broadcast', broadcast: true };
  }
  throw new TypeError('a conversation is named by peerUid, groupId, roomId or broadcast: true');
}

/** A text that is the same for the same conversation. */
export function conversationKey(conversation: Conversation): string {
  return `${conversation.kind}:${conversationId(conversation)}`;
}

/** The other user, the group or the room; 0 for the broadcasts. */
export function conversationId(conversation: Conversation): bigint {
  switch (conversation.kind) {
    case 'p2p':
      return conversation.peerUid;
    case 'group':
      return conversation.groupId;
    case 'room':
      return conversation.roomId;
    case 'broadcast':
      return 0n;
  }
}

/** The number that the wire has for the kind. */
export function conversationType(conversation: Conversation): ConversationType {
  return CONVERSATION_TYPES[conversation.kind];
}
