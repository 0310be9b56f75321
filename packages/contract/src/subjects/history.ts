import { declareMethods } from '../declaration.ts';
import { defaulted, history, id, p2pHistory } from '../declare-fields.ts';
import { nextPage, page } from '../field-sets/history-page.ts';

const viewer = defaulted(id('the user who reads, 0 is nobody; informative only'), 0n);

const units = { ...nextPage, msgs: history('history units, index 1 is the sender') };

export const historyMethods = declareMethods('history', {
  getgroupmsg: {
    summary: 'Reads a page of the history of a group.',
    gates: ['server'],
    params: { gid: id('the group'), uid: viewer, ...page },
    answer: units,
    refusals: {},
  },
  getroommsg: {
    summary: 'Reads a page of the history of a room.',
    gates: ['server'],
    params: { rid: id('the room'), uid: viewer, ...page },
    answer: units,
    refusals: {},
  },
  getbroadcastmsg: {
    summary: 'Reads a page of the broadcast messages of the project.',
    gates: ['server'],
    params: { uid: viewer, ...page },
    answer: units,
    refusals: {},
  },
  getp2pmsg: {
    summary: 'Reads a page of the history between two users.',
    gates: ['server'],
    params: { uid: id('one side'), ouid: id('the other side'), ...page },
    answer: {
      ...nextPage,
      msgs: p2pHistory('history units, index 1 is the direction: 1 sent by `uid`, 2 sent by `ouid`'),
    },
    refusals: {},
  },
});
