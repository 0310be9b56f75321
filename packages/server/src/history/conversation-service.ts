import { CHAT_MTYPES } from '@parley/contract';
import type { GroupService } from '../groups/group-service.ts';
import type { Project } from '../projects/project-settings.ts';
import { type ConversationDirectory, groupKey, p2pKey, roomKey } from '../storage/conversation-directory.ts';
import {
  type ConversationKind,
  type ListedConversation,
  listConversationIds,
  listConversations,
  listUnreadConversationIds,
} from '../storage/conversation-lists.ts';
import { hideConversations, markConversationsRead, showConversations } from '../storage/conversation-marks.ts';
import type { Database } from '../storage/database.ts';
import type { StoredMessage } from '../storage/stored-message.ts';
import { countUnread, newestMessages, type UnreadCount } from '../storage/unread-messages.ts';
import type { ReadMarks } from './read-marks.ts';

/** `since` in ms: what is later is unread; absent, 0 or less: what the user has not read. `mtypes` absent or empty: chat. */
export type UnreadFilter = { since?: number | undefined; mtypes?: readonly number[] | undefined };

/** Users and groups, the newest conversation first. */
export type ConversationIds = { p2p: bigint[]; group: bigint[] };

/**
 * The conversations of a user and what is unread in them. Unread is what others sent after the user's last logout, and
 * after it was cleared; recalled messages never count, edited ones as before. Conversations are those with other users,
 * until they are taken out of the list, and the groups that the user is in.
 */
export class ConversationService {
  readonly #db: Database;
  readonly #conversations: ConversationDirectory;
  readonly #groups: GroupService;
  readonly #marks: ReadMarks;

  constructor(parts: {
    db: Database;
    conversations: ConversationDirectory;
    groups: GroupService;
    marks: ReadMarks;
  }) {
    this.#db = parts.db;
    this.#conversations = parts.conversations;
    this.#groups = parts.groups;
    this.#marks = parts.marks;
  }

  async all({ pid }: Project, uid: bigint): Promise<ConversationIds> {
    const [p2p, group] = await Promise.all([
      listConversationIds(this.#db, 'p2p', pid, uid),
      listConversationIds(this.#db, 'group', pid, uid),
    ]);
    return { p2p, group };
  }

  /** Who has sent what is unread. @param clears - Marks everything as read that the answer tells of. */
  async unread(
    project: Project,
    uid: bigint,
    { clears }: { clears: boolean },
  ): Promise<ConversationIds & { logoutAt: number }> {
    return this.#clearing(project, uid, clears, async () => {
      const { logoutAt, clearedAt } = await this.#marks.of(project, uid);
      const query = { project: project.pid, uid, since: Math.max(logoutAt, clearedAt), mtypes: CHAT_MTYPES };
      const [p2p, group] = await Promise.all([
        listUnreadConversationIds(this.#db, { ...query, kind: 'p2p' }),
        listUnreadConversationIds(this.#db, { ...query, kind: 'group' }),
      ]);
      return { p2p, group, logoutAt };
    });
  }

  clear(project: Project, uid: bigint): Promise<void> {
    return this.#marks.clear(project, uid);
  }

  /** Marks the messages of some users and groups as read. */
  async clearSome(project: Project, uid: bigint, uids: readonly bigint[], gids: readonly bigint[]): Promise<void> {
    const upTo = this.#marks.present();
    const known = [
      ...(await this.#known(project, uid, 'p2p', uids)).values(),
      ...(await this.#known(project, uid, 'group', gids)).values(),
    ];
    if (known.length > 0) await markConversationsRead(this.#db, uid, known, upTo);
  }

  /** Counts for each of `others`; 0 for strangers, and for groups that the user is not in. */
  async countUnread(
    project: Project,
    uid: bigint,
    kind: ConversationKind,
    others: readonly bigint[],
    filter: UnreadFilter,
  ): Promise<Map<bigint, UnreadCount>> {
    const { since, usesMarks } = await this.#since(project, uid, filter);
    const times = new Map(others.map((other) => [other, since]));
    return this.#countSince(project, uid, kind, times, usesMarks, filter.mtypes);
  }

  /** Counts what is later than a time of each, whether it was read or not. */
  countSince(
    project: Project,
    uid: bigint,
    kind: ConversationKind,
    times: ReadonlyMap<bigint, number>,
    mtypes: readonly number[] | undefined,
  ): Promise<Map<bigint, UnreadCount>> {
    return this.#countSince(project, uid, kind, times, false, mtypes);
  }

  async list(
    project: Project,
    uid: bigint,
    kind: ConversationKind,
    filter: UnreadFilter & { onlyUnread: boolean },
  ): Promise<ListedConversation[]> {
    return listConversations(this.#db, {
      kind,
      project: project.pid,
      uid,
      ...(await this.#since(project, uid, filter)),
      mtypes: wanted(filter.mtypes),
      onlyUnread: filter.onlyUnread,
      limit: project.settings.limits.conversationListMax,
    });
  }

  /** Both kinds of lists, of conversations with unread messages. @param clears - Marks everything as read afterwards. */
  listUnread(
    project: Project,
    uid: bigint,
    filter: UnreadFilter & { clears: boolean },
  ): Promise<Record<ConversationKind, ListedConversation[]>> {
    return this.#clearing(project, uid, filter.clears, async () => {
      const [p2p, group] = await Promise.all([
        this.list(project, uid, 'p2p', { ...filter, onlyUnread: true }),
        this.list(project, uid, 'group', { ...filter, onlyUnread: true }),
      ]);
      return { p2p, group };
    });
  }

  /** Takes conversations with other users out of the list until the next message. @param oneWay - Not out of theirs. */
  async remove(
    project: Project,
    uid: bigint,
    others: readonly bigint[],
    { oneWay }: { oneWay: boolean },
  ): Promise<void> {
    const known = await this.#known(project, uid, 'p2p', others);
    const places = [...known].flatMap(([other, conversation]) =>
      (oneWay ? [uid] : [uid, other]).map((owner) => ({ conversation, uid: owner })),
    );
    if (places.length > 0) await hideConversations(this.#db, places);
  }

  /** Puts conversations with other users into the lists of both sides, with or without messages. */
  async add({ pid }: Project, uid: bigint, others: readonly bigint[]): Promise<void> {
    const peers = [...new Set(others)].filter((other) => other !== uid);
    const numbers = await this.#conversations.resolve(peers.map((other) => p2pKey(pid, uid, other)));
    const places = peers.flatMap((other, index) =>
      [uid, other].map((owner) => ({ conversation: numbers[index]!, uid: owner })),
    );
    await showConversations(this.#db, places);
  }

  /** The newest message of each room, null where there is none. */
  async newestInRooms(
    { pid }: Project,
    rids: readonly bigint[],
    mtypes: readonly number[] | undefined,
  ): Promise<Map<bigint, StoredMessage | null>> {
    const found = await this.#find(rids.map((rid) => [rid, roomKey(pid, rid)]));
    const newest = await newestMessages(this.#db, [...found.values()], wanted(mtypes));
    const byRoom = new Map<bigint, StoredMessage | null>(rids.map((rid) => [rid, null]));
    [...found.keys()].forEach((rid, index) => {
      byRoom.set(rid, newest[index]!);
    });
    return byRoom;
  }

  /** The time that `work` clears up to is taken before it reads, so that nothing is cleared that it did not see. */
  async #clearing<T>(project: Project, uid: bigint, clears: boolean, work: () => Promise<T>): Promise<T> {
    if (!clears) return work();
    const upTo = this.#marks.present();
    const result = await work();
    await this.#marks.clearUpTo(project, uid, upTo);
    return result;
  }

  async #since(
    project: Project,
    uid: bigint,
    { since = 0 }: UnreadFilter,
  ): Promise<{ since: number; usesMarks: boolean }> {
    if (since > 0) return { since, usesMarks: false };
    const { logoutAt, clearedAt } = await this.#marks.of(project, uid);
    return { since: Math.max(logoutAt, clearedAt), usesMarks: true };
  }

  async #countSince(
    project: Project,
    uid: bigint,
    kind: ConversationKind,
    times: ReadonlyMap<bigint, number>,
    usesMarks: boolean,
    mtypes: readonly number[] | undefined,
  ): Promise<Map<bigint, UnreadCount>> {
    const counts = new Map<bigint, UnreadCount>([...times.keys()].map((id) => [id, { unread: 0, newest: undefined }]));
    const known = await this.#known(project, uid, kind, [...times.keys()]);
    if (known.size === 0) return counts;
    const found = await countUnread(this.#db, {
      uid,
      conversations: [...known.values()],
      since: [...known.keys()].map((other) => times.get(other)!),
      usesMarks,
      mtypes: wanted(mtypes),
    });
    [...known.keys()].forEach((other, index) => {
      counts.set(other, found[index]!);
    });
    return counts;
  }

  /** The numbers of those conversations that exist and that the user takes part in. */
  async #known(
    project: Project,
    uid: bigint,
    kind: ConversationKind,
    others: readonly bigint[],
  ): Promise<Map<bigint, number>> {
    if (kind === 'p2p') return this.#find(others.map((other) => [other, p2pKey(project.pid, uid, other)]));
    if (others.length === 0) return new Map();
    const own = new Set(await this.#groups.groupsOf(project, uid));
    return this.#find(others.filter((gid) => own.has(gid)).map((gid) => [gid, groupKey(project.pid, gid)]));
  }

  async #find(
    keys: readonly (readonly [bigint, Parameters<ConversationDirectory['find']>[0]])[],
  ): Promise<Map<bigint, number>> {
    const found = new Map<bigint, number>();
    const numbers = await Promise.all(keys.map(([, key]) => this.#conversations.find(key)));
    numbers.forEach((number, index) => {
      if (number !== undefined) found.set(keys[index]![0], number);
    });
    return found;
  }
}

function wanted(mtypes: readonly number[] | undefined): readonly number[] {
  return mtypes === undefined || mtypes.length === 0 ? CHAT_MTYPES : mtypes;
}
