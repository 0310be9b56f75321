import { ERROR_CODES, RtmError } from '@parley/contract';
import { RawString } from '@parley/fpnn';
import type { Project } from '../projects/project-settings.ts';
import type { ConversationDirectory } from '../storage/conversation-directory.ts';
import type { Database } from '../storage/database.ts';
import { editMessage } from '../storage/message-edit.ts';
import { removeBySender, removeMessage, removeRange } from '../storage/message-removal.ts';
import { conversationOf } from './conversation.ts';

/** Names one stored message the way the wire does: its conversation by `type`, `from` and `xid`, then sender and mid. */
export type MessageAddress = { type: number; from: bigint; xid: bigint; mid: bigint };

/** Recalls, edits and cleans what is stored. When a call has answered, no reader sees the old any more. */
export class MessageChanges {
  readonly #db: Database;
  readonly #conversations: ConversationDirectory;
  readonly #now: () => number;

  constructor(parts: { db: Database; conversations: ConversationDirectory; now: () => number }) {
    this.#db = parts.db;
    this.#conversations = parts.conversations;
    this.#now = parts.now;
  }

  /** Removes one message for everybody. @throws RtmError 200070 when there is none. */
  async recall(project: Project, address: MessageAddress): Promise<void> {
    const conversation = await this.#find(project, address);
    if (conversation === undefined || !(await removeMessage(this.#db, conversation, address.from, address.mid))) {
      throw notFound(address);
    }
  }

  /**
   * Replaces body and attrs; id and time stay, so that cursors of readers stay right.
   *
   * @param timeLimitMs - The message may be at most this old; 0 or less: any age.
   * @throws RtmError 200070 when there is no such message, 200021 when it is too old.
   */
  async edit(
    project: Project,
    address: MessageAddress,
    content: { msg: RawString | Uint8Array; attrs: RawString },
    timeLimitMs: number,
  ): Promise<void> {
    const conversation = await this.#find(project, address);
    if (conversation === undefined) throw notFound(address);
    const isText = content.msg instanceof RawString;
    const outcome = await editMessage(
      this.#db,
      conversation,
      address.from,
      address.mid,
      {
        isBinary: !isText,
        body: content.msg instanceof RawString ? content.msg.bytes : content.msg,
        attrs: content.attrs.bytes,
      },
      timeLimitMs > 0 ? this.#now() - timeLimitMs : 0,
    );
    if (outcome === 'not-found') throw notFound(address);
    if (outcome === 'too-old') {
      throw new RtmError(ERROR_CODES.permissionDenied, `timeLimit: the message is older than ${timeLimitMs} ms`);
    }
  }

  /**
   * Removes all messages of a conversation with begin <= time <= end, from both sides. The bounds are taken as they are:
   * an end of 0 lies before every message, so that a forgotten bound removes nothing.
   */
  async clean(project: Project, address: Omit<MessageAddress, 'mid'>, begin: number, end: number): Promise<void> {
    if (end <= 0) return;
    const conversation = await this.#find(project, address);
    if (conversation !== undefined) await removeRange(this.#db, conversation, begin, end);
  }

  /** Removes everything that one user sent into a conversation. */
  async removeAllFrom(project: Project, address: Omit<MessageAddress, 'mid'>): Promise<void> {
    const conversation = await this.#find(project, address);
    if (conversation !== undefined) await removeBySender(this.#db, conversation, address.from);
  }

  #find(project: Project, { type, from, xid }: Omit<MessageAddress, 'mid'>): Promise<number | undefined> {
    return this.#conversations.find(conversationOf(project.pid, type, from, xid));
  }
}

function notFound(address: MessageAddress): RtmError {
  return new RtmError(
    ERROR_CODES.messageNotFound,
    `mid: no message ${address.mid} from ${address.from} is stored there`,
  );
}
