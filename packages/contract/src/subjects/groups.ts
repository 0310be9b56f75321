import { declareMethods } from '../declaration.ts';
import { defaulted, flag, id, idList, int32 } from '../declare-fields.ts';
import { givenInfos, infos } from '../field-sets/infos.ts';

const gid = id('the group');
const uid = id('the user');
const groupOrAll = defaulted(id('the group; missing, 0 or less is all groups of the project'), 0n);
const members = idList('the users', { limit: 'groupMembersPerCallMax' });

export const groupMethods = declareMethods('groups', {
  addgroupmembers: {
    summary: 'Adds users to a group; the group appears with its first member.',
    gates: ['server'],
    params: { gid, uids: members },
    answer: {},
    refusals: {
      maxGroupMemberCount:
        'the group would have more than groupMembersMax members, or the project more than groupsPerProjectMax groups',
    },
    notes: 'Membership lasts until it is taken away; users need not be online.',
  },
  delgroupmembers: {
    summary: 'Takes users out of a group.',
    gates: ['server'],
    params: { gid, uids: members },
    answer: {},
    refusals: {},
  },
  delgroup: {
    summary: 'Dissolves a group.',
    gates: ['server'],
    params: { gid },
    answer: {},
    refusals: {},
    notes: 'Its infos go with it. Its messages and bans stay.',
  },
  getgroupmembers: {
    summary: 'Lists the members of a group.',
    gates: ['server'],
    params: { gid },
    answer: { uids: idList('the members') },
    refusals: {},
  },
  getgroupcount: {
    summary: 'Counts the members of a group.',
    gates: ['server'],
    params: { gid },
    answer: { cn: int32('members; a number here, a map in getroomcount') },
    refusals: {},
  },
  isgroupmember: {
    summary: 'Tells whether a user is a member of a group.',
    gates: ['server'],
    params: { gid, uid },
    answer: { ok: flag('true: a member') },
    refusals: {},
  },
  getusergroups: {
    summary: 'Lists the groups of a user.',
    gates: ['server'],
    params: { uid },
    answer: { gids: idList('the groups') },
    refusals: {},
  },
  addgroupban: {
    summary: 'Forbids a user to speak in a group, or in all groups.',
    gates: ['server'],
    params: { gid: groupOrAll, uid, btime: int32('how long from now; 0 or less is for ever', { unit: 's' }) },
    answer: {},
    refusals: {},
  },
  removegroupban: {
    summary: 'Lifts the ban of a user in a group, or the ban in all groups.',
    gates: ['server'],
    params: { gid: groupOrAll, uid },
    answer: {},
    refusals: {},
    notes: 'Without a group every ban of the user is lifted; with one, a ban in all groups stays.',
  },
  isbanofgroup: {
    summary: 'Tells whether a user is banned in a group.',
    gates: ['server'],
    params: { gid, uid },
    answer: { ok: flag('true: banned in this group or in all groups') },
    refusals: {},
  },
  setgroupinfo: {
    summary: 'Stores the public and the private info of a group.',
    gates: ['server'],
    params: { gid, ...givenInfos },
    answer: {},
    refusals: {},
    notes: 'The group may be empty. Without any info nothing changes.',
  },
  getgroupinfo: {
    summary: 'Reads the public and the private info of a group.',
    gates: ['server'],
    params: { gid },
    answer: infos,
    refusals: {},
  },
  clearprojectgroup: {
    summary: 'Dissolves all groups of the project.',
    gates: ['server'],
    params: {},
    answer: {},
    refusals: {},
    notes: 'Their infos go with them. Their messages and bans stay.',
  },
});
