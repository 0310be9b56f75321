import { bytes, choice, id, idList, text, timeMs } from '../declare-fields.ts';
import { declarePushes } from '../declare-pushes.ts';
import { adminCommandChoice } from '../field-sets/rtc.ts';

const rid = id('the RTC room');

export const rtcRoomPushes = declarePushes({
  pushEnterRTCRoom: {
    summary: 'Tells the members of an RTC room that somebody entered.',
    to: ['client'],
    isOneWay: false,
    params: { rid, uid: id('who entered'), mtime: timeMs('when') },
  },
  pushExitRTCRoom: {
    summary: 'Tells the members of an RTC room that somebody left, was lost or was removed.',
    to: ['client'],
    isOneWay: false,
    params: { rid, uid: id('who is gone'), mtime: timeMs('when') },
  },
  pushRTCRoomClosed: {
    summary: 'Tells the members of an RTC room that it was closed.',
    to: ['client'],
    isOneWay: false,
    params: { rid },
    notes: 'The client is a member no longer and does not leave by itself.',
  },
  pushInviteIntoRTCRoom: {
    summary: 'Tells a user that it is invited into an RTC room.',
    to: ['client'],
    isOneWay: false,
    params: { fromUid: id('who invites'), rid },
  },
  pushKickOutRTCRoom: {
    summary: 'Tells a user that it was removed from an RTC room.',
    to: ['client'],
    isOneWay: false,
    params: { fromUid: id('who removed it; 0 for the server'), rid },
  },
  pushPullIntoRTCRoom: {
    summary: 'Tells a user that it was put into an RTC room and has to enter it within 60 s.',
    to: ['client'],
    isOneWay: false,
    params: { rid, token: text('ticket for the media gate') },
    notes: 'The client enters with the ticket, or asks for its own with enterRTCRoom.',
  },
  pushAdminCommand: {
    summary: 'Tells the members of an RTC room what was done to some of them.',
    to: ['client'],
    isOneWay: false,
    params: { command: adminCommandChoice, uids: idList('the members it was done to'), rid },
    notes: 'Official SDKs do not read `rid`. Commands 6 and 7 are carried out by the clients they concern.',
  },
  pushRoomEvent: {
    summary: 'Brings an event that a member sent to the RTC room.',
    to: ['client'],
    isOneWay: false,
    params: { rid, event: bytes('the event', 'rtcEventMaxBytes') },
  },
  pushMicStatus: {
    summary: 'Tells the members of an RTC room that the microphone of one is closed or open.',
    to: ['client'],
    isOneWay: false,
    params: {
      rid,
      uid: id('whose microphone'),
      micStatus: choice('the microphone', { allowed: [0, 1], labels: { 0: 'closed', 1: 'open' }, wire: 'int32' }),
    },
    notes: 'Sent about members in browsers, whose own signals native clients do not know.',
  },
  pushRTCMediaLost: {
    summary: 'Tells a member in a browser that its media was lost on the server: it publishes and plays again.',
    to: ['client'],
    isOneWay: false,
    params: { rid },
    notes: 'Of this server. Only its own SDK gets it, whose version begins with `Parley-`.',
  },
});
