import { CLEARED_MESSAGES_LABELS } from '../cleared-messages.ts';
import { declareMethods } from '../declaration.ts';
import { body, choice, defaulted, durationMs, id, int32, mtypeList, optional, timeMs } from '../declare-fields.ts';
import {
  address,
  anyConversation,
  conversationType,
  messageNotFound,
  storedAttrs,
  storedMessage,
} from '../field-sets/stored-message.ts';

/**
 * getmsgnum, editmsg and delconversationmsgs are documented for groups and rooms only. No source says what they would
 * do for P2P, where `xid` alone names no conversation, and for broadcast; both are refused.
 */
const groupOrRoom = conversationType([2, 3]);

export const recall = declareMethods('recall', {
  getmsg: {
    summary: 'Reads one stored message.',
    gates: ['server'],
    params: { ...address, type: anyConversation },
    answer: storedMessage,
    refusals: { messageNotFound },
  },
  delmsg: {
    summary: 'Deletes (recalls) one stored message.',
    gates: ['server'],
    params: { ...address, type: anyConversation },
    answer: {},
    refusals: { messageNotFound },
    notes: 'After the answer the message is gone from history, getmsg and counts.',
  },
  cleanmsg: {
    summary: 'Deletes all messages of a conversation in a span of time.',
    gates: ['server'],
    params: {
      from: id('P2P: one side; broadcast: the sender; group and room: ignored'),
      xid: id('P2P: the other side; the group; the room; 0 for broadcast'),
      type: anyConversation,
      begin: timeMs('earliest `mtime`, inclusive'),
      end: timeMs('latest `mtime`, inclusive'),
    },
    answer: {},
    refusals: {},
    notes: 'P2P cleans both directions.',
  },
  getmsgnum: {
    summary: 'Counts the stored messages of a group or room and their distinct senders.',
    gates: ['server'],
    params: {
      type: groupOrRoom,
      xid: id('the group or room'),
      mtypes: optional(mtypeList('only these message types; missing or empty counts all')),
      begin: defaulted(timeMs('earliest `mtime`, inclusive; 0 or less is no bound'), 0),
      end: defaulted(timeMs('latest `mtime`, inclusive; 0 or less is no bound'), 0),
    },
    answer: { sender: int32('distinct senders'), num: int32('messages') },
    refusals: {},
    notes: 'The method is documented for types 2 and 3 only; 1 and 4 are refused.',
  },
  editmsg: {
    summary: 'Replaces content and attrs of a stored message of a group or room.',
    gates: ['server'],
    params: {
      ...address,
      xid: id('the group or room it went to'),
      type: groupOrRoom,
      msg: body('the new content'),
      attrs: storedAttrs,
      timeLimit: durationMs('greatest age of the message at which it may still be edited; 0 or less is no limit'),
    },
    answer: {},
    refusals: { messageNotFound, permissionDenied: 'the message is older than `timeLimit`' },
    notes:
      'Order and `mtime` of the message stay. The method is documented for types 2 and 3 only; 1 and 4 are refused.',
  },
  delconversationmsgs: {
    summary: 'Deletes every message that one user sent to a group or room.',
    gates: ['server'],
    params: { from: id('the sender whose messages go'), xid: id('the group or room'), type: groupOrRoom },
    answer: {},
    refusals: {},
    notes: 'The method is documented for types 2 and 3 only; 1 and 4 are refused.',
  },
  clearprojectmsg: {
    summary: 'Deletes the stored messages of the whole project, of one kind or all.',
    gates: ['server'],
    params: {
      type: choice('whose, numbered otherwise than elsewhere', {
        allowed: [0, 1, 2, 3, 4],
        labels: CLEARED_MESSAGES_LABELS,
        wire: 'int8',
      }),
    },
    answer: {},
    refusals: {},
  },
  clearusermsg: {
    summary: 'Deletes what one user has sent.',
    gates: ['server'],
    params: { uid: id('the user') },
    answer: {},
    refusals: {},
  },
});
