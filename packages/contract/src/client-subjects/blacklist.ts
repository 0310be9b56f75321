import { declareMethods } from '../declaration.ts';
import { idList } from '../declare-fields.ts';

const several = (meaning: string) => idList(meaning, { limit: 'blacksPerCallMax' });

export const clientBlacklist = declareMethods('blacklist', {
  addblacks: {
    summary: 'Puts users on the blacklist of the caller.',
    gates: ['client'],
    params: { blacks: several('the users who are blocked') },
    answer: {},
    refusals: { invalidParameter: 'the caller would block more than blacksMax users' },
  },
  delblacks: {
    summary: 'Takes users off the blacklist of the caller.',
    gates: ['client'],
    params: { blacks: several('the users who are no longer blocked') },
    answer: {},
    refusals: {},
  },
  getblacks: {
    summary: 'Lists whom the caller blocks.',
    gates: ['client'],
    params: {},
    answer: { uids: idList('the users who are blocked') },
    refusals: {},
  },
});
