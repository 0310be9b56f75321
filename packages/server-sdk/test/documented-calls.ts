import type { AdminCommand, ConversationType, GroupOrRoom, Id, RtcRoomType, RtmServerClient } from '../src/index.ts';
import type { CapturedArgs } from './captured-calls.ts';

/** Makes the call of this SDK that stands for a captured one. */
export type DocumentedCall = (client: RtmServerClient, args: Args) => Promise<unknown>;

/** The arguments of a captured call with the types of this SDK. */
export class Args {
  readonly #args: CapturedArgs;

  constructor(args: CapturedArgs) {
    this.#args = args;
  }

  id(name: string): bigint {
    return BigInt(this.#args[name] as string | number);
  }

  idOrNull(name: string): bigint | null {
    return this.#args[name] === null ? null : this.id(name);
  }

  ids(name: string): Id[] {
    return this.#args[name] as number[];
  }

  number(name: string): number {
    return Number(this.#args[name]);
  }

  flag(name: string): boolean {
    return this.#args[name] as boolean;
  }

  text(name: string): string {
    return this.#args[name] as string;
  }

  bytes(name: string): Uint8Array {
    const { $bin, $str } = this.#args[name] as { $bin?: string; $str?: string };
    return new Uint8Array(Buffer.from($bin ?? $str!, 'hex'));
  }

  body(name: string): string | Uint8Array {
    return typeof this.#args[name] === 'string' ? this.text(name) : this.bytes(name);
  }

  mtypes(name: string): number[] | null {
    return (this.#args[name] ?? null) as number[] | null;
  }

  /** A plain number, or a Go constant such as `MessageType_Group(2)`. */
  type<T extends ConversationType>(name: string): T {
    return Number(/\d+(?=\)?$)/.exec(String(this.#args[name]))![0]) as T;
  }

  /** What the documents name as optional, as far as the captured call gave it. */
  get options(): {
    attrs?: string;
    mtypes?: number[];
    oinfo?: string;
    pinfo?: string;
    voiceRange?: number;
    maxReceiveStreams?: number;
  } {
    const names = ['attrs', 'mtypes', 'oinfo', 'pinfo', 'voiceRange', 'maxReceiveStreams'];
    return Object.fromEntries(names.filter((name) => name in this.#args).map((name) => [name, this.#args[name]]));
  }
}

/** By the documented name, with this SDK's arguments in the documented order. */
export const DOCUMENTED_CALLS: Readonly<Record<string, DocumentedCall>> = {
  // Go, real-time rooms
  InviteUserIntoRTCRoom: (c, a) => c.inviteUserIntoRTCRoom(a.id('roomId'), a.id('fromUid'), a.ids('uids')),
  PullUserIntoRTCRoom: (c, a) =>
    c.pullUserIntoRTCRoom(a.id('roomId'), a.ids('uids'), a.number('roomType') as RtcRoomType, a.options),
  CloseRTCRoom: (c, a) => c.closeRTCRoom(a.id('roomId')),
  KickoutFromRTCRoom: (c, a) => c.kickoutFromRTCRoom(a.id('roomId'), a.id('uid'), a.id('fromUid')),
  SetRTCRoomMicStatus: (c, a) => c.setRTCRoomMicStatus(a.id('roomId'), a.flag('status')),
  GetRTCRoomList: (c) => c.getRTCRoomList(),
  GetRTCRoomMembers: (c, a) => c.getRTCRoomMembers(a.id('roomId')),
  GetRTCRoomMemberCount: (c, a) => c.getRTCRoomMemberCount(a.id('roomId')),
  AdminCommand: (c, a) => c.adminCommand(a.id('roomId'), a.ids('uids'), a.number('command') as AdminCommand),

  // Python, voice rooms
  invite_user_into_voice_room: (c, a) => c.inviteUserIntoVoiceRoom(a.id('room_id'), a.ids('to_uids'), a.id('from_uid')),
  pull_into_voice_room: (c, a) => c.pullIntoVoiceRoom(a.id('room_id'), a.ids('to_uids')),
  close_voice_room: (c, a) => c.closeVoiceRoom(a.id('room_id')),
  kick_out_from_voice_room: (c, a) => c.kickOutFromVoiceRoom(a.id('uid'), a.id('room_id'), a.id('from_uid')),
  set_voice_room_mic_status: (c, a) => c.setVoiceRoomMicStatus(a.id('room_id'), a.flag('status')),
  get_voice_room_list: (c) => c.getVoiceRoomList(),
  get_voice_room_members: (c, a) => c.getVoiceRoomMembers(a.id('room_id')),
  get_voice_room_member_count: (c, a) => c.getVoiceRoomMemberCount(a.id('room_id')),

  // Go, messages
  SendMessage: (c, a) => c.sendMessage(a.id('fromUid'), a.id('toUid'), a.number('mtype'), a.text('message'), a.options),
  SendMessages: (c, a) =>
    c.sendMessages(a.id('fromUid'), a.ids('toUids'), a.number('mtype'), a.text('message'), a.options),
  SendGroupMessage: (c, a) =>
    c.sendGroupMessage(a.id('fromUid'), a.id('groupId'), a.number('mtype'), a.text('message'), a.options),
  SendRoomMessage: (c, a) =>
    c.sendRoomMessage(a.id('fromUid'), a.id('roomId'), a.number('mtype'), a.text('message'), a.options),
  SendBroadcastMessage: (c, a) =>
    c.sendBroadcastMessage(a.id('fromUid'), a.number('mtype'), a.text('message'), a.options),
  SendMessageByBinary: (c, a) =>
    c.sendMessageByBinary(a.id('fromUid'), a.id('toUid'), a.number('mtype'), a.bytes('message'), a.options),
  SendMessagesByBinary: (c, a) =>
    c.sendMessagesByBinary(a.id('fromUid'), a.ids('toUids'), a.number('mtype'), a.bytes('message'), a.options),
  SendGroupMessageByBinary: (c, a) =>
    c.sendGroupMessageByBinary(a.id('fromUid'), a.id('groupId'), a.number('mtype'), a.bytes('message'), a.options),
  SendRoomMessageByBinary: (c, a) =>
    c.sendRoomMessageByBinary(a.id('fromUid'), a.id('roomId'), a.number('mtype'), a.bytes('message'), a.options),
  SendBroadcastMessageByBinary: (c, a) =>
    c.sendBroadcastMessageByBinary(a.id('fromUid'), a.number('mtype'), a.bytes('message'), a.options),
  GetGroupMessage: (c, a) =>
    c.getGroupMessage(
      a.id('groupId'),
      a.flag('desc'),
      a.number('num'),
      a.number('begin'),
      a.number('end'),
      a.id('lastid'),
      a.id('uid'),
      a.options,
    ),
  GetRoomMessage: (c, a) =>
    c.getRoomMessage(
      a.id('roomId'),
      a.flag('desc'),
      a.number('num'),
      a.number('begin'),
      a.number('end'),
      a.id('lastid'),
      a.id('uid'),
      a.options,
    ),
  GetBroadcastMessage: (c, a) =>
    c.getBroadcastMessage(
      a.flag('desc'),
      a.number('num'),
      a.number('begin'),
      a.number('end'),
      a.id('lastid'),
      a.id('uid'),
      a.options,
    ),
  GetP2PMessage: (c, a) =>
    c.getP2PMessage(
      a.id('uid'),
      a.id('peerUid'),
      a.flag('desc'),
      a.number('num'),
      a.number('begin'),
      a.number('end'),
      a.id('lastid'),
      a.options,
    ),
  DelP2PMessage: (c, a) => c.delP2PMessage(a.id('mid'), a.id('fromUid'), a.id('to')),
  DelGroupMessage: (c, a) => c.delGroupMessage(a.id('mid'), a.id('fromUid'), a.id('gid')),
  DelRoomMessage: (c, a) => c.delRoomMessage(a.id('mid'), a.id('fromUid'), a.id('rid')),
  DelBroadcastMessage: (c, a) => c.delBroadcastMessage(a.id('mid'), a.id('fromUid')),
  CleanP2PMessage: (c, a) => c.cleanP2PMessage(a.id('fromUid'), a.id('to'), a.number('begin'), a.number('end')),
  // The document has a leading fromUid, the code of the SDK has none and sends 0.
  CleanGroupMessage: (c, a) => c.cleanGroupMessage(0, a.id('gid'), a.number('begin'), a.number('end')),
  CleanRoomMessage: (c, a) => c.cleanRoomMessage(0, a.id('rid'), a.number('begin'), a.number('end')),
  CleanBroadcastMessage: (c, a) => c.cleanBroadcastMessage(a.id('fromUid'), a.number('begin'), a.number('end')),
  GetMsgCount: (c, a) =>
    c.getMsgCount(a.type<GroupOrRoom>('msgType'), a.id('xid'), a.number('begin'), a.number('end'), a.mtypes('mtype')),
  EditMessage: (c, a) =>
    c.editMessage(
      a.id('messageId'),
      a.id('fromUid'),
      a.id('xid'),
      a.type<GroupOrRoom>('messageType'),
      a.text('msg'),
      a.text('attrs'),
      a.number('timeLimit'),
    ),
  DeleteConversationMessages: (c, a) =>
    c.deleteConversationMessages(a.id('fromUid'), a.id('xid'), a.type<GroupOrRoom>('messageType')),

  // Python, rooms
  add_room_member: (c, a) => c.addRoomMember(a.id('rid'), a.id('uid')),
  delete_room_member: (c, a) => c.deleteRoomMember(a.id('rid'), a.id('uid')),
  set_room_info: (c, a) => c.setRoomInfo(a.id('rid'), a.options),
  get_room_info: (c, a) => c.getRoomInfo(a.id('rid')),
  add_room_ban: (c, a) => c.addRoomBan(a.idOrNull('rid'), a.id('uid'), a.number('btime')),
  remove_room_ban: (c, a) => c.removeRoomBan(a.idOrNull('rid'), a.id('uid')),
  is_ban_of_room: (c, a) => c.isBanOfRoom(a.id('rid'), a.id('uid')),
  get_room_members: (c, a) => c.getRoomMembers(a.id('rid')),
  get_room_count: (c, a) => c.getRoomCount(a.ids('rids')),

  // C++, chat
  sendChat: (c, a) => c.sendChat(a.id('fromUid'), a.id('toUid'), a.text('message'), a.text('attrs')),
  sendAudio: (c, a) => c.sendAudio(a.id('fromUid'), a.id('toUid'), a.body('message'), a.text('attrs')),
  sendCmd: (c, a) => c.sendCmd(a.id('fromUid'), a.id('toUid'), a.text('message'), a.text('attrs')),
  sendChats: (c, a) => c.sendChats(a.id('fromUid'), new Set(a.ids('toUids')), a.text('message'), a.text('attrs')),
  sendAudios: (c, a) => c.sendAudios(a.id('fromUid'), new Set(a.ids('toUids')), a.body('message'), a.text('attrs')),
  sendCmds: (c, a) => c.sendCmds(a.id('fromUid'), new Set(a.ids('toUids')), a.text('message'), a.text('attrs')),
  sendGroupChat: (c, a) => c.sendGroupChat(a.id('fromUid'), a.id('groupId'), a.text('message'), a.text('attrs')),
  sendGroupAudio: (c, a) => c.sendGroupAudio(a.id('fromUid'), a.id('groupId'), a.body('message'), a.text('attrs')),
  sendGroupCmd: (c, a) => c.sendGroupCmd(a.id('fromUid'), a.id('groupId'), a.text('message'), a.text('attrs')),
  sendRoomChat: (c, a) => c.sendRoomChat(a.id('fromUid'), a.id('roomId'), a.text('message'), a.text('attrs')),
  sendRoomAudio: (c, a) => c.sendRoomAudio(a.id('fromUid'), a.id('roomId'), a.body('message'), a.text('attrs')),
  sendRoomCmd: (c, a) => c.sendRoomCmd(a.id('fromUid'), a.id('roomId'), a.text('message'), a.text('attrs')),
  broadcastChat: (c, a) => c.broadcastChat(a.id('fromUid'), a.text('message'), a.text('attrs')),
  broadcastAudio: (c, a) => c.broadcastAudio(a.id('fromUid'), a.body('message'), a.text('attrs')),
  broadcastCmd: (c, a) => c.broadcastCmd(a.id('fromUid'), a.text('message'), a.text('attrs')),
  getGroupChat: (c, a) =>
    c.getGroupChat(
      a.id('groupId'),
      a.flag('desc'),
      a.number('count'),
      a.number('beginMsec'),
      a.number('endMsec'),
      a.id('lastId'),
      a.id('uid'),
    ),
  getRoomChat: (c, a) =>
    c.getRoomChat(
      a.id('roomId'),
      a.flag('desc'),
      a.number('count'),
      a.number('beginMsec'),
      a.number('endMsec'),
      a.id('lastId'),
      a.id('uid'),
    ),
  getBroadcastChat: (c, a) =>
    c.getBroadcastChat(
      a.flag('desc'),
      a.number('count'),
      a.number('beginMsec'),
      a.number('endMsec'),
      a.id('lastId'),
      a.id('uid'),
    ),
  getP2PChat: (c, a) =>
    c.getP2PChat(
      a.id('userId'),
      a.id('otherUserId'),
      a.flag('desc'),
      a.number('count'),
      a.number('beginMsec'),
      a.number('endMsec'),
      a.id('lastId'),
    ),
  getChat: (c, a) => c.getChat(a.id('mid'), a.id('fromUid'), a.id('toId'), a.type('messageCategory')),
  deleteChat: (c, a) => c.deleteChat(a.id('mid'), a.id('fromUid'), a.id('toId'), a.type('messageCategory')),

  // Beside the documents
  AddRoomMembers: (c, a) => c.addRoomMembers(a.id('roomId'), a.ids('uids')),
  DelRoomMembers: (c, a) => c.delRoomMembers(a.id('roomId'), a.ids('uids')),
  AddUserRooms: (c, a) => c.addUserRooms(a.ids('roomIds'), a.id('uid')),
  DeleteUserRooms: (c, a) => c.deleteUserRooms(a.ids('roomIds'), a.id('uid')),
  AddGroupMembers: (c, a) => c.addGroupMembers(a.id('groupId'), a.ids('uids')),
  deleteGroupMembers: (c, a) => c.delGroupMembers(a.id('gid'), a.ids('uids')),
  GetGroupMembers: (c, a) => c.getGroupMembers(a.id('groupId')),
  GetGroupCount: (c, a) => c.getGroupCount(a.id('groupId')),
};
