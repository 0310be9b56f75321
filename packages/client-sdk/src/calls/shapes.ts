import { type ClientAnswerIn, P2P_DIRECTIONS } from '@parley/contract';
import type { Conversation } from '../conversation.ts';
import { type HistoryMessage, toHistoryMessage } from './history-page.ts';

/** The two texts that users, groups and rooms have. "" when unset. */
export type Infos = {
  /** Everybody may read it. */
  publicInfo: string;
  /** Only for the user, the members of the group, or those in the room. */
  privateInfo: string;
};

/** The newest message of a conversation, null when there is none. */
export type LastMessage = HistoryMessage | null;

type UnitOfGroup = ClientAnswerIn<'getgroupconversationlist'>['msgs'][number];
type UnitOfUsers = ClientAnswerIn<'getp2pconversationlist'>['msgs'][number];

/** The newest message as a list of conversations brings it. */
export function toLastMessage(conversation: Conversation, unit: UnitOfGroup | UnitOfUsers, uid: bigint): LastMessage {
  return unit === null
    ? null
    : toHistoryMessage(
        unit,
        { conversation, from: 'from' in unit ? unit.from : senderIn(conversation, unit, uid) },
        uid,
      );
}

function senderIn(conversation: Conversation, { direction }: NonNullable<UnitOfUsers>, uid: bigint): bigint {
  return direction === P2P_DIRECTIONS.sentByPeer && conversation.kind === 'p2p' ? conversation.peerUid : uid;
}
