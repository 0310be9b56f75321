import { declareMethods } from '../declaration.ts';
import { countMap, id, idList, idMap, lastMessage, mtypeList, optional } from '../declare-fields.ts';
import { givenInfos, infos, openInfo, openInfos } from '../field-sets/infos.ts';

const rid = id('the room');
const maxRoomCount = 'the user would be in more than roomsPerUserMax rooms';
const notInRoom = 'the caller is not in the room';

export const clientRooms = declareMethods('rooms', {
  enterroom: {
    summary: 'Enters a room.',
    gates: ['client'],
    params: { rid },
    answer: {},
    refusals: { maxRoomCount },
    notes: 'In a project with one room at a time this leaves the room before.',
  },
  enterrooms: {
    summary: 'Enters several rooms.',
    gates: ['client'],
    params: { rids: idList('the rooms', { limit: 'roomsPerCallMax' }) },
    answer: {},
    refusals: { maxRoomCount },
  },
  leaveroom: {
    summary: 'Leaves a room.',
    gates: ['client'],
    params: { rid },
    answer: {},
    refusals: {},
  },
  getuserrooms: {
    summary: 'Lists the rooms that the caller is in.',
    gates: ['client'],
    params: {},
    answer: { rooms: idList('the rooms') },
    refusals: {},
  },
  getuserroomsandlastmsg: {
    summary: 'Lists the rooms that the caller is in with the newest message of each.',
    gates: ['client'],
    params: { mtypes: optional(mtypeList('only these message types; missing or empty are those of chat')) },
    answer: { rooms: idMap('the newest message by room; cursor id 0 where there is none', lastMessage()) },
    refusals: {},
  },
  getroommembers: {
    summary: 'Lists the members of a room.',
    gates: ['client'],
    params: { rid },
    answer: { uids: idList('the members') },
    refusals: {},
  },
  getroomcount: {
    summary: 'Counts the members of rooms.',
    gates: ['client'],
    params: { rids: idList('the rooms', { limit: 'roomCountMax' }) },
    answer: { cn: countMap('members by room id, with every room asked for; 0 for an unknown room') },
    refusals: {},
  },
  setroominfo: {
    summary: 'Stores the public and the private info of a room.',
    gates: ['client'],
    params: { rid, ...givenInfos },
    answer: {},
    refusals: { notInRoom },
  },
  getroominfo: {
    summary: 'Reads the public and the private info of a room.',
    gates: ['client'],
    params: { rid },
    answer: infos,
    refusals: { notInRoom },
  },
  getroomopeninfo: {
    summary: 'Reads the public info of a room.',
    gates: ['client'],
    params: { rid },
    answer: openInfo,
    refusals: {},
  },
  getroomsopeninfo: {
    summary: 'Reads the public infos of several rooms.',
    gates: ['client'],
    params: { rids: idList('the rooms', { limit: 'openInfosPerCallMax' }) },
    answer: openInfos,
    refusals: {},
  },
});
