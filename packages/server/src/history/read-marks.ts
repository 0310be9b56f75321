import type { WriteClock } from '../messaging/write-clock.ts';
import type { Project } from '../projects/project-settings.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { Database } from '../storage/database.ts';
import type { OutageRetry } from '../storage/outage-retry.ts';
import { TurnBatcher } from '../storage/turn-batcher.ts';
import { getUserMarks, raiseUserMarks, type UserMarks, type UserMarksChange } from '../storage/user-marks.ts';
import type { Logger } from '../telemetry/logger.ts';

const BATCH_MAX = 1000;
/** A server that stops ends all of its sessions at once. */
const QUEUE_MAX = 1_000_000;

/**
 * Up to when each user has read everything: the end of its last connection, or the last time it cleared what was unread.
 *
 * A user's logout is one row, written when its last connection ends. A server that is killed writes none: then the logout
 * before counts, so that a message may be counted as unread again, but none is taken for read that was not shown. For
 * the same reason a message that was on its way when the connection ended counts as sent after it.
 */
export class ReadMarks {
  readonly #db: Database;
  readonly #clock: WriteClock;
  readonly #log: Logger;
  readonly #raiser: TurnBatcher<UserMarksChange, undefined>;
  /** Logouts on their way to the database, by user. */
  readonly #leaving = new Map<string, Promise<void>>();

  constructor(parts: {
    db: Database;
    clock: WriteClock;
    outage: OutageRetry;
    sessions: SessionDirectory;
    log: Logger;
  }) {
    const { db, outage } = parts;
    this.#db = db;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#raiser = new TurnBatcher({
      run: async (changes) => {
        await outage.run(() => raiseUserMarks(db, changes));
        return changes.map(() => undefined);
      },
      batchMax: BATCH_MAX,
      inFlightMax: 1,
      queueMax: QUEUE_MAX,
    });
    parts.sessions.listen({
      onLogout: (session) => {
        // Logins that are not answered count as none: they have shown nothing to anybody, and may fail.
        if (session.isStarted && !isShown(parts.sessions, session)) this.#noteLogout(session);
      },
    });
  }

  /** Both times in ms, 0 for never. A logout that has happened counts, also while it is on its way to the database. */
  async of(project: Project, uid: bigint): Promise<UserMarks> {
    await this.#leaving.get(nameOf(project.pid, uid));
    return getUserMarks(this.#db, project.pid, uid);
  }

  /** Marks everything that was stored before this call as read. What is sent meanwhile is not. */
  clear(project: Project, uid: bigint): Promise<void> {
    return this.clearUpTo(project, uid, this.#clock.closePresent());
  }

  /** As `clear`, up to a time that `present` has given, ms. */
  clearUpTo({ pid }: Project, uid: bigint, upTo: number): Promise<void> {
    return this.#raiser.add({ project: pid, uid, logoutAt: 0, clearedAt: upTo });
  }

  /** A time that what is stored already is not later than, and what is sent from now on is. */
  present(): number {
    return this.#clock.closePresent();
  }

  /** Resolves when everything noted is in the database. */
  idle(): Promise<void> {
    return this.#raiser.idle();
  }

  #noteLogout({ project: { pid }, uid }: Session): void {
    const name = nameOf(pid, uid);
    const noted = this.#raiser
      .add({ project: pid, uid, logoutAt: this.#clock.closePast(), clearedAt: 0 })
      .catch((error: unknown) => {
        this.#log.warn('a logout was not stored; the one before counts', { cause: String(error) });
      })
      .then(() => {
        if (this.#leaving.get(name) === noted) this.#leaving.delete(name);
      });
    this.#leaving.set(name, noted);
  }
}

/** Whether the user has a connection left whose login was answered. */
function isShown(sessions: SessionDirectory, { project, uid }: Session): boolean {
  for (const { isStarted } of sessions.of(project.pid, uid)) if (isStarted) return true;
  return false;
}

function nameOf(pid: number, uid: bigint): string {
  return `${pid}:${uid}`;
}
