import { declareMethods } from '../declaration.ts';
import { flag, id, idList } from '../declare-fields.ts';

const uid = id('the user');
const several = (meaning: string) => idList(meaning, { limit: 'blacksPerCallMax' });

export const blacklistMethods = declareMethods('blacklists', {
  addblacks: {
    summary: 'Puts users on the blacklist of a user.',
    gates: ['server'],
    params: { uid, blacks: several('the users who are blocked') },
    answer: {},
    refusals: { invalidParameter: 'the user would block more than blacksMax users' },
    notes: 'Who is blocked cannot send to `uid`; `uid` still can. `uid` itself is passed over.',
  },
  delblacks: {
    summary: 'Takes users off the blacklist of a user.',
    gates: ['server'],
    params: { uid, blacks: several('the users who are no longer blocked') },
    answer: {},
    refusals: {},
  },
  getblacks: {
    summary: 'Lists whom a user blocks.',
    gates: ['server'],
    params: { uid },
    answer: { uids: idList('the users who are blocked') },
    refusals: {},
  },
  isblack: {
    summary: 'Tells whether a user is blocked by another.',
    gates: ['server'],
    params: { uid, buid: id('whose blacklist is looked at') },
    answer: { ok: flag('true: `buid` blocks `uid`') },
    refusals: {},
  },
  isblacks: {
    summary: 'Tells which of several users block a user.',
    gates: ['server'],
    params: { uid, buids: several('whose blacklists are looked at') },
    answer: { buids: idList('those who block `uid`') },
    refusals: {},
  },
});
