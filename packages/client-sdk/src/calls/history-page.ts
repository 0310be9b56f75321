import { type ClientAnswerIn, P2P_DIRECTIONS } from '@parley/contract';
import type { HistoryCursor } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';
import type { Conversation } from '../conversation.ts';
import { type Message, toMessage } from '../messages/message.ts';

export type HistoryOptions = CallOptions & {
  /** True goes backward in time. Default false. */
  desc?: boolean;
  /** Messages of a page, 20 at most. Default 20. */
  pageSize?: number;
  /** Only messages of these types. Default all. */
  mtypes?: readonly number[];
};

/** A page of history. For the next one give `next` as `cursor`. */
export type HistoryPage = {
  /** Rising in time, or falling with `desc`. Recalled messages are left out. */
  readonly messages: (Message & { readonly cursorId: bigint })[];
  /** Absent when the server had no more messages. */
  readonly next?: HistoryCursor;
};

type Unit = Omit<ClientAnswerIn<'getgroupmsg'>['msgs'][number], 'from'>;
type PageAnswer<U extends Unit> = Pick<ClientAnswerIn<'getgroupmsg'>, 'lastid' | 'begin' | 'end'> & { msgs: U[] };
type SendersOf<U extends Unit> = (unit: U) => bigint;

/** Reads a page of any conversation. */
export async function readHistoryPage(
  call: Call,
  place: { readonly conversation: Conversation; readonly uid: bigint },
  cursor: HistoryCursor,
  options: HistoryOptions = {},
): Promise<HistoryPage> {
  const { conversation, uid } = place;
  const { desc = false, pageSize = 20, mtypes, ...callOptions } = options;
  const page = { desc, num: pageSize, ...cursor, ...(mtypes?.length ? { mtypes } : {}) };
  switch (conversation.kind) {
    case 'p2p': {
      const { peerUid } = conversation;
      const answer = await call('getp2pmsg', { ouid: peerUid, ...page }, callOptions);
      return toPage(answer, place, (unit) => (unit.direction === P2P_DIRECTIONS.sentByUid ? uid : peerUid));
    }
    case 'group':
      return toPage(await call('getgroupmsg', { gid: conversation.groupId, ...page }, callOptions), place, senderOf);
    case 'room':
      return toPage(await call('getroommsg', { rid: conversation.roomId, ...page }, callOptions), place, senderOf);
    case 'broadcast':
      return toPage(await call('getbroadcastmsg', page, callOptions), place, senderOf);
  }
}

function senderOf(unit: { readonly from: bigint }): bigint {
  return unit.from;
}

/** Units of history as a page of messages. */
export function toPage<U extends Unit>(
  answer: PageAnswer<U>,
  { conversation, uid }: { readonly conversation: Conversation; readonly uid: bigint },
  sender: SendersOf<U>,
): HistoryPage {
  const { msgs, lastid, begin, end } = answer;
  const messages = msgs
    .filter((unit) => !unit.isDeleted)
    .map((unit) => toHistoryMessage(unit, { conversation, from: sender(unit) }, uid));
  return msgs.length === 0 ? { messages } : { messages, next: { lastid, begin, end } };
}

export type HistoryMessage = Message & { readonly cursorId: bigint };

/** A unit of history as a message. */
export function toHistoryMessage(
  { id, mid, mtype, mtime, msg, attrs }: Unit,
  place: { readonly conversation: Conversation; readonly from: bigint },
  uid: bigint,
): HistoryMessage {
  return { ...toMessage({ ...place, mid, mtype, mtime, msg, attrs }, uid), cursorId: id };
}
