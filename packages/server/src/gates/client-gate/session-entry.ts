import type { GroupService } from '../../groups/group-service.ts';
import type { RoomService } from '../../rooms/room-service.ts';
import { kickOut } from '../../sessions/kick-out.ts';
import type { Session } from '../../sessions/session.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { Logger } from '../../telemetry/logger.ts';

/** Puts sessions where they belong when they begin, and takes them out when they end. */
export class SessionEntry {
  readonly #sessions: SessionDirectory;
  readonly #groups: GroupService;
  readonly #rooms: RoomService;

  constructor(parts: { sessions: SessionDirectory; groups: GroupService; rooms: RoomService; log: Logger }) {
    this.#sessions = parts.sessions;
    this.#groups = parts.groups;
    this.#rooms = parts.rooms;
    parts.sessions.listen({
      onLogout: (session, isLast) => {
        parts.rooms.handleLogout(session, isLast).catch((error: unknown) => {
          parts.log.warn('the rooms of a user who left were not ended', { cause: String(error) });
        });
      },
    });
  }

  /**
   * The session is online from now on, so that nothing is missed between its login and the answer to it. In a project with
   * single connections the older ones of the user are ended.
   */
  async enter(session: Session): Promise<void> {
    const { project, uid } = session;
    const older = project.settings.singleConnection ? [...this.#sessions.of(project.pid, uid)] : [];
    this.#sessions.add(session);
    for (const other of older) kickOut(other);
    // Both to their ends, so that whoever takes a failed login out again is not overtaken by the slower one.
    const entries = await Promise.allSettled([this.#groups.handleLogin(session), this.#rooms.handleLogin(session)]);
    // It may have ended meanwhile; then it left before it was in everywhere.
    if (!this.#sessions.of(project.pid, uid).has(session)) {
      await this.#rooms.handleLogout(session, !this.#sessions.isOnline(project.pid, uid));
    }
    for (const entry of entries) if (entry.status === 'rejected') throw entry.reason;
  }
}
