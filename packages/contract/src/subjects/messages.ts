import { declareMethods } from '../declaration.ts';
import { id, idList } from '../declare-fields.ts';
import { message, p2pRefusals, sendRefusals, sentMtype, stored } from '../field-sets/message.ts';

/** The first parameters of every send; where it goes stands between these and the message. */
const origin = { mtype: sentMtype, from: id('the sender') };

export const messages = declareMethods('messages', {
  sendmsg: {
    summary: 'Sends a message from one user to another.',
    gates: ['server'],
    params: { ...origin, to: id('the receiver'), ...message },
    answer: stored,
    refusals: p2pRefusals,
    notes:
      'Neither side has to be online. The chat, audio and command helpers of SDKs are this method with mtype 30, 31 and 32.',
  },
  sendmsgs: {
    summary: 'Sends the same message from one user to many.',
    gates: ['server'],
    params: { ...origin, tos: idList('the receivers', { limit: 'receiversMax' }), ...message },
    answer: stored,
    refusals: p2pRefusals,
    notes: 'One `mid` is shared by all the conversations.',
  },
  sendgroupmsg: {
    summary: 'Sends a message to all members of a group.',
    gates: ['server'],
    params: { ...origin, gid: id('the group'), ...message },
    answer: stored,
    refusals: {
      ...sendRefusals,
      notGroupMember: 'the project demands that the sender be a member, and it is not',
      bannedInGroup: 'the sender is banned in the group, in all groups or in the whole project',
      emptyGroup: 'the group has no members',
    },
  },
  sendroommsg: {
    summary: 'Sends a message to everybody who is in a room.',
    gates: ['server'],
    params: { ...origin, rid: id('the room'), ...message },
    answer: stored,
    refusals: {
      ...sendRefusals,
      notInRoom: 'the project demands that the sender be in the room, and it is not',
      bannedInRoom: 'the sender is banned in the room, in all rooms or in the whole project',
    },
  },
  broadcastmsg: {
    summary: 'Sends a message to every user of the project.',
    gates: ['server'],
    params: { ...origin, ...message },
    answer: stored,
    refusals: {
      ...sendRefusals,
      adminOnly: 'the project names the users who may broadcast, and the sender is none of them',
      blockUser: p2pRefusals.blockUser,
    },
  },
});
