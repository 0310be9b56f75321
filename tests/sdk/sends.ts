import {
  CONVERSATION_TYPES,
  type ConversationType,
  type RtmServerClient,
  type SendOptions,
  type SendResult,
} from '@parley/server-sdk';

/** One way to send: what it sends, of which type and where to, and the call with its arguments in order. */
export type SendCase = {
  readonly name: string;
  readonly kind: ConversationType;
  readonly mtype: number;
  readonly message: string | Uint8Array;
  send(client: RtmServerClient, from: bigint, to: bigint, options: SendOptions): Promise<SendResult>;
};

type Send = SendCase['send'];
type Row = [name: string, mtype: number, message: string | Uint8Array, send: Send];

const T = 'text 你好 🎈';
const B = Uint8Array.of(0, 1, 0xfe, 0xff);
/** Another receiver of what goes to many. */
const OTHER = 7n;
const { p2p, group, room, broadcast } = CONVERSATION_TYPES;

const toUser: readonly Row[] = [
  ['sendMessage', 77, T, (c, from, to, options) => c.sendMessage(from, to, 77, T, options)],
  ['sendMessageByBinary', 78, B, (c, from, to, options) => c.sendMessageByBinary(from, to, 78, B, options)],
  ['sendChat', 30, T, (c, from, to, options) => c.sendChat(from, to, T, options)],
  ['sendAudio', 31, B, (c, from, to, options) => c.sendAudio(from, to, B, options)],
  ['sendCmd', 32, T, (c, from, to, options) => c.sendCmd(from, to, T, options)],
  ['sendMessages', 77, T, (c, from, to, options) => c.sendMessages(from, [to, OTHER], 77, T, options)],
  ['sendMessagesByBinary', 78, B, (c, from, to, options) => c.sendMessagesByBinary(from, [to], 78, B, options)],
  ['sendChats', 30, T, (c, from, to, options) => c.sendChats(from, new Set([OTHER, to]), T, options)],
  ['sendAudios', 31, T, (c, from, to, options) => c.sendAudios(from, [to], T, options)],
  ['sendCmds', 32, T, (c, from, to, options) => c.sendCmds(from, [to, to], T, options)],
];
const toGroup: readonly Row[] = [
  ['sendGroupMessage', 77, T, (c, from, to, options) => c.sendGroupMessage(from, to, 77, T, options)],
  ['sendGroupMessageByBinary', 78, B, (c, from, to, options) => c.sendGroupMessageByBinary(from, to, 78, B, options)],
  ['sendGroupChat', 30, T, (c, from, to, options) => c.sendGroupChat(from, to, T, options)],
  ['sendGroupAudio', 31, B, (c, from, to, options) => c.sendGroupAudio(from, to, B, options)],
  ['sendGroupCmd', 32, T, (c, from, to, options) => c.sendGroupCmd(from, to, T, options)],
];
const toRoom: readonly Row[] = [
  ['sendRoomMessage', 77, T, (c, from, to, options) => c.sendRoomMessage(from, to, 77, T, options)],
  ['sendRoomMessageByBinary', 78, B, (c, from, to, options) => c.sendRoomMessageByBinary(from, to, 78, B, options)],
  ['sendRoomChat', 30, T, (c, from, to, options) => c.sendRoomChat(from, to, T, options)],
  ['sendRoomAudio', 31, B, (c, from, to, options) => c.sendRoomAudio(from, to, B, options)],
  ['sendRoomCmd', 32, T, (c, from, to, options) => c.sendRoomCmd(from, to, T, options)],
];
const toAll: readonly Row[] = [
  ['sendBroadcastMessage', 77, T, (c, from, _, options) => c.sendBroadcastMessage(from, 77, T, options)],
  [
    'sendBroadcastMessageByBinary',
    78,
    B,
    (c, from, _, options) => c.sendBroadcastMessageByBinary(from, 78, B, options),
  ],
  ['broadcastChat', 30, T, (c, from, _, options) => c.broadcastChat(from, T, options)],
  ['broadcastAudio', 31, B, (c, from, _, options) => c.broadcastAudio(from, B, options)],
  ['broadcastCmd', 32, T, (c, from, _, options) => c.broadcastCmd(from, T, options)],
];

const casesOf = (kind: ConversationType, rows: readonly Row[]): SendCase[] =>
  rows.map(([name, mtype, message, send]) => ({ name, kind, mtype, message, send }));

export const SENDS: readonly SendCase[] = [
  ...casesOf(p2p, toUser),
  ...casesOf(group, toGroup),
  ...casesOf(room, toRoom),
  ...casesOf(broadcast, toAll),
];
