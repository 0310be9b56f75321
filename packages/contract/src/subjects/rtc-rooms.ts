import { alias, declareMethods } from '../declaration.ts';
import { alsoNamed, defaulted, flag, id, idList, int32, optional } from '../declare-fields.ts';
import { adminCommandChoice, rtcType } from '../field-sets/rtc.ts';

const rid = id('the RTC room');
const users = (meaning: string) => idList(meaning, { limit: 'rtcUsersPerCallMax' });
const rtcRoomNotFound = 'there is no such RTC room';

const rtc = declareMethods('rtc-rooms', {
  inviteUserIntoRTCRoom: {
    summary: 'Invites users into an RTC room.',
    gates: ['server'],
    params: { rid, toUids: users('the invited users'), fromUid: id('who invites; must be in the RTC room') },
    answer: {},
    refusals: { notInRtcRoom: '`fromUid` is not in the RTC room', rtcRoomNotFound },
  },
  pullIntoRTCRoom: {
    summary: 'Puts users into an RTC room, which is created when missing.',
    gates: ['server'],
    params: {
      rid,
      toUids: users('the users'),
      type: defaulted(rtcType('kind of a new room'), 1),
      voiceRange: optional(int32('accepted, without effect')),
      maxReceiveStreams: optional(int32('accepted, without effect')),
    },
    answer: {},
    refusals: {
      rtcRoomMax: 'the project has as many RTC rooms as it may',
      rtcMemberMax: 'the RTC room would be too full',
    },
    notes: 'Callers of the older name send no `type`.',
  },
  closeRTCRoom: {
    summary: 'Closes an RTC room.',
    gates: ['server'],
    params: { rid },
    answer: {},
    refusals: { rtcRoomNotFound },
  },
  kickoutFromRTCRoom: {
    summary: 'Removes a user from an RTC room.',
    gates: ['server'],
    params: { rid, uid: id('who is removed'), fromUid: id('who removes') },
    answer: {},
    refusals: {
      notInRtcRoom: '`uid` is not in the RTC room',
      rtcRoomNotFound,
      rtcNotAllowed: '`fromUid` is in the room with a lower role than `uid`',
    },
  },
  setRTCRoomMicStatus: {
    summary: 'Sets whether the microphone of users who enter later is open at first.',
    gates: ['server'],
    params: { rid, status: flag('true: open; false: closed') },
    answer: {},
    refusals: { rtcRoomNotFound },
  },
  getRTCRoomList: {
    summary: 'Lists the RTC rooms of the project.',
    gates: ['server'],
    params: {},
    answer: { rids: idList('the RTC rooms') },
    refusals: {},
  },
  getRTCRoomMembers: {
    summary: 'Lists the members of an RTC room, its administrators and its owner.',
    gates: ['server'],
    params: { rid },
    answer: {
      uids: idList('the members'),
      administrators: alsoNamed(idList('the administrators'), 'managers', 'administartors'),
      owner: id('the owner; 0 when there is none'),
    },
    refusals: { rtcRoomNotFound },
    notes: 'SDKs read the administrators under three names, one of them misspelt; all three are always sent.',
  },
  getRTCRoomMemberCount: {
    summary: 'Counts the members of an RTC room.',
    gates: ['server'],
    params: { rid },
    answer: { count: int32('members') },
    refusals: { rtcRoomNotFound },
  },
  adminCommand: {
    summary: 'Does something to members of an RTC room in the name of the server.',
    gates: ['server'],
    params: {
      rid,
      uids: users('the members it is done to'),
      command: adminCommandChoice,
    },
    answer: {},
    refusals: { notInRtcRoom: 'one of `uids` is not in the RTC room', rtcRoomNotFound },
  },
});

/** The RTC methods, and the names that SDKs of spring 2021 call them by. */
export const rtcRoomMethods = {
  ...rtc,
  inviteUserIntoVoiceRoom: alias('inviteUserIntoVoiceRoom', rtc.inviteUserIntoRTCRoom),
  pullIntoVoiceRoom: alias('pullIntoVoiceRoom', rtc.pullIntoRTCRoom),
  closeVoiceRoom: alias('closeVoiceRoom', rtc.closeRTCRoom),
  kickoutFromVoiceRoom: alias('kickoutFromVoiceRoom', rtc.kickoutFromRTCRoom),
  setVoiceRoomMicStatus: alias('setVoiceRoomMicStatus', rtc.setRTCRoomMicStatus),
  getVoiceRoomList: alias('getVoiceRoomList', rtc.getRTCRoomList),
  getVoiceRoomMembers: alias('getVoiceRoomMembers', rtc.getRTCRoomMembers),
  getVoiceRoomMemberCount: alias('getVoiceRoomMemberCount', rtc.getRTCRoomMemberCount),
};
