import { CONVERSATION_TYPES, type ConversationType } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import { conversationsWithMessages } from '../storage/conversation-walk.ts';
import type { Database } from '../storage/database.ts';
import { removeBySender, removeRange } from '../storage/message-removal.ts';

/**
 * Removes what many conversations hold, one after the other: a large project takes long. When a call has answered,
 * nobody reads what was stored before it came. One that was broken off is made again.
 */
export class MessageClearing {
  readonly #db: Database;

  constructor(parts: { db: Database }) {
    this.#db = parts.db;
  }

  /** All messages in conversations of these kinds. */
  async clearProject(project: Project, types: readonly ConversationType[]): Promise<void> {
    for (const type of types) {
      for await (const conversation of conversationsWithMessages(this.#db, project.pid, type)) {
        await removeRange(this.#db, conversation, 0, 0);
      }
    }
  }

  /** Everything that one user has sent. What others sent to the user stays. */
  async clearUser(project: Project, uid: bigint): Promise<void> {
    for (const type of Object.values(CONVERSATION_TYPES)) {
      const partner = type === CONVERSATION_TYPES.p2p ? uid : undefined;
      for await (const conversation of conversationsWithMessages(this.#db, project.pid, type, partner)) {
        await removeBySender(this.#db, conversation, uid);
      }
    }
  }
}
