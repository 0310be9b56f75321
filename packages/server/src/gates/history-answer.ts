import { P2P_DIRECTIONS } from '@parley/contract';
import { RawString } from '@parley/fpnn';
import { bodyOf, type Page } from '../history/history-service.ts';
import type { StoredMessage } from '../storage/history-reader.ts';

/** What every unit of history tells; recalled messages are never in an answer, so none is marked as deleted. */
export function messageUnit(message: StoredMessage) {
  return {
    id: message.id,
    mtype: message.mtype,
    mid: message.mid,
    isDeleted: false,
    msg: bodyOf(message),
    attrs: new RawString(message.attrs),
    mtime: message.mtime,
  };
}

export function unitWithSender(message: StoredMessage) {
  return { ...messageUnit(message), from: message.sender };
}

export function pageAnswer<Unit>(page: Page, toUnit: (message: StoredMessage) => Unit) {
  const { messages, lastid, begin, end } = page;
  return { num: messages.length, lastid, begin, end, msgs: messages.map(toUnit) };
}

/** Units between two users, from the side of one of them. */
export function unitFor(uid: bigint) {
  const { sentByUid, sentByPeer } = P2P_DIRECTIONS;
  return (message: StoredMessage) => ({
    ...messageUnit(message),
    direction: message.sender === uid ? sentByUid : sentByPeer,
  });
}
