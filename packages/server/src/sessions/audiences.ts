import type { Session } from './session.ts';

/** What a set of sessions listens to. */
export type AudienceKind = 'group' | 'room';

const NOBODY: ReadonlySet<Session> = new Set();

/**
 * The sessions that get the messages of a group or a room, ready to be walked: delivery asks nothing of the database.
 * A session is in for one reason or several (its user was put in by the server API, the connection entered by itself);
 * who keeps the reasons decides when it leaves.
 */
export class Audiences {
  readonly #members = new Map<string, Set<Session>>();
  readonly #places = new Map<Session, Set<string>>();

  join(kind: AudienceKind, id: bigint, session: Session): void {
    const name = nameOf(kind, session.project.pid, id);
    add(this.#members, name, session);
    add(this.#places, session, name);
  }

  leave(kind: AudienceKind, id: bigint, session: Session): void {
    const name = nameOf(kind, session.project.pid, id);
    remove(this.#members, name, session);
    remove(this.#places, session, name);
  }

  /** For a session that has ended. */
  leaveAll(session: Session): void {
    for (const name of this.#places.get(session) ?? []) remove(this.#members, name, session);
    this.#places.delete(session);
  }

  members(kind: AudienceKind, pid: number, id: bigint): ReadonlySet<Session> {
    return this.#members.get(nameOf(kind, pid, id)) ?? NOBODY;
  }
}

function nameOf(kind: AudienceKind, pid: number, id: bigint): string {
  return `${kind}:${pid}:${id}`;
}

function add<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const found = sets.get(key);
  if (found === undefined) sets.set(key, new Set([value]));
  else found.add(value);
}

function remove<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const found = sets.get(key);
  if (found?.delete(value) && found.size === 0) sets.delete(key);
}
