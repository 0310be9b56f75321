import type { Session } from '../../sessions/session.ts';
import { CallRate } from '../server-gate/call-rate.ts';

type UserRate = { readonly rate: CallRate; sessions: number };

/**
 * Counts the calls of each user, over all its connections, against `clientCallsPerSecondMax` of the project. A user who
 * closes the last connection is forgotten: a login costs more than the calls that it brings.
 */
export class UserCallRates {
  readonly #now: () => number;
  readonly #rates = new Map<string, UserRate>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Users who are counted. */
  get size(): number {
    return this.#rates.size;
  }

  /** A session makes its first call. @returns whether the user may make one more call now, to be asked for each. */
  join({ project, uid }: Session): () => boolean {
    const now = this.#now;
    const perSecond = project.settings.clientCallsPerSecondMax;
    const name = nameOf(project.pid, uid);
    const known = this.#rates.get(name) ?? { rate: new CallRate(perSecond, now()), sessions: 0 };
    known.sessions += 1;
    this.#rates.set(name, known);
    return () => known.rate.take(perSecond, now());
  }

  /** A session that had joined has ended. */
  leave({ project, uid }: Session): void {
    const name = nameOf(project.pid, uid);
    const known = this.#rates.get(name);
    if (known === undefined) return;
    known.sessions -= 1;
    if (known.sessions === 0) this.#rates.delete(name);
  }
}

function nameOf(pid: number, uid: bigint): string {
  return `${pid}:${uid}`;
}
