import { declareMethods } from '../declaration.ts';
import { optional, text } from '../declare-fields.ts';

const short = (meaning: string) => optional(text(meaning, { limit: 'shortTextMaxBytes' }));
const offer = {
  streamurl: text(
    '`webrtc://host:port/pid/rid/uid`, where uid publishes the stream; `?token=` and the ticket of `enterRTCRoom` behind ' +
      'it tell who asks',
    { limit: 'shortTextMaxBytes' },
  ),
  sdp: text('the offer, without candidates', { limit: 'sdpMaxBytes' }),
  api: short('ignored'),
  tid: short('ignored'),
  clientip: short('ignored'),
};
const answer = { sdp: text('the answer, with every candidate of the server') };

const common = {
  invalidPidOrUid: '`streamurl` names no project',
  invalidParameter: '`streamurl` or `sdp` is none, or the offer has other media than one audio and one video',
  frequencyLimited: 'too many offers come from this address',
  noConfigInConsole: 'the server carries no media',
  rtcTryAgain:
    'the token is not good for this room, or is missing where the project demands one; or no answer could be made in time',
  rtcMemberMax: 'the room is full',
};

export const webRtcSubject = declareMethods('web-rtc', {
  OnUserPublish: {
    summary: 'Publishes the audio and the video of a user in a room.',
    gates: ['web-rtc'],
    params: offer,
    answer,
    refusals: {
      ...common,
      bannedInRoom: 'the user is banned in the room, or in all rooms',
      notOnline: 'the user has no connection that is logged in',
      rtcRoomMax: 'the project has as many RTC rooms as it may',
    },
    notes: 'Publishing the same stream again replaces it.',
  },
  OnUserPlay: {
    summary: 'Plays what a user publishes in a room, now or later.',
    gates: ['web-rtc'],
    params: offer,
    answer,
    refusals: {
      ...common,
      notInRtcRoom: 'who asks was removed from the room',
      rtcRoomNotFound: 'nobody is in the room',
    },
    notes: 'It succeeds too while the user publishes nothing: the tracks are silent until it does.',
  },
});
