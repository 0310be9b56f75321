type Words = { readonly title: string; readonly intro: string };

/** The subjects that the methods of the server gate are sorted by, in the order of the reference. */
export const SUBJECTS = {
  messages: {
    title: 'Sending messages',
    intro:
      'The caller makes `mid`, the server answers when the message is stored. Text, audio, commands and files are ' +
      'messages with different `mtype`.',
  },
  history: {
    title: 'Reading history',
    intro:
      'A page holds at most 20 messages in the order of their cursor ids: rising when `desc` is false, falling when it ' +
      'is true. For the next page pass back `lastid`, `begin` and `end` of the answer unchanged.',
  },
  recall: {
    title: 'Stored messages',
    intro:
      'A message is named by its sender (`from`), its `mid`, the kind of conversation (`type`) and the conversation ' +
      '(`xid`): the receiver, the group or the room, 0 for broadcast.',
  },
  rooms: {
    title: 'Rooms',
    intro:
      'A room exists by its members and needs no creation. Infos, bans and history stay when the last member leaves.',
  },
  groups: {
    title: 'Groups',
    intro: 'Membership in a group is stored and lasts until it is taken away.',
  },
  friends: {
    title: 'Friends',
    intro: 'Users that a user calls friends. A project can demand friendship for messages between two users.',
  },
  blacklists: {
    title: 'Blacklists of users',
    intro:
      'Who is on the blacklist of a user cannot send messages to that user. The other way stays open, and history is ' +
      'not touched.',
  },
  users: {
    title: 'Users',
    intro: 'A user needs no creation. A user is online as long as one of its connections is logged in.',
  },
  data: {
    title: 'User data',
    intro: 'Texts that are kept for a user under keys.',
  },
  devices: {
    title: 'Devices and push options',
    intro: 'Where pushes to a user who is offline go, and which conversations are not pushed.',
  },
  tokens: {
    title: 'Login tokens',
    intro: 'A user logs in on the client gate with a token that a back end got for it.',
  },
  listening: {
    title: 'Listening',
    intro:
      'A back end can have messages and events pushed to its connection. What it listens to belongs to the connection ' +
      'and ends with it. Id lists and the four switches are independent of each other.',
  },
  files: {
    title: 'Files',
    intro: 'Files are sent over the file gate, with a token from here or from the client gate.',
  },
  'rtc-rooms': {
    title: 'RTC rooms',
    intro:
      'Rooms for voice and video. SDKs of spring 2021 call the methods by other names, which mean exactly the same.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type Subject = keyof typeof SUBJECTS;

/** The subjects of the client gate, in the order of the reference. */
export const CLIENT_SUBJECTS = {
  session: {
    title: 'Session',
    intro:
      'A connection first sends `auth`; before that every other method is answered with 200022. Logging out is `bye` or ' +
      'simply the end of the connection.',
  },
  messages: {
    title: 'Messages',
    intro:
      'The sender is the user who is logged in. `mid` is made by the client; text, audio, commands and files are ' +
      'messages with different `mtype`.',
  },
  history: {
    title: 'History',
    intro:
      'A page holds at most 20 messages in the order of their cursor ids: rising when `desc` is false, falling when it ' +
      'is true. For the next page pass back `lastid`, `begin` and `end` of the answer unchanged.',
  },
  conversations: {
    title: 'Unread messages and conversations',
    intro:
      'Unread is what is newer than the last logout, or than the time given, and has not been marked as read. Without a ' +
      'filter the message types of chat count: 30, 31 and 32. Newest messages are units as in the history.',
  },
  rooms: {
    title: 'Rooms',
    intro: 'Being in a room belongs to the connection and ends with it; after a login it is entered again.',
  },
  groups: {
    title: 'Groups',
    intro: 'Membership in a group is stored. Only the server gate makes new groups.',
  },
  friends: {
    title: 'Friends',
    intro: 'The friends of the user who is logged in.',
  },
  blacklist: {
    title: 'Blacklist',
    intro: 'Users whose messages the user who is logged in does not want.',
  },
  users: {
    title: 'Users',
    intro: 'Who is online, and what users tell about themselves.',
  },
  data: {
    title: 'User data',
    intro: 'Texts that are kept for the user under keys.',
  },
  devices: {
    title: 'Devices and push options',
    intro: 'Where pushes go while the user is offline, and which conversations are not pushed.',
  },
  attributes: {
    title: 'Attributes of a connection',
    intro: 'Texts that belong to a connection and end with it. They can be given at the login too.',
  },
  'debug-log': {
    title: 'Debug log',
    intro: 'Clients can write into the log of the server.',
  },
  files: {
    title: 'Files',
    intro: 'Files are sent over the file gate, with a token from here.',
  },
  'rtc-rooms': {
    title: 'RTC rooms',
    intro:
      'Who enters is a member until it leaves or the connection ends. Creating a room makes the caller its owner; entering ' +
      'never creates one. Pushes about rooms and calls go to every SDK but the official browser SDK, which does not know them.',
  },
  'rtc-calls': {
    title: 'Calls between two users',
    intro:
      'The caller rings for 30 s at most. What happens to a call is told to the other side by `pushP2PRTCEvent`. The end of ' +
      'a connection ends its call.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type ClientSubject = keyof typeof CLIENT_SUBJECTS;

/** The subjects of the media gate. */
export const MEDIA_SUBJECTS = {
  media: {
    title: 'Voice and video frames',
    intro:
      'Native clients send and get media here. There is no login: the first quest binds the connection, `enterRTCRoom` to ' +
      'a room by the ticket from the client gate, `setP2PRequest` to an accepted call.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type MediaSubject = keyof typeof MEDIA_SUBJECTS;

/** The subjects of the web RTC endpoint. */
export const WEB_RTC_SUBJECTS = {
  'web-rtc': {
    title: 'Offers',
    intro:
      'A browser opens a connection for each stream that it publishes or plays, sends one offer and gets one answer. ' +
      'Nothing is offered anew: another stream is another connection.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type WebRtcSubject = keyof typeof WEB_RTC_SUBJECTS;

/** A subject of any gate. */
export type AnySubject = Subject | ClientSubject | MediaSubject | WebRtcSubject;
