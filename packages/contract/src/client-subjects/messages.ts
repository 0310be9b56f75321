import { declareMethods } from '../declaration.ts';
import { alsoNamed, id, idList, optional, text } from '../declare-fields.ts';
import { message, p2pRefusals, sendRefusals, sentMtype, stored } from '../field-sets/message.ts';
import { address, anyConversation, messageNotFound, storedMessage } from '../field-sets/stored-message.ts';

const content = {
  ...message,
  mtype: sentMtype,
  // The checks of texts and pictures spell the same parameter with a capital.
  strategyid: optional(alsoNamed(text('which content check is wanted; without effect'), 'strategyId')),
  checkParams: optional(text('parameters of the content check; without effect')),
};

const notMine = {
  messageNotFound,
  notGroupMember: 'type 2: the caller is not a member of the group',
  notInRoom: 'type 3: the caller is not in the room',
} as const;

export const clientMessages = declareMethods('messages', {
  sendmsg: {
    summary: 'Sends a message to a user.',
    gates: ['client'],
    params: { to: id('the receiver'), ...content },
    answer: stored,
    refusals: p2pRefusals,
    notes: 'The other connections of the sender get it as a push too, the sending one does not.',
  },
  sendgroupmsg: {
    summary: 'Sends a message to all members of a group.',
    gates: ['client'],
    params: { gid: id('the group'), ...content },
    answer: stored,
    refusals: {
      ...sendRefusals,
      notGroupMember: 'the sender is not a member',
      bannedInGroup: 'the sender is banned in the group, in all groups or in the whole project',
    },
  },
  sendroommsg: {
    summary: 'Sends a message to everybody who is in a room.',
    gates: ['client'],
    params: { rid: id('the room'), ...content },
    answer: stored,
    refusals: {
      ...sendRefusals,
      notInRoom: 'the sender is not in the room',
      bannedInRoom: 'the sender is banned in the room, in all rooms or in the whole project',
    },
  },
  sendmsgs: {
    summary: 'Sends the same message to several users.',
    gates: ['client'],
    params: { tos: idList('the receivers', { limit: 'receiversMax' }), ...content },
    answer: stored,
    refusals: p2pRefusals,
    notes: 'Of the first generation of SDKs; those of today call sendmsg several times.',
  },
  getmsg: {
    summary: 'Reads one stored message.',
    gates: ['client'],
    params: { ...address, type: anyConversation },
    answer: storedMessage,
    refusals: { ...notMine, permissionDenied: 'type 1: the caller is neither sender nor receiver' },
  },
  delmsg: {
    summary: 'Deletes (recalls) one stored message.',
    gates: ['client'],
    params: { ...address, type: anyConversation },
    answer: {},
    refusals: { ...notMine, permissionDenied: 'the caller is not the sender' },
  },
});
