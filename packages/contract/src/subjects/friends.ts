import { declareMethods } from '../declaration.ts';
import { flag, id, idList } from '../declare-fields.ts';

const uid = id('the user');
const several = (meaning: string) => idList(meaning, { limit: 'friendsPerCallMax' });

export const friendMethods = declareMethods('friends', {
  addfriends: {
    summary: 'Makes users friends of a user.',
    gates: ['server'],
    params: { uid, friends: several('the new friends') },
    answer: {},
    refusals: { maxFriendCount: 'one of the users would have more than friendsMax friends' },
    notes: 'Friendship is mutual. All become friends or none; `uid` itself is passed over.',
  },
  delfriends: {
    summary: 'Ends friendships of a user.',
    gates: ['server'],
    params: { uid, friends: several('the friends of before') },
    answer: {},
    refusals: {},
  },
  getfriends: {
    summary: 'Lists the friends of a user.',
    gates: ['server'],
    params: { uid },
    answer: { uids: idList('the friends') },
    refusals: {},
  },
  isfriend: {
    summary: 'Tells whether two users are friends.',
    gates: ['server'],
    params: { uid, fuid: id('the other user') },
    answer: { ok: flag('true: friends') },
    refusals: {},
  },
  isfriends: {
    summary: 'Tells which of several users are friends of a user.',
    gates: ['server'],
    params: { uid, fuids: several('the other users') },
    answer: { fuids: idList('those who are friends') },
    refusals: {},
  },
});
