import { id, int8, int32, optional, pushBody, text, timeMs } from '../declare-fields.ts';
import { declarePushes } from '../declare-pushes.ts';

const origin = { from: id('the sender') };
/** SDKs lose a message that lacks one of these. */
const message = {
  mid: id('message id'),
  mtype: int8('message type'),
  msg: pushBody('the content; chat has a form for clients and one for back ends'),
  attrs: text('free text beside the content'),
  mtime: timeMs('when the server accepted the message'),
};
// The C++ server SDK builds its message from `to` in every kind of push and fails without.
const toToo = (name: string) => optional(id(`for back ends only: the same as \`${name}\``));

export const messagePushes = declarePushes({
  ping: {
    summary: 'Asks whether the other side lives.',
    to: ['client', 'server', 'media'],
    isOneWay: false,
    params: {},
    notes:
      'A client that sees none for 60 s closes the connection. The Node server SDK closes when more than 40 s pass after ' +
      'one, so back ends get them often or never. A one-way ping confuses the browser SDK.',
  },
  kickout: {
    summary: 'Tells the client that it is logged out and must not log in again by itself.',
    to: ['client'],
    isOneWay: true,
    params: {},
    notes: 'The connection is closed after it.',
  },
  kickoutroom: {
    summary: 'Tells the client that it was taken out of a room.',
    to: ['client'],
    isOneWay: true,
    params: { rid: id('the room') },
  },
  pushmsg: {
    summary: 'Brings a message from one user to another.',
    to: ['client', 'server'],
    isOneWay: false,
    params: { ...origin, to: id('the receiver'), ...message },
    notes: 'A sender gets it on its other connections.',
  },
  pushgroupmsg: {
    summary: 'Brings a message of a group.',
    to: ['client', 'server'],
    isOneWay: false,
    params: { ...origin, gid: id('the group'), to: toToo('gid'), ...message },
  },
  pushroommsg: {
    summary: 'Brings a message of a room.',
    to: ['client', 'server'],
    isOneWay: false,
    params: { ...origin, rid: id('the room'), to: toToo('rid'), ...message },
  },
  pushbroadcastmsg: {
    summary: 'Brings a broadcast message.',
    to: ['client'],
    isOneWay: false,
    params: { ...origin, ...message },
  },
  pushevent: {
    summary: 'Tells a back end what a user did.',
    to: ['server'],
    isOneWay: false,
    params: {
      pid: int32('project id'),
      event: text('login or logout'),
      uid: id('the user'),
      time: int32('when, since 1970', { unit: 's' }),
      endpoint: text('the client gate that the user is on'),
      data: optional(text('reserved')),
    },
  },
});
