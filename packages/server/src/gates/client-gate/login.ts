import { randomBytes } from 'node:crypto';
import { checkClientParams, DEFAULT_LIMITS, ERROR_CODES, RtmError } from '@parley/contract';
import type { Peer, WireMap } from '@parley/fpnn';
import type { ProjectDirectory } from '../../projects/project-directory.ts';
import { Session } from '../../sessions/session.ts';
import type { LoginTokens } from '../../users/login-tokens.ts';
import type { UserService } from '../../users/user-service.ts';

/** `authv` of a token that the app's back end signed itself instead of asking for one. */
const SELF_MADE = 2;
/** The browser SDK stops for good on any error answer to a login, and stops cleanly on `ok: false`. */
const STOPS_ON_ERRORS = /^WebSocket/;

/** Decides who may log in. */
export class Login {
  readonly #projects: ProjectDirectory;
  readonly #tokens: LoginTokens;
  readonly #users: UserService;
  readonly #now: () => number;

  constructor(parts: { projects: ProjectDirectory; tokens: LoginTokens; users: UserService; now: () => number }) {
    this.#projects = parts.projects;
    this.#tokens = parts.tokens;
    this.#users = parts.users;
    this.#now = parts.now;
  }

  /**
   * @param params - Those of `auth`.
   * @returns A session that is not yet in any directory, or undefined when the token is wrong or no longer valid.
   * @throws RtmError 200001 unknown project or a user id below 1, 200008 a self-made token for another time, 200024 a user
   * on the project's black list, and what the check of parameters gives.
   */
  async logIn(params: WireMap, peer: Peer): Promise<Session | undefined> {
    const { pid, uid, token, version, lang, attrs, ts, authv } = checkClientParams('auth', params, DEFAULT_LIMITS);
    const project = this.#projects.find(pid);
    if (project === undefined) throw new RtmError(ERROR_CODES.invalidPidOrUid, `pid: there is no project ${pid}`);
    if (uid < 1n) throw new RtmError(ERROR_CODES.invalidPidOrUid, `uid: must be 1 or more, not ${uid}`);
    const isValid =
      authv === SELF_MADE
        ? this.#tokens.verifySelfMade(project, uid, ts ?? 0, token.text)
        : await this.#tokens.verify(project, uid, token.text);
    if (!isValid) return undefined;
    if (this.#users.isLoginBlocked(project, uid)) {
      if (STOPS_ON_ERRORS.test(version?.text ?? '')) return undefined;
      throw new RtmError(ERROR_CODES.authDenied, `uid: user ${uid} is on the black list of the project`);
    }
    return new Session({
      id: randomBytes(8).toString('hex'),
      project,
      uid,
      peer,
      version: version?.text ?? '',
      lang: lang?.text ?? '',
      attrs: attrs ?? new Map(),
      loginAt: this.#now(),
      now: this.#now,
    });
  }
}
