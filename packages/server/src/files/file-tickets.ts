import { randomBytes } from 'node:crypto';
import { ERROR_CODES, type FileGateMethodName, RtmError } from '@parley/contract';

/** What one file may be sent for. */
export type FileTicket = {
  pid: number;
  /** Who sends. */
  uid: bigint;
  method: FileGateMethodName;
  /** From `fileTarget`. */
  target: string;
  /** The session that asked, which does not get the message pushed; absent for a back end. */
  sessionId: string | undefined;
};

type Issued = FileTicket & { expiresAt: number };

/** The time to upload a large file over a slow line. */
const LIFETIME_MS = 300_000;
const TOKEN_BYTES = 24;
/** Unused tickets of one logged-in user; a further one ends the oldest. */
const PER_USER_MAX = 100;
const DEFAULT_TICKETS_MAX = 100_000;

/**
 * The tokens of the file gate: each is good once, for five minutes, for the sender, method and target it was asked for.
 * They live in the memory of this process, whose file gate is the one that the SDK is told.
 */
export class FileTickets {
  readonly #now: () => number;
  readonly #ticketsMax: number;
  /** By token, the oldest first. */
  readonly #issued = new Map<string, Issued>();
  readonly #ofUser = new Map<string, Set<string>>();

  /** @param parts.ticketsMax - Unused tickets of all. Default 100,000. */
  constructor(parts: { now: () => number; ticketsMax?: number }) {
    this.#now = parts.now;
    this.#ticketsMax = parts.ticketsMax ?? DEFAULT_TICKETS_MAX;
  }

  get count(): number {
    return this.#issued.size;
  }

  /** @returns the token. @throws RtmError 20011 when too many are unused. */
  issue(ticket: FileTicket): string {
    this.#dropExpired();
    if (ticket.sessionId !== undefined) this.#dropOldestOf(ticket);
    if (this.#issued.size >= this.#ticketsMax) {
      throw new RtmError(ERROR_CODES.workQueueFull, 'too many file tokens are unused; try again later');
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#issued.set(token, { ...ticket, expiresAt: this.#now() + LIFETIME_MS });
    if (ticket.sessionId !== undefined) this.#tokensOf(ticket).add(token);
    return token;
  }

  /**
   * Uses a token up, also when it was issued for something else.
   *
   * @throws RtmError 200003 for a token that is unknown, used, too old, or not for this.
   */
  take(token: string, wanted: Omit<FileTicket, 'sessionId'>): FileTicket {
    const ticket = this.#issued.get(token);
    if (ticket === undefined || ticket.expiresAt <= this.#now()) throw refused('is unknown, used or too old');
    this.#drop(token, ticket);
    if (ticket.pid !== wanted.pid || ticket.uid !== wanted.uid) throw refused('was given to another sender');
    if (ticket.method !== wanted.method) throw refused(`is for ${ticket.method}`);
    if (ticket.target !== wanted.target) throw refused('is for another target');
    return ticket;
  }

  #dropExpired(): void {
    const now = this.#now();
    for (const [token, ticket] of this.#issued) {
      if (ticket.expiresAt > now) return;
      this.#drop(token, ticket);
    }
  }

  #dropOldestOf(ticket: FileTicket): void {
    const tokens = this.#ofUser.get(userKey(ticket));
    if (tokens === undefined || tokens.size < PER_USER_MAX) return;
    const [oldest] = tokens;
    if (oldest !== undefined) this.#drop(oldest, ticket);
  }

  #drop(token: string, ticket: FileTicket): void {
    this.#issued.delete(token);
    const tokens = this.#ofUser.get(userKey(ticket));
    tokens?.delete(token);
    if (tokens?.size === 0) this.#ofUser.delete(userKey(ticket));
  }

  #tokensOf(ticket: FileTicket): Set<string> {
    const key = userKey(ticket);
    let tokens = this.#ofUser.get(key);
    if (tokens === undefined) this.#ofUser.set(key, (tokens = new Set()));
    return tokens;
  }
}

function userKey({ pid, uid }: FileTicket): string {
  return `${pid}:${uid}`;
}

function refused(what: string): RtmError {
  return new RtmError(ERROR_CODES.invalidFileOrSignOrToken, `token: it ${what}`);
}
