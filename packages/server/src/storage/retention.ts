import type { Logger } from '../telemetry/logger.ts';
import type { Database } from './database.ts';
import { DiskSpace } from './disk-space.ts';
import { deleteSpans, deleteTombstones } from './message-purge.ts';
import { newestConversation, type RetentionPolicy, surveyConversations } from './retention-survey.ts';

export type { RetentionPolicy } from './retention-survey.ts';

export type RetentionOptions = {
  now: () => number;
  log: Logger;
  /** Read anew for each run. Projects that are not named keep everything. */
  policies: () => Iterable<RetentionPolicy>;
  /** Free space that is worth a rewrite of the table. Default 64 MB. */
  freeMinBytes?: number;
  /** How long writers may have to wait for a rewrite. Default 5000 ms. */
  stallMaxMs?: number;
};

export type RetentionReport = {
  /** Messages deleted because of their age or number. */
  deleted: number;
  /** Recalled messages of which the last trace is gone. */
  tombstones: number;
  /** Conversations looked at, as ranges of numbers. */
  surveyed: number;
  /** Disk space given back to the operating system. */
  freedBytes: number;
};

const DAY_MS = 86_400_000;
const SLICE = 1024;
/** The part of the time that surveys may take, so that many conversations make them rarer and not the server slower. */
const SURVEY_DUTY = 1 / 20;
/** A time too far ahead was left by a clock that was wrong. */
const CLAIM = {
  name: 'retention-claim',
  text: `insert into storage_tasks as t (name, due) values ('retention', $2)
    on conflict (name) do update set due = excluded.due where t.due <= $1 or t.due > $3 returning name`,
};

/**
 * Deletes what projects do not want to keep, forgets recalled messages in the end, and gives disk space back.
 *
 * Conversations are looked at in slices of 1024 numbers. For each slice the time is remembered at which its next message
 * will be too old, and until then it is left alone: a message that is written later expires later.
 */
export class Retention {
  readonly #db: Database;
  readonly #options: RetentionOptions;
  readonly #diskSpace: DiskSpace;
  #dueOfSlice: number[] = [];
  #policyText = '';
  #timer: NodeJS.Timeout | undefined;
  #run: Promise<void> = Promise.resolve();
  #isStopped = false;
  #surveyMs = 0;

  constructor(db: Database, options: RetentionOptions) {
    this.#db = db;
    this.#options = options;
    this.#diskSpace = new DiskSpace(db, options);
  }

  /** One run, whatever other processes do; ends early when stopped. */
  async runOnce(): Promise<RetentionReport> {
    const isStopped = () => this.#isStopped;
    const tombstones = await deleteTombstones(this.#db, this.#options.now(), isStopped);
    const { deleted, surveyed } = await this.#deleteExpired();
    const freedBytes = this.#isStopped ? 0 : await this.#diskSpace.reclaim(deleted + tombstones > 0);
    return { deleted, tombstones, surveyed, freedBytes };
  }

  /** Runs again and again; of several processes on one database one does the work each time. */
  start(intervalMs: number): void {
    this.#isStopped = false;
    this.#schedule(intervalMs, intervalMs);
  }

  /** Ends the run in progress at its next step and waits for it. Safe to call twice. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#run;
  }

  #schedule(intervalMs: number, waitMs: number): void {
    this.#timer = setTimeout(() => {
      this.#surveyMs = 0;
      this.#run = this.#claimAndRun(intervalMs).then(() => {
        if (!this.#isStopped) this.#schedule(intervalMs, Math.max(intervalMs, this.#surveyMs / SURVEY_DUTY));
      });
    }, waitMs).unref();
  }

  /** Never rejects. */
  async #claimAndRun(intervalMs: number): Promise<void> {
    try {
      const now = Math.floor(this.#options.now());
      const claimed = await this.#db.write(CLAIM, [now, now + Math.floor(intervalMs / 2), now + 2 * intervalMs]);
      if (claimed.length === 0) return;
      const report = await this.runOnce();
      if (report.deleted + report.tombstones > 0) this.#options.log.debug('retention ran', report);
    } catch (error) {
      this.#options.log.warn('retention did not finish; it is tried again', { cause: String(error) });
    }
  }

  async #deleteExpired(): Promise<{ deleted: number; surveyed: number }> {
    const policies = [...this.#options.policies()].filter(
      ({ days, messagesPerConversation }) => days !== undefined || messagesPerConversation !== undefined,
    );
    this.#forgetSlicesOfOtherPolicies(policies);
    if (policies.length === 0) return { deleted: 0, surveyed: 0 };
    let deleted = 0;
    let surveyed = 0;
    const slices = Math.floor((await newestConversation(this.#db)) / SLICE) + 1;
    for (let slice = 0; slice < slices && !this.#isStopped; slice++) {
      const now = this.#options.now();
      if (now < (this.#dueOfSlice[slice] ?? 0)) continue;
      const range = { from: slice * SLICE, to: (slice + 1) * SLICE };
      const startedAt = performance.now();
      const { spans, slackMs } = await surveyConversations(this.#db, range, policies, now);
      this.#surveyMs += performance.now() - startedAt;
      deleted += await deleteSpans(this.#db, spans, () => this.#isStopped);
      surveyed += SLICE;
      this.#dueOfSlice[slice] = spans.length > 0 ? now : now + Math.min(slackMs ?? Infinity, shortestMs(policies));
    }
    return { deleted, surveyed };
  }

  #forgetSlicesOfOtherPolicies(policies: readonly RetentionPolicy[]): void {
    const text = JSON.stringify(policies);
    if (text === this.#policyText) return;
    this.#policyText = text;
    this.#dueOfSlice = [];
  }
}

/** How long after its writing a message can expire at the earliest. */
function shortestMs(policies: readonly RetentionPolicy[]): number {
  return Math.min(
    ...policies.map(({ days, messagesPerConversation }) =>
      messagesPerConversation !== undefined || days === undefined ? 0 : days * DAY_MS,
    ),
  );
}
