import { declareMethods } from '../declaration.ts';
import { idList } from '../declare-fields.ts';
import { givenInfos, infos, openInfos } from '../field-sets/infos.ts';

export const clientUsers = declareMethods('users', {
  getonlineusers: {
    summary: 'Tells which of several users are online.',
    gates: ['client'],
    params: { uids: idList('the users', { limit: 'onlineUsersPerCallMax' }) },
    answer: { uids: idList('those who are online') },
    refusals: {},
  },
  setuserinfo: {
    summary: 'Stores the public and the private info of the caller.',
    gates: ['client'],
    params: givenInfos,
    answer: {},
    refusals: {},
  },
  getuserinfo: {
    summary: 'Reads the public and the private info of the caller.',
    gates: ['client'],
    params: {},
    answer: infos,
    refusals: {},
  },
  getuseropeninfo: {
    summary: 'Reads the public infos of several users.',
    gates: ['client'],
    params: { uids: idList('the users', { limit: 'openInfosPerCallMax' }) },
    answer: openInfos,
    refusals: {},
  },
});
