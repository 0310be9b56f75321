import { declareMethods } from '../declaration.ts';
import { countMap, defaulted, flag, id, idList, int32 } from '../declare-fields.ts';
import { givenInfos, infos } from '../field-sets/infos.ts';

const rid = id('the room');
const uid = id('the user');
const members = idList('the users', { limit: 'roomMembersPerCallMax' });
const rooms = idList('the rooms', { limit: 'roomsPerCallMax' });
const maxRoomCount = 'the user would be in more than roomsPerUserMax rooms';
const roomOrAll = defaulted(id('the room; missing, 0 or less is all rooms of the project'), 0n);

export const roomMethods = declareMethods('rooms', {
  addroommember: {
    summary: 'Puts a user into a room.',
    gates: ['server'],
    params: { rid, uid },
    answer: {},
    refusals: { maxRoomCount },
    notes: 'A room needs no creation. A user who is offline is a member from the next login on.',
  },
  addroommembers: {
    summary: 'Puts several users into a room.',
    gates: ['server'],
    params: { rid, uids: members },
    answer: { successedUids: idList('those who are members now') },
    refusals: {},
    notes: 'A user who is in too many rooms is left out of the answer; the call succeeds.',
  },
  delroommember: {
    summary: 'Takes a user out of a room.',
    gates: ['server'],
    params: { rid, uid },
    answer: {},
    refusals: {},
  },
  delroommembers: {
    summary: 'Takes several users out of a room.',
    gates: ['server'],
    params: { rid, uids: members },
    answer: { successedUids: idList('those who are members no more') },
    refusals: {},
  },
  adduserrooms: {
    summary: 'Puts a user into several rooms.',
    gates: ['server'],
    params: { rids: rooms, uid },
    answer: {},
    refusals: { maxRoomCount },
  },
  deleteuserrooms: {
    summary: 'Takes a user out of several rooms.',
    gates: ['server'],
    params: { rids: rooms, uid },
    answer: {},
    refusals: {},
  },
  setroominfo: {
    summary: 'Stores the public and the private info of a room.',
    gates: ['server'],
    params: { rid, ...givenInfos },
    answer: {},
    refusals: {},
    notes: 'The room may be empty. Without any info nothing changes.',
  },
  getroominfo: {
    summary: 'Reads the public and the private info of a room.',
    gates: ['server'],
    params: { rid },
    answer: infos,
    refusals: {},
  },
  addroomban: {
    summary: 'Forbids a user to speak in a room, or in all rooms.',
    gates: ['server'],
    params: {
      rid: roomOrAll,
      uid,
      btime: int32('how long from now; 0 or less is for ever', { unit: 's' }),
    },
    answer: {},
    refusals: {},
  },
  removeroomban: {
    summary: 'Lifts the ban of a user in a room, or the ban in all rooms.',
    gates: ['server'],
    params: { rid: roomOrAll, uid },
    answer: {},
    refusals: {},
  },
  isbanofroom: {
    summary: 'Tells whether a user is banned in a room.',
    gates: ['server'],
    params: { rid, uid },
    answer: { ok: flag('true: banned in this room or in all rooms') },
    refusals: {},
  },
  getroommembers: {
    summary: 'Lists the members of a room.',
    gates: ['server'],
    params: { rid },
    answer: { uids: idList('the members') },
    refusals: {},
  },
  getroomcount: {
    summary: 'Counts the members of rooms.',
    gates: ['server'],
    params: { rids: idList('the rooms', { limit: 'roomCountMax', singleNamed: 'rid' }) },
    answer: { cn: countMap('members by room id, with every room asked for; 0 for an unknown room') },
    refusals: {},
  },
});
