import type { ClientAnswerIn } from '@parley/contract';
import type { Id } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';
import type { Conversation } from '../conversation.ts';
import { type LastMessage, toLastMessage } from './shapes.ts';

/** What counts as unread. */
export type UnreadOptions = CallOptions & {
  /** What is newer than this, in epoch milliseconds. Default: the last logout of the user. */
  since?: number;
  /** Only messages of these types. Default: text, audio and commands. */
  mtypes?: readonly number[];
};

export type UnreadCounts = {
  /** By user or group. */
  counts: Map<bigint, number>;
  /** When the newest message of each was sent, in epoch milliseconds. */
  newest: Map<bigint, number>;
};

/** A conversation with its unread messages and its newest one. */
export type ConversationSummary = {
  conversation: Conversation;
  unreadCount: number;
  lastMessage: LastMessage;
};

type GroupList = ClientAnswerIn<'getgroupconversationlist'>;
type UserList = ClientAnswerIn<'getp2pconversationlist'>;

/** Unread messages and lists of conversations. */
export class ConversationCalls {
  readonly #call: Call;
  readonly #uid: bigint;

  constructor(call: Call, uid: bigint) {
    this.#call = call;
    this.#uid = uid;
  }

  /** The ids of all conversations with users, and of all in groups. */
  async ids(options?: CallOptions): Promise<{ peerUids: bigint[]; groupIds: bigint[] }> {
    const { p2p, group } = await this.#call('getsession', {}, options);
    return { peerUids: p2p, groupIds: group };
  }

  /** Conversations with users, newest first. */
  async withUsers(options?: UnreadOptions): Promise<ConversationSummary[]> {
    return this.#ofUsers(await this.#call('getp2pconversationlist', ...unreadParams(options)));
  }

  /** Conversations with users that have unread messages. */
  async unreadWithUsers(options?: UnreadOptions): Promise<ConversationSummary[]> {
    return this.#ofUsers(await this.#call('getp2punreadconversationlist', ...unreadParams(options)));
  }

  /** Conversations in groups, newest first. */
  async inGroups(options?: UnreadOptions): Promise<ConversationSummary[]> {
    return this.#ofGroups(await this.#call('getgroupconversationlist', ...unreadParams(options)));
  }

  /** Conversations in groups that have unread messages. */
  async unreadInGroups(options?: UnreadOptions): Promise<ConversationSummary[]> {
    return this.#ofGroups(await this.#call('getgroupunreadconversationlist', ...unreadParams(options)));
  }

  /** Conversations of both kinds that have unread messages. @param options.markRead - Default false. */
  async unread(options: UnreadOptions & { markRead?: boolean } = {}): Promise<ConversationSummary[]> {
    const { markRead = false, ...rest } = options;
    const [params, callOptions] = unreadParams(rest);
    const answer = await this.#call('getunreadconversationlist', { ...params, clear: markRead }, callOptions);
    const { p2pConversations, p2pUnreads, p2pMsgs, groupConversations, groupUnreads, groupMsgs } = answer;
    return [
      ...this.#ofUsers({ conversations: p2pConversations, unreads: p2pUnreads, msgs: p2pMsgs }),
      ...this.#ofGroups({ conversations: groupConversations, unreads: groupUnreads, msgs: groupMsgs }),
    ];
  }

  /**
   * Takes the conversation with a user out of the list. @param options.forBoth - Out of the other user's list too. Default
   * false.
   */
  async remove(peerUid: Id, options: CallOptions & { forBoth?: boolean } = {}): Promise<void> {
    const { forBoth = false, ...callOptions } = options;
    await this.#call('removesession', { to: peerUid, oneway: !forBoth }, callOptions);
  }

  /** Users and groups with unread messages. @param options.markRead - Marks everything as read. Default false. */
  async unreadIds(
    options: CallOptions & { markRead?: boolean } = {},
  ): Promise<{ peerUids: bigint[]; groupIds: bigint[]; lastLogoutTime: number | undefined }> {
    const { markRead = false, ...callOptions } = options;
    const answer = await this.#call('getunread', { clear: markRead, gettime: true }, callOptions);
    return { peerUids: answer.p2p, groupIds: answer.group, lastLogoutTime: answer.logouttime };
  }

  /** Unread messages of some users. */
  async unreadOfUsers(uids: Iterable<Id>, options?: UnreadOptions): Promise<UnreadCounts> {
    const [params, callOptions] = unreadParams(options);
    const { p2p, ltime } = await this.#call('getp2punread', { uids: [...uids], ...params }, callOptions);
    return { counts: p2p, newest: ltime };
  }

  /** Unread messages of some groups. */
  async unreadOfGroups(groupIds: Iterable<Id>, options?: UnreadOptions): Promise<UnreadCounts> {
    const [params, callOptions] = unreadParams(options);
    const { group, ltime } = await this.#call('getgroupunread', { gids: [...groupIds], ...params }, callOptions);
    return { counts: group, newest: ltime };
  }

  /** Messages of users that are newer than a time of each. */
  async unreadOfUsersSince(
    times: ReadonlyMap<bigint, number>,
    options: Omit<UnreadOptions, 'since'> = {},
  ): Promise<UnreadCounts> {
    const [{ mtypes }, callOptions] = unreadParams(options);
    const { p2p, ltime } = await this.#call('getp2punreadbytime', { uid_time: times, mtypes }, callOptions);
    return { counts: p2p, newest: ltime };
  }

  /** Messages of groups that are newer than a time of each. */
  async unreadOfGroupsSince(
    times: ReadonlyMap<bigint, number>,
    options: Omit<UnreadOptions, 'since'> = {},
  ): Promise<UnreadCounts> {
    const [{ mtypes }, callOptions] = unreadParams(options);
    const { group, ltime } = await this.#call('getgroupunreadbytime', { gid_time: times, mtypes }, callOptions);
    return { counts: group, newest: ltime };
  }

  /** Marks everything as read. */
  async markAllRead(options?: CallOptions): Promise<void> {
    await this.#call('cleanunread', {}, options);
  }

  /** Marks the messages of some users and groups as read. */
  async markRead(
    conversations: { peerUids?: Iterable<Id>; groupIds?: Iterable<Id> },
    options?: CallOptions,
  ): Promise<void> {
    const { peerUids = [], groupIds = [] } = conversations;
    await this.#call('cleantargetunread', { uids: [...peerUids], gids: [...groupIds] }, options);
  }

  #ofUsers({ conversations, unreads, msgs }: UserList): ConversationSummary[] {
    return conversations.map((peerUid, index) => {
      const conversation: Conversation = { kind: 'p2p', peerUid };
      const lastMessage = toLastMessage(conversation, msgs[index] ?? null, this.#uid);
      return { conversation, unreadCount: unreads[index] ?? 0, lastMessage };
    });
  }

  #ofGroups({ conversations, unreads, msgs }: GroupList): ConversationSummary[] {
    return conversations.map((groupId, index) => {
      const conversation: Conversation = { kind: 'group', groupId };
      const lastMessage = toLastMessage(conversation, msgs[index] ?? null, this.#uid);
      return { conversation, unreadCount: unreads[index] ?? 0, lastMessage };
    });
  }
}

function unreadParams(options: UnreadOptions = {}): [{ mtime?: number; mtypes?: readonly number[] }, CallOptions] {
  const { since, mtypes, ...callOptions } = options;
  return [
    { ...(since === undefined ? {} : { mtime: since }), ...(mtypes === undefined ? {} : { mtypes }) },
    callOptions,
  ];
}
