import {
  CONVERSATION_TYPES,
  type Conversation,
  type ConversationType,
  type HistoryResult,
  type Id,
  type RtmServerClient,
  type SendResult,
} from '@parley/server-sdk';

/** A page in the order of the documented arguments. */
export type PageArguments = [
  desc: boolean,
  num: number,
  begin: number,
  end: number,
  lastid: Id,
  options?: { mtypes: number[] },
];

/** A conversation with the functions that the SDK has for its kind. */
export type SdkPlace = {
  readonly kind: ConversationType;
  readonly conversation: Conversation;
  /** The other side, group or room; 0 for the broadcasts. */
  readonly to: bigint;
  send(client: RtmServerClient, from: bigint, mtype: number, text: string): Promise<SendResult>;
  messages(client: RtmServerClient, ...page: PageArguments): Promise<HistoryResult>;
  chats(client: RtmServerClient, ...page: PageArguments): Promise<HistoryResult>;
  recall(client: RtmServerClient, mid: bigint, from: bigint): Promise<void>;
  clean(client: RtmServerClient, from: bigint, begin: number, end: number): Promise<void>;
};

/** The four kinds, as user `self` uses them; the broadcasts are one for the whole project. */
export function sdkPlaces(self: bigint, fresh: () => bigint): readonly SdkPlace[] {
  const [peer, gid, rid] = [fresh(), fresh(), fresh()];
  return [
    {
      kind: CONVERSATION_TYPES.p2p,
      conversation: { uid: self, peerUid: peer },
      to: peer,
      send: (client, from, mtype, text) => client.sendMessage(from, peer, mtype, text),
      messages: (client, ...page) => client.getP2PMessage(self, peer, ...page),
      chats: (client, desc, num, begin, end, lastid) => client.getP2PChat(self, peer, desc, num, begin, end, lastid),
      recall: (client, mid, from) => client.delP2PMessage(mid, from, peer),
      clean: (client, from, begin, end) => client.cleanP2PMessage(from, peer, begin, end),
    },
    {
      kind: CONVERSATION_TYPES.group,
      conversation: { groupId: gid },
      to: gid,
      send: (client, from, mtype, text) => client.sendGroupMessage(from, gid, mtype, text),
      messages: (client, desc, num, begin, end, lastid, options) =>
        client.getGroupMessage(gid, desc, num, begin, end, lastid, self, options),
      chats: (client, desc, num, begin, end, lastid) => client.getGroupChat(gid, desc, num, begin, end, lastid, self),
      recall: (client, mid, from) => client.delGroupMessage(mid, from, gid),
      clean: (client, from, begin, end) => client.cleanGroupMessage(from, gid, begin, end),
    },
    {
      kind: CONVERSATION_TYPES.room,
      conversation: { roomId: rid, uid: self },
      to: rid,
      send: (client, from, mtype, text) => client.sendRoomMessage(from, rid, mtype, text),
      messages: (client, desc, num, begin, end, lastid, options) =>
        client.getRoomMessage(rid, desc, num, begin, end, lastid, self, options),
      chats: (client, desc, num, begin, end, lastid) => client.getRoomChat(rid, desc, num, begin, end, lastid, self),
      recall: (client, mid, from) => client.delRoomMessage(mid, from, rid),
      clean: (client, from, begin, end) => client.cleanRoomMessage(from, rid, begin, end),
    },
    {
      kind: CONVERSATION_TYPES.broadcast,
      conversation: { broadcast: true },
      to: 0n,
      send: (client, from, mtype, text) => client.sendBroadcastMessage(from, mtype, text),
      messages: (client, desc, num, begin, end, lastid, options) =>
        client.getBroadcastMessage(desc, num, begin, end, lastid, self, options),
      chats: (client, desc, num, begin, end, lastid) => client.getBroadcastChat(desc, num, begin, end, lastid, self),
      recall: (client, mid, from) => client.delBroadcastMessage(mid, from),
      clean: (client, from, begin, end) => client.cleanBroadcastMessage(from, begin, end),
    },
  ];
}
