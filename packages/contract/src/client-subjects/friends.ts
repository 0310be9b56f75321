import { declareMethods } from '../declaration.ts';
import { idList } from '../declare-fields.ts';

const several = (meaning: string) => idList(meaning, { limit: 'friendsPerCallMax' });

export const clientFriends = declareMethods('friends', {
  addfriends: {
    summary: 'Makes users friends of the caller.',
    gates: ['client'],
    params: { friends: several('the new friends') },
    answer: {},
    refusals: { maxFriendCount: 'one of the users would have more than friendsMax friends' },
  },
  delfriends: {
    summary: 'Ends friendships of the caller.',
    gates: ['client'],
    params: { friends: several('the friends of before') },
    answer: {},
    refusals: {},
  },
  getfriends: {
    summary: 'Lists the friends of the caller.',
    gates: ['client'],
    params: {},
    answer: { uids: idList('the friends') },
    refusals: {},
  },
});
