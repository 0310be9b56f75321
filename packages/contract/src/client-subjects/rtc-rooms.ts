import { declareMethods } from '../declaration.ts';
import { bytes, flag, id, idList, int32, list, optional, text, timeSeconds } from '../declare-fields.ts';
import { adminCommandChoice, rtcType } from '../field-sets/rtc.ts';

const rid = id('the RTC room');
const users = (meaning: string) => idList(meaning, { limit: 'rtcUsersPerCallMax' });
const ticket = text('ticket for the media gate; it is good as long as the caller is a member');
const rtcRoomNotFound = 'there is no such RTC room';
const notInRtcRoom = 'the caller is not in the RTC room';
const bannedInRoom = 'the caller is banned in the room of this id, or in all rooms';
const member = { notInRtcRoom, rtcRoomNotFound };
const tooMany = 'the list of the caller would be longer than the room may have members';

export const clientRtcRooms = declareMethods('rtc-rooms', {
  getRTCGateEndpoint: {
    summary: 'Tells where the media gate is.',
    gates: ['client'],
    params: {},
    answer: { endpoint: text('host:port') },
    refusals: {},
  },
  createRTCRoom: {
    summary: 'Creates an RTC room, which the caller owns and is in.',
    gates: ['client'],
    params: {
      rid,
      type: rtcType('kind of the room'),
      voiceRange: optional(int32('accepted, without effect')),
      maxReceiveStreams: optional(int32('accepted, without effect')),
    },
    answer: { token: ticket, rid },
    refusals: {
      bannedInRoom,
      rtcRoomExists: 'there is such an RTC room',
      rtcRoomMax: 'the project or the caller has as many RTC rooms as it may',
    },
    notes:
      'Rooms of type 3 (translation) and 4 (positions) are not offered. Recording is not: `enableRecord` is ignored.',
  },
  enterRTCRoom: {
    summary: 'Enters an RTC room.',
    gates: ['client'],
    params: { rid },
    answer: { token: ticket, type: rtcType('kind of the room') },
    refusals: {
      bannedInRoom,
      rtcRoomNotFound,
      rtcRoomMax: 'the caller is in as many RTC rooms as it may be',
      rtcMemberMax: 'the room is full',
    },
    notes: 'Entering again gives the ticket again.',
  },
  exitRTCRoom: {
    summary: 'Leaves an RTC room.',
    gates: ['client'],
    params: { rid },
    answer: {},
    refusals: member,
  },
  inviteUserIntoRTCRoom: {
    summary: 'Invites users into an RTC room.',
    gates: ['client'],
    params: { rid, uids: users('the invited users') },
    answer: {},
    refusals: member,
  },
  getRTCRoomMembers: {
    summary: 'Lists the members of an RTC room, its administrators and its owner.',
    gates: ['client'],
    params: { rid },
    answer: {
      uids: idList('the members'),
      administrators: idList('the administrators'),
      owner: id('the owner; 0 when there is none'),
      count: int32('members'),
    },
    refusals: { rtcRoomNotFound },
  },
  getRTCRoomMemberCount: {
    summary: 'Counts the members of an RTC room.',
    gates: ['client'],
    params: { rid },
    answer: { count: int32('members') },
    refusals: { rtcRoomNotFound },
  },
  subscribeVideo: {
    summary: 'Asks for the video of members; without it none is sent to a native client.',
    gates: ['client'],
    params: { rid, uids: users('whose video') },
    answer: {},
    refusals: { ...member, tooManyItemsInParameters: tooMany },
  },
  unsubscribeVideo: {
    summary: 'Wants the video of members no longer.',
    gates: ['client'],
    params: { rid, uids: users('whose video') },
    answer: {},
    refusals: { ...member, tooManyItemsInParameters: tooMany },
    notes: 'A browser that plays with its ticket gets the video of all whom it has not named here.',
  },
  blockUserVoiceInRTCRoom: {
    summary: 'Does not want to hear members; nobody else notices.',
    gates: ['client'],
    params: { rid, uids: users('whose voice') },
    answer: {},
    refusals: { ...member, tooManyItemsInParameters: tooMany },
  },
  unblockUserVoiceInRTCRoom: {
    summary: 'Wants to hear members again.',
    gates: ['client'],
    params: { rid, uids: users('whose voice') },
    answer: {},
    refusals: member,
  },
  getBlockInfoInRTCRoom: {
    summary: 'Lists whom the caller does not want to hear.',
    gates: ['client'],
    params: { rid },
    answer: { uids: idList('whose voice is blocked') },
    refusals: member,
  },
  adminCommand: {
    summary: 'Does something to members of an RTC room.',
    gates: ['client'],
    params: { rid, uids: users('the members it is done to'), command: adminCommandChoice },
    answer: {},
    refusals: {
      notInRtcRoom: 'the caller or one of `uids` is not in the RTC room',
      rtcRoomNotFound,
      rtcNotAllowed:
        'the caller is neither owner nor administrator; `command` 0 or 1 of anybody but the owner; an administrator ' +
        'acts on the owner',
    },
  },
  roomEvent: {
    summary: 'Sends an event to the other members of an RTC room.',
    gates: ['client'],
    params: { rid, event: bytes('the event, of no meaning to the server', 'rtcEventMaxBytes') },
    answer: {},
    refusals: member,
  },
  getRTCConfig: {
    summary: 'Tells a browser where to send offers, and the TURN server that it may use.',
    gates: ['client'],
    params: {},
    answer: {
      endpoint: text('host:port of the web RTC endpoint; empty where the server carries no media'),
      turnUrls: list('where the TURN server is, as `turn:host:port`; empty where there is none', text('a URL')),
      turnUsername: text('user name for it'),
      turnCredential: text('password for it'),
      turnExpires: timeSeconds('until when the two are good; 0 where there is no TURN server'),
    },
    refusals: {},
    notes: 'Of this server; official SDKs do not know it. So are the two below.',
  },
  setRTCDevices: {
    summary: 'Tells the RTC room that a device of the caller is closed or open.',
    gates: ['client'],
    params: {
      rid,
      microphone: optional(flag('true: open')),
      camera: optional(flag('true: open')),
    },
    answer: {},
    refusals: member,
    notes: 'What was closed by command 6 or 7 is passed on again after its member has opened it.',
  },
  checkRTCNetwork: {
    summary: 'Tells what the server sees of the media of the caller, to find out why none flows.',
    gates: ['client'],
    params: { rid },
    answer: {
      hasPublicAddress: flag('whether a public address is configured, which answers then offer'),
      hasTurn: flag('whether a TURN server is configured'),
      udpPorts: list('UDP ports that media comes in on', int32('a port')),
      isAnswered: flag('whether an offer of the caller to publish was answered'),
      isConnected: flag('whether the connection to publish is up: checks of the caller arrived and were answered'),
      audioPackets: int32('voice packets that have arrived from the caller'),
      videoPackets: int32('video packets that have arrived from the caller'),
      players: int32('streams that the caller plays'),
      playersConnected: int32('those of them whose connection is up'),
    },
    refusals: member,
  },
});
