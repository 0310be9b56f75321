import { declareMethods } from '../declaration.ts';
import { flag, id, idList, int32, text, timeMs } from '../declare-fields.ts';
import { videoFrame, voiceFrame } from '../field-sets/media-frames.ts';
import { rtcType } from '../field-sets/rtc.ts';

const rid = id('the RTC room');
const toUid = id('the other side of the call; SDKs that leave it out are in one call only');
const optionalPeer = { toUid: { ...toUid, presence: 'optional' } as const };

export const mediaSubject = declareMethods('media', {
  enterRTCRoom: {
    summary: 'Binds the connection to an RTC room.',
    gates: ['media'],
    params: {
      pid: int32('project id'),
      uid: id('the user'),
      rid,
      token: text('the ticket', { limit: 'shortTextMaxBytes' }),
    },
    answer: {
      microphone: flag('whether the microphone is open at first'),
      uids: idList('the members'),
      administrators: idList('the administrators'),
      owner: id('the owner; 0 when there is none'),
    },
    refusals: {
      invalidPidOrUid: 'there is no such project',
      bannedInRoom: 'the user is banned in the room, or in all rooms',
      rtcTryAgain: 'the ticket is not good for this user and room, or no longer',
      rtcRoomNotFound: 'there is no such RTC room',
      rtcMemberMax: 'the room is full',
      rtcInvalidOperation: 'the connection is bound to another user',
    },
  },
  adjustTime: {
    summary: 'Tells the clock that the timestamps of relayed frames are taken from.',
    gates: ['media'],
    params: {},
    answer: { ts: timeMs('the time') },
    refusals: {},
  },
  ping: {
    summary: 'Does nothing; it keeps the connection alive.',
    gates: ['media'],
    params: {},
    answer: {},
    refusals: {},
  },
  setP2PRequest: {
    summary: 'Binds the connection to an accepted call.',
    gates: ['media'],
    params: {
      pid: int32('project id'),
      uid: id('the user'),
      type: rtcType('kind of the call'),
      peerUid: id('the other side'),
      callId: id('the call'),
    },
    answer: {},
    refusals: {
      invalidPidOrUid: 'there is no such project',
      rtcInvalidParameter: 'there is no such accepted call between the two',
      rtcInvalidOperation: 'the connection is bound to another user',
    },
  },
  voice: {
    summary: 'Sends a frame of voice to a room.',
    gates: ['media'],
    isOneWay: true,
    params: { rid, ...voiceFrame },
    answer: {},
    refusals: {},
  },
  video: {
    summary: 'Sends a frame of video to a room.',
    gates: ['media'],
    isOneWay: true,
    params: { rid, ...videoFrame },
    answer: {},
    refusals: {},
  },
  voiceP2P: {
    summary: 'Sends a frame of voice to the other side of a call.',
    gates: ['media'],
    isOneWay: true,
    params: { ...optionalPeer, ...voiceFrame },
    answer: {},
    refusals: {},
  },
  videoP2P: {
    summary: 'Sends a frame of video to the other side of a call.',
    gates: ['media'],
    isOneWay: true,
    params: { ...optionalPeer, ...videoFrame },
    answer: {},
    refusals: {},
    notes: 'The Windows SDK writes `VideoP2P`: the media gate does not look at the case of letters.',
  },
});
