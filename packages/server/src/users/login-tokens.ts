import type { KeyObject } from 'node:crypto';
import { ERROR_CODES, RtmError } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import { parseTokenPublicKey } from '../projects/token-public-key.ts';
import type { Database } from '../storage/database.ts';
import { raiseTokenGeneration, tokenGenerations } from '../storage/token-generation-store.ts';
import { issuedAt, issueToken, type TokenOwner } from './issued-token.ts';
import { isSelfMadeToken } from './self-made-token.ts';

/** How far the clock of another process may be ahead of ours. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** Tokens that users log in with: those that the server issues, and those that back ends make by themselves. */
export class LoginTokens {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #generationOf: (project: number, uid: bigint) => Promise<bigint>;
  /** A project is a new object when its settings change. */
  readonly #keys = new WeakMap<Project, readonly KeyObject[]>();

  constructor(parts: { db: Database; now: () => number }) {
    this.#db = parts.db;
    this.#generationOf = tokenGenerations(parts.db);
    this.#now = parts.now;
  }

  /** A token of 32 characters. It is good for the project's `tokenTtlSeconds`, or until `removeAll`. */
  async issue(project: Project, uid: bigint): Promise<string> {
    return issueToken(await this.#owner(project, uid), this.#now());
  }

  /** Ends every token that was issued to the user. */
  removeAll(project: Project, uid: bigint): Promise<void> {
    return raiseTokenGeneration(this.#db, project.pid, uid);
  }

  /** Whether the token was issued to this user and is still good. */
  async verify(project: Project, uid: bigint, token: string): Promise<boolean> {
    const issued = issuedAt(await this.#owner(project, uid), token);
    if (issued === undefined) return false;
    const ageMs = this.#now() - issued;
    return ageMs < project.settings.tokenTtlSeconds * 1000 && ageMs >= -CLOCK_SKEW_MS;
  }

  /**
   * Whether the project's back end made the token, for this user and this time.
   *
   * @param ts - When it was made, in seconds since 1970.
   * @throws RtmError 200008 when that lies too far from the server's clock.
   */
  verifySelfMade(project: Project, uid: bigint, ts: number, token: string): boolean {
    const secrets = { secret: project.secret, publicKeys: this.#keysOf(project) };
    if (!isSelfMadeToken(secrets, `${project.pid}:${uid}:${ts}`, token)) return false;
    const differenceSeconds = Math.abs(this.#now() / 1000 - ts);
    const windowSeconds = project.settings.signWindowSeconds;
    if (differenceSeconds <= windowSeconds) return true;
    throw new RtmError(
      ERROR_CODES.invalidServerTime,
      `ts: differs by ${Math.round(differenceSeconds)} s from the server's clock; at most ${windowSeconds} s are allowed`,
    );
  }

  async #owner({ pid, secret }: Project, uid: bigint): Promise<TokenOwner> {
    return { pid, secret, uid, generation: await this.#generationOf(pid, uid) };
  }

  #keysOf(project: Project): readonly KeyObject[] {
    let keys = this.#keys.get(project);
    if (keys === undefined) {
      keys = project.settings.tokenPublicKeys.map(parseTokenPublicKey);
      this.#keys.set(project, keys);
    }
    return keys;
  }
}
