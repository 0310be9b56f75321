import { declareMethods } from '../declaration.ts';
import { defaulted, flag, id, idList, int32 } from '../declare-fields.ts';
import { givenInfos, infos, openInfos } from '../field-sets/infos.ts';

const uid = id('the user');
const btime = int32('how long from now; 0 or less is for ever', { unit: 's' });
const peers = idList('the other users', { limit: 'conversationsPerCallMax' });

export const userMethods = declareMethods('users', {
  getonlineusers: {
    summary: 'Tells which of several users are online.',
    gates: ['server'],
    params: { uids: idList('the users', { limit: 'onlineUsersPerCallMax' }) },
    answer: { uids: idList('those who are online') },
    refusals: {},
  },
  kickout: {
    summary: 'Logs a user out: its connections are told so and closed.',
    gates: ['server'],
    params: { uid },
    answer: {},
    refusals: {},
    notes: 'The user may log in again at once.',
  },
  addprojectblack: {
    summary: 'Keeps a user from logging in, and logs the user out.',
    gates: ['server'],
    params: { uid, btime },
    answer: {},
    refusals: {},
  },
  removeprojectblack: {
    summary: 'Lets a user log in again.',
    gates: ['server'],
    params: { uid },
    answer: {},
    refusals: {},
  },
  isprojectblack: {
    summary: 'Tells whether a user is kept from logging in.',
    gates: ['server'],
    params: { uid },
    answer: { ok: flag('true: kept from logging in') },
    refusals: {},
  },
  addprojectban: {
    summary: 'Forbids a user to speak anywhere in the project.',
    gates: ['server'],
    params: { uid, btime },
    answer: {},
    refusals: {},
    notes: 'It counts for groups, rooms and other users alike, and stands beside the bans of all groups and all rooms.',
  },
  removeprojectban: {
    summary: 'Lifts the ban in the whole project.',
    gates: ['server'],
    params: { uid },
    answer: {},
    refusals: {},
  },
  isprojectban: {
    summary: 'Tells whether a user is banned in the whole project.',
    gates: ['server'],
    params: { uid },
    answer: { ok: flag('true: banned in the whole project') },
    refusals: {},
  },
  setuserinfo: {
    summary: 'Stores the public and the private info of a user.',
    gates: ['server'],
    params: { uid, ...givenInfos },
    answer: {},
    refusals: {},
    notes: 'Without any info nothing changes.',
  },
  getuserinfo: {
    summary: 'Reads the public and the private info of a user.',
    gates: ['server'],
    params: { uid },
    answer: infos,
    refusals: {},
  },
  getuseropeninfo: {
    summary: 'Reads the public infos of several users.',
    gates: ['server'],
    params: { uids: idList('the users', { limit: 'openInfosPerCallMax' }) },
    answer: openInfos,
    refusals: {},
  },
  addsessions: {
    summary: 'Puts conversations with other users into the lists of both sides, with or without messages.',
    gates: ['server'],
    params: { uid, uids: peers },
    answer: {},
    refusals: {},
  },
  removesessions: {
    summary: 'Takes conversations with other users out of the list of a user.',
    gates: ['server'],
    params: {
      uid,
      uids: peers,
      oneway: defaulted(flag('true: out of the list of `uid` only; false: out of the lists of both sides'), false),
    },
    answer: {},
    refusals: {},
  },
});
