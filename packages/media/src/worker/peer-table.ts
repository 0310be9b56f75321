import type { NativePeer } from './native-peer.ts';

type Entry = { readonly peer: NativePeer; readonly owner: object; readonly key: string };

/** The peers of one purpose, each with the time it has to connect. */
export class PeerTable<Subject extends object> {
  readonly #entries = new Map<Subject, Entry & { readonly timer: NodeJS.Timeout }>();
  readonly #byOwner = new Map<object, Map<string, Set<Subject>>>();

  get size(): number {
    return this.#entries.size;
  }

  /**
   * @param handleTimeout is called unless the subject is confirmed in time; it removes the subject
   */
  add(subject: Subject, entry: Entry, handleTimeout: () => void, timeoutMs: number): void {
    this.#entries.set(subject, { ...entry, timer: setTimeout(handleTimeout, timeoutMs) });
    let keys = this.#byOwner.get(entry.owner);
    if (keys === undefined) this.#byOwner.set(entry.owner, (keys = new Map()));
    const subjects = keys.get(entry.key);
    if (subjects === undefined) keys.set(entry.key, new Set([subject]));
    else subjects.add(subject);
  }

  /** The subject is connected. */
  confirm(subject: Subject): void {
    clearTimeout(this.#entries.get(subject)?.timer);
  }

  /** Closes the peer of the subject. @returns false when it was removed before. */
  remove(subject: Subject): boolean {
    const entry = this.#entries.get(subject);
    if (entry === undefined) return false;
    clearTimeout(entry.timer);
    this.#entries.delete(subject);
    const keys = this.#byOwner.get(entry.owner);
    const subjects = keys?.get(entry.key);
    subjects?.delete(subject);
    if (subjects?.size === 0) keys?.delete(entry.key);
    if (keys?.size === 0) this.#byOwner.delete(entry.owner);
    entry.peer.close();
    return true;
  }

  find(owner: object, key: string): Subject[] {
    return [...(this.#byOwner.get(owner)?.get(key) ?? [])];
  }

  keysOf(owner: object): string[] {
    return [...(this.#byOwner.get(owner)?.keys() ?? [])];
  }

  ownedBy(owner: object): Subject[] {
    return [...(this.#byOwner.get(owner)?.values() ?? [])].flatMap((subjects) => [...subjects]);
  }

  /** How many keys of an owner have a subject. */
  countOf(owner: object): number {
    return this.#byOwner.get(owner)?.size ?? 0;
  }
}
