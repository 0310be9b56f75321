import type { ConversationService } from '../../history/conversation-service.ts';
import type { Session } from '../../sessions/session.ts';
import type { ListedConversation } from '../../storage/conversation-lists.ts';
import type { UnreadCount } from '../../storage/unread-messages.ts';
import { unitFor, unitWithSender } from '../history-answer.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientHandlers } from './client-handler.ts';

type Methods =
  | 'getunread'
  | 'cleanunread'
  | 'cleantargetunread'
  | 'getp2punread'
  | 'getgroupunread'
  | 'getp2punreadbytime'
  | 'getgroupunreadbytime'
  | 'getsession'
  | 'getp2pconversationlist'
  | 'getp2punreadconversationlist'
  | 'getgroupconversationlist'
  | 'getgroupunreadconversationlist'
  | 'getunreadconversationlist'
  | 'removesession';

type Filter = { mtime?: number | undefined; mtypes?: readonly number[] | undefined };

/** The conversations of the caller and what is unread in them. */
export function conversationHandlers(conversations: ConversationService): ClientHandlers<Methods> {
  const p2pList = async ({ project, uid }: Session, filter: Filter, onlyUnread: boolean) =>
    p2pAnswer(uid, await conversations.list(project, uid, 'p2p', { ...toFilter(filter), onlyUnread }));
  const groupList = async ({ project, uid }: Session, filter: Filter, onlyUnread: boolean) =>
    groupAnswer(await conversations.list(project, uid, 'group', { ...toFilter(filter), onlyUnread }));
  return {
    getunread: async ({ project, uid }, { clear, gettime }) => {
      const { p2p, group, logoutAt } = await conversations.unread(project, uid, { clears: clear });
      return { p2p, group, logouttime: gettime ? logoutAt : undefined };
    },
    cleanunread: async ({ project, uid }) => {
      await conversations.clear(project, uid);
      return NOTHING;
    },
    cleantargetunread: async ({ project, uid }, { uids, gids }) => {
      await conversations.clearSome(project, uid, uids ?? [], gids ?? []);
      return NOTHING;
    },
    getp2punread: async ({ project, uid }, { uids, ...filter }) => {
      const counts = await conversations.countUnread(project, uid, 'p2p', uids, toFilter(filter));
      return { p2p: unreadOf(counts), ltime: timesOf(counts) };
    },
    getgroupunread: async ({ project, uid }, { gids, ...filter }) => {
      const counts = await conversations.countUnread(project, uid, 'group', gids, toFilter(filter));
      return { group: unreadOf(counts), ltime: timesOf(counts) };
    },
    getp2punreadbytime: async ({ project, uid }, { uid_time, mtypes }) => {
      const counts = await conversations.countSince(project, uid, 'p2p', uid_time, mtypes);
      return { p2p: unreadOf(counts), ltime: timesOf(counts) };
    },
    getgroupunreadbytime: async ({ project, uid }, { gid_time, mtypes }) => {
      const counts = await conversations.countSince(project, uid, 'group', gid_time, mtypes);
      return { group: unreadOf(counts), ltime: timesOf(counts) };
    },
    getsession: ({ project, uid }) => conversations.all(project, uid),
    getp2pconversationlist: (session, filter) => p2pList(session, filter, false),
    getp2punreadconversationlist: (session, filter) => p2pList(session, filter, true),
    getgroupconversationlist: (session, filter) => groupList(session, filter, false),
    getgroupunreadconversationlist: (session, filter) => groupList(session, filter, true),
    getunreadconversationlist: async ({ project, uid }, { clear, ...filter }) => {
      const found = await conversations.listUnread(project, uid, { ...toFilter(filter), clears: clear });
      const [p2p, group] = [p2pAnswer(uid, found.p2p), groupAnswer(found.group)];
      return {
        groupConversations: group.conversations,
        groupUnreads: group.unreads,
        groupMsgs: group.msgs,
        p2pConversations: p2p.conversations,
        p2pUnreads: p2p.unreads,
        p2pMsgs: p2p.msgs,
      };
    },
    removesession: async ({ project, uid }, { to, oneway }) => {
      await conversations.remove(project, uid, [to], { oneWay: oneway });
      return NOTHING;
    },
  };
}

function toFilter({ mtime, mtypes }: Filter) {
  return { since: mtime, mtypes };
}

function unreadOf(counts: ReadonlyMap<bigint, UnreadCount>): Map<bigint, number> {
  return new Map([...counts].map(([other, { unread }]) => [other, unread]));
}

/** Only conversations that have a message have the time of one. */
function timesOf(counts: ReadonlyMap<bigint, UnreadCount>): Map<bigint, number> {
  return new Map(
    [...counts].flatMap(([other, { newest }]) => (newest === undefined ? [] : [[other, newest] as const])),
  );
}

function p2pAnswer(uid: bigint, listed: readonly ListedConversation[]) {
  const toUnit = unitFor(uid);
  return { ...columnsOf(listed), msgs: listed.map(({ newest }) => newest && toUnit(newest)) };
}

function groupAnswer(listed: readonly ListedConversation[]) {
  return { ...columnsOf(listed), msgs: listed.map(({ newest }) => newest && unitWithSender(newest)) };
}

function columnsOf(listed: readonly ListedConversation[]) {
  return { conversations: listed.map(({ other }) => other), unreads: listed.map(({ unread }) => unread) };
}
