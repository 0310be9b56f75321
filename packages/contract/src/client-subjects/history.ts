import { declareMethods, type Refusals } from '../declaration.ts';
import { history, id, int32, p2pHistory } from '../declare-fields.ts';
import { course, mtypes, nextPage, page, span } from '../field-sets/history-page.ts';

const ouid = id('the other user');
const gid = id('the group');
const rid = id('the room');

/** A page beside a message, in place of a cursor. */
const anchored = {
  ...course,
  mid: id('the message beside which the page begins; it is not in the page'),
  ...span,
  mtypes,
};
const counted = { ...span, mtypes };

const units = { ...nextPage, msgs: history('history units, index 1 is the sender') };
const p2pUnits = {
  ...nextPage,
  msgs: p2pHistory('history units, index 1 is the direction: 1 sent by the caller, 2 sent by `ouid`'),
};
const count = { count: int32('messages') };

const messageNotFound = 'there is no message `mid` in the conversation, or it was deleted';
const ofGroup = { notGroupMember: 'the caller is not a member' } as const satisfies Refusals;
const ofRoom = { notInRoom: 'the caller is not in the room' } as const satisfies Refusals;

export const clientHistory = declareMethods('history', {
  getp2pmsg: {
    summary: 'Reads a page of the history with another user.',
    gates: ['client'],
    params: { ouid, ...page },
    answer: p2pUnits,
    refusals: {},
  },
  getp2pmsgbymessageid: {
    summary: 'Reads the messages before or after one in the history with another user.',
    gates: ['client'],
    params: { ouid, ...anchored },
    answer: p2pUnits,
    refusals: { messageNotFound },
  },
  getp2pmsgcount: {
    summary: 'Counts the messages with another user.',
    gates: ['client'],
    params: { ouid, ...counted },
    answer: count,
    refusals: {},
  },
  getgroupmsg: {
    summary: 'Reads a page of the history of a group.',
    gates: ['client'],
    params: { gid, ...page },
    answer: units,
    refusals: ofGroup,
  },
  getgroupmsgbymessageid: {
    summary: 'Reads the messages before or after one in the history of a group.',
    gates: ['client'],
    params: { gid, ...anchored },
    answer: units,
    refusals: { ...ofGroup, messageNotFound },
  },
  getgroupmsgcount: {
    summary: 'Counts the messages of a group.',
    gates: ['client'],
    params: { gid, ...counted },
    answer: count,
    refusals: ofGroup,
  },
  getroommsg: {
    summary: 'Reads a page of the history of a room.',
    gates: ['client'],
    params: { rid, ...page },
    answer: units,
    refusals: ofRoom,
  },
  getroommsgbymessageid: {
    summary: 'Reads the messages before or after one in the history of a room.',
    gates: ['client'],
    params: { rid, ...anchored },
    answer: units,
    refusals: { ...ofRoom, messageNotFound },
  },
  getroommsgcount: {
    summary: 'Counts the messages of a room.',
    gates: ['client'],
    params: { rid, ...counted },
    answer: count,
    refusals: ofRoom,
  },
  getbroadcastmsg: {
    summary: 'Reads a page of the broadcast messages of the project.',
    gates: ['client'],
    params: page,
    answer: units,
    refusals: {},
  },
  getbroadcastmsgbymessageid: {
    summary: 'Reads the broadcast messages before or after one.',
    gates: ['client'],
    params: anchored,
    answer: units,
    refusals: { messageNotFound },
  },
  getbroadcastmsgcount: {
    summary: 'Counts the broadcast messages of the project.',
    gates: ['client'],
    params: counted,
    answer: count,
    refusals: {},
  },
});
