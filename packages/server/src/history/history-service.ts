import { CONVERSATION_TYPES, ERROR_CODES, RtmError } from '@parley/contract';
import { RawString } from '@parley/fpnn';
import { conversationOf } from '../messaging/conversation.ts';
import type { Project } from '../projects/project-settings.ts';
import {
  broadcastKey,
  type ConversationDirectory,
  type ConversationKey,
  groupKey,
  p2pKey,
  roomKey,
} from '../storage/conversation-directory.ts';
import type { Database } from '../storage/database.ts';
import type { HistoryReader, StoredMessage } from '../storage/history-reader.ts';
import { countMessages } from '../storage/message-count.ts';
import { findMessageId, getMessage } from '../storage/message-lookup.ts';

/** Where to read: `begin` and `end` in ms, both inclusive, 0 for unset; `lastid` exclusive, 0 for the first page. */
export type PageRequest = {
  desc: boolean;
  num: number;
  begin: number;
  end: number;
  lastid: bigint;
  /** Absent: every type. */
  mtypes?: readonly number[] | undefined;
};

/** As `PageRequest`, with the page beginning beside a message, which is not in it. */
export type AnchoredRequest = Omit<PageRequest, 'lastid'> & { mid: bigint };

/** A page, and the three values that lead to the next one when they are sent back as they are. */
export type Page = { messages: StoredMessage[]; lastid: bigint; begin: number; end: number };

/** Reads what is stored: pages, single messages, counts. Recalled messages are never among it. */
export class HistoryService {
  readonly #db: Database;
  readonly #conversations: ConversationDirectory;
  readonly #reader: HistoryReader;
  readonly #now: () => number;

  constructor(parts: { db: Database; conversations: ConversationDirectory; reader: HistoryReader; now: () => number }) {
    this.#db = parts.db;
    this.#conversations = parts.conversations;
    this.#reader = parts.reader;
    this.#now = parts.now;
  }

  pageOfUsers(project: Project, uid: bigint, ouid: bigint, request: PageRequest): Promise<Page> {
    return this.#page(p2pKey(project.pid, uid, ouid), project, request);
  }

  pageOfGroup(project: Project, gid: bigint, request: PageRequest): Promise<Page> {
    return this.#page(groupKey(project.pid, gid), project, request);
  }

  pageOfRoom(project: Project, rid: bigint, request: PageRequest): Promise<Page> {
    return this.#page(roomKey(project.pid, rid), project, request);
  }

  pageOfBroadcasts(project: Project, request: PageRequest): Promise<Page> {
    return this.#page(broadcastKey(project.pid), project, request);
  }

  /** The messages before or after one. @throws RtmError 200070 when there is no message with that mid. */
  async pageBeside(
    project: Project,
    place: { type: number; from?: bigint; xid?: bigint },
    { mid, ...request }: AnchoredRequest,
  ): Promise<Page> {
    const key = conversationOf(project.pid, place.type, place.from ?? 0n, place.xid ?? 0n);
    const conversation = await this.#conversations.find(key);
    const users = key.type === CONVERSATION_TYPES.p2p ? ([key.low, key.high] as const) : undefined;
    const lastid = conversation === undefined ? undefined : await findMessageId(this.#db, conversation, mid, users);
    if (lastid !== undefined) return this.#page(key, project, { ...request, lastid });
    throw new RtmError(ERROR_CODES.messageNotFound, `mid: no message ${mid} is stored there`);
  }

  /** One stored message. @throws RtmError 200070 when there is none. */
  async message(
    project: Project,
    address: { type: number; from: bigint; xid: bigint; mid: bigint },
  ): Promise<StoredMessage> {
    const key = conversationOf(project.pid, address.type, address.from, address.xid);
    const conversation = await this.#conversations.find(key);
    const found =
      conversation === undefined ? undefined : await getMessage(this.#db, conversation, address.from, address.mid);
    if (found !== undefined) return found;
    throw new RtmError(
      ERROR_CODES.messageNotFound,
      `mid: no message ${address.mid} from ${address.from} is stored there`,
    );
  }

  /** How many messages, and from how many senders, a conversation has. `begin` and `end` 0 or less: no bound. */
  async count(
    project: Project,
    place: { type: number; from?: bigint; xid: bigint },
    filter: { mtypes?: readonly number[] | undefined; begin: number; end: number },
  ): Promise<{ senders: number; messages: number }> {
    const conversation = await this.#conversations.find(
      conversationOf(project.pid, place.type, place.from ?? 0n, place.xid),
    );
    if (conversation === undefined) return { senders: 0, messages: 0 };
    return countMessages(this.#db, conversation, { ...filter, mtypes: filter.mtypes ?? [] });
  }

  async #page(key: ConversationKey, project: Project, request: PageRequest): Promise<Page> {
    const conversation = this.#conversations.cached(key) ?? (await this.#conversations.find(key));
    const { messages, end } =
      conversation === undefined
        ? { messages: [], end: request.end > 0 ? request.end : this.#now() }
        : await this.#reader.page({
            conversation,
            isDescending: request.desc,
            limit: Math.min(request.num, project.settings.limits.historyPageMax),
            begin: request.begin,
            end: request.end,
            lastId: request.lastid,
            mtypes: request.mtypes ?? [],
          });
    const last = messages.at(-1);
    if (last === undefined) return { messages, lastid: request.lastid, begin: request.begin, end };
    return {
      messages,
      lastid: BigInt(last.id),
      begin: request.desc ? request.begin : last.mtime,
      end: request.desc ? last.mtime : end,
    };
  }
}

/** The body of a stored message in the kind it was sent in: text as RawString, binary as bytes. */
export function bodyOf(message: StoredMessage): RawString | Uint8Array {
  return message.isBinary ? message.body : new RawString(message.body);
}
