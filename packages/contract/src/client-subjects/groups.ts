import { declareMethods } from '../declaration.ts';
import { defaulted, flag, id, idList, int32, optional } from '../declare-fields.ts';
import { givenInfos, infos, openInfo, openInfos } from '../field-sets/infos.ts';

const gid = id('the group');
const members = idList('the users', { limit: 'groupMembersPerCallMax' });
const notGroupMember = 'the caller is not a member';
const online = defaulted(flag('true: tell about those who are online too'), false);

export const clientGroups = declareMethods('groups', {
  addgroupmembers: {
    summary: 'Adds users to a group of the caller.',
    gates: ['client'],
    params: { gid, uids: members },
    answer: {},
    refusals: { notGroupMember, maxGroupMemberCount: 'the group would have more than groupMembersMax members' },
  },
  delgroupmembers: {
    summary: 'Takes users out of a group of the caller.',
    gates: ['client'],
    params: { gid, uids: members },
    answer: {},
    refusals: { notGroupMember },
  },
  getgroupmembers: {
    summary: 'Lists the members of a group.',
    gates: ['client'],
    params: { gid, online },
    answer: {
      uids: idList('the members'),
      onlines: optional(idList('the members who are online; only when they were asked for')),
    },
    refusals: {},
  },
  getgroupcount: {
    summary: 'Counts the members of a group.',
    gates: ['client'],
    params: { gid, online },
    answer: {
      cn: int32('members; a number here, a map in getroomcount'),
      online: optional(int32('members who are online; only when it was asked for')),
    },
    refusals: {},
  },
  getusergroups: {
    summary: 'Lists the groups of the caller.',
    gates: ['client'],
    params: {},
    answer: { gids: idList('the groups') },
    refusals: {},
  },
  setgroupinfo: {
    summary: 'Stores the public and the private info of a group.',
    gates: ['client'],
    params: { gid, ...givenInfos },
    answer: {},
    refusals: { notGroupMember },
  },
  getgroupinfo: {
    summary: 'Reads the public and the private info of a group.',
    gates: ['client'],
    params: { gid },
    answer: infos,
    refusals: { notGroupMember },
  },
  getgroupopeninfo: {
    summary: 'Reads the public info of a group.',
    gates: ['client'],
    params: { gid },
    answer: openInfo,
    refusals: {},
  },
  getgroupsopeninfo: {
    summary: 'Reads the public infos of several groups.',
    gates: ['client'],
    params: { gids: idList('the groups', { limit: 'openInfosPerCallMax' }) },
    answer: openInfos,
    refusals: {},
  },
});
