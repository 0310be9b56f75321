import { hash, timingSafeEqual } from 'node:crypto';
import { checkAuthParams, ERROR_CODES, RtmError, signText, untimedSignText } from '@parley/contract';
import type { IncomingQuest } from '@parley/fpnn';
import type { ProjectDirectory } from '../../projects/project-directory.ts';
import type { Project } from '../../projects/project-settings.ts';
import { CallRate } from './call-rate.ts';
import { ReplayGuard } from './replay-guard.ts';

/** Twice the default window of `ts`: a signature is valid that long at most. */
const REMEMBER_MS = 2 * 600_000;

/**
 * Judges who calls. Every quest stands alone: it names its project and is signed with the project's secret.
 *
 * The checks run in a fixed order, and the first that fails gives the answer: project (200001), sign (200002),
 * time (200008), repeat (200006), disabled method (200020), call rate (200010).
 */
export class CallAuthority {
  readonly #projects: ProjectDirectory;
  readonly #now: () => number;
  readonly #rates = new Map<number, CallRate>();
  readonly replays: ReplayGuard;

  constructor(options: { projects: ProjectDirectory; now: () => number }) {
    this.#projects = options.projects;
    this.#now = options.now;
    this.replays = new ReplayGuard({ rememberMs: REMEMBER_MS, now: options.now });
  }

  /** @returns the calling project. @throws RtmError with the code of the first check that fails. */
  authorize(quest: IncomingQuest): Project {
    const { pid, sign, salt, ts } = checkAuthParams(quest.params);
    const project = this.#projects.find(pid);
    if (project === undefined) throw new RtmError(ERROR_CODES.invalidPidOrUid, `pid: there is no project ${pid}`);
    if (ts === undefined && !project.settings.allowsUntimedSign) {
      throw new RtmError(ERROR_CODES.invalidPidOrSign, 'ts: is missing, and this project asks for it');
    }
    const text =
      ts === undefined
        ? untimedSignText(pid, project.secret, salt)
        : signText(pid, project.secret, salt, quest.method, ts);
    if (!isSignedAs(sign.bytes, text)) {
      throw new RtmError(
        ERROR_CODES.invalidPidOrSign,
        'sign: does not fit the parameters and the secret of the project',
      );
    }
    if (ts !== undefined) this.#checkTime(project, ts);
    if (this.replays.isRepeat(project.settings.strictSign ? sign.bytes : quest.payload)) {
      throw new RtmError(ERROR_CODES.sameSign, 'sign: this call was made before; sign it anew');
    }
    if (project.settings.disabledMethods.includes(quest.method)) {
      throw new RtmError(ERROR_CODES.forbiddenMethod, `${quest.method} is disabled for this project`);
    }
    this.#checkRate(project);
    return project;
  }

  #checkTime(project: Project, ts: number): void {
    const windowSeconds = project.settings.signWindowSeconds;
    const differenceSeconds = Math.abs(this.#now() / 1000 - ts);
    if (differenceSeconds <= windowSeconds) return;
    throw new RtmError(
      ERROR_CODES.invalidServerTime,
      `ts: differs by ${Math.round(differenceSeconds)} s from the server's clock; at most ${windowSeconds} s are allowed`,
    );
  }

  #checkRate(project: Project): void {
    const perSecond = project.settings.callsPerSecondMax;
    if (perSecond === 0) return;
    const now = this.#now();
    let rate = this.#rates.get(project.pid);
    if (rate === undefined) this.#rates.set(project.pid, (rate = new CallRate(perSecond, now)));
    if (rate.take(perSecond, now)) return;
    throw new RtmError(ERROR_CODES.frequencyLimited, `at most ${perSecond} calls per second are allowed`);
  }
}

function isSignedAs(sign: Uint8Array, text: string): boolean {
  const wanted = Buffer.from(hash('md5', text, 'hex').toUpperCase(), 'latin1');
  return sign.length === wanted.length && timingSafeEqual(sign, wanted);
}
