import { ERROR_CODES } from '@parley/contract';
import { RtmError, toRtmError } from '@parley/contract/sdk';
import { FPNN_CODES } from '@parley/fpnn';
import { VERSION } from '../version.ts';
import type { Connection } from './connection.ts';
import type { TokenSource } from './token-source.ts';

/** Answers to a login that no later one can change without somebody doing something. */
const FINAL: ReadonlySet<number> = new Set([
  ERROR_CODES.forbidden,
  ERROR_CODES.invalidPidOrUid,
  ERROR_CODES.invalidPidOrSign,
  ERROR_CODES.forbiddenMethod,
  ERROR_CODES.permissionDenied,
  ERROR_CODES.authDenied,
  ERROR_CODES.adminLogin,
  ERROR_CODES.adminOnly,
  ERROR_CODES.invalidAuthToken,
  ERROR_CODES.blockedUser,
]);
/** Other services answer these for a token that is wrong or too old; `ok: false` says the same. */
const TOKEN_REFUSED: ReadonlySet<number> = new Set([ERROR_CODES.invalidAuthToken, ERROR_CODES.invalidServerTime]);

/** A login that failed for good. */
export class LoginRefused extends Error {
  override readonly cause: RtmError;

  constructor(cause: RtmError) {
    super(cause.message);
    this.cause = cause;
  }
}

/** The supplier of tokens failed. */
export class NoToken extends Error {}

export type LoginOptions = {
  readonly pid: number;
  readonly uid: bigint;
  readonly lang: string | undefined;
  /** Of the connection; they go out with each login. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly tokens: TokenSource;
  /** For the supplier of tokens, and for the answer to the login. */
  readonly timeoutMs: number;
  /** Called right before a login goes out: pushes may come from now on. */
  readonly onAuth: () => void;
};

/** Opens connections and logs them in. */
export class Login {
  readonly #options: LoginOptions;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  /**
   * Opens a connection and logs it in. A token that is refused is replaced once.
   *
   * @param open - Called again for the second token: a refusing server closes the connection.
   * @throws LoginRefused, NoToken, and RtmError for what may succeed later.
   */
  async logIn(open: () => Promise<Connection>): Promise<Connection> {
    const { tokens } = this.#options;
    for (let tries = 1; ; tries += 1) {
      const connection = await this.#tryOnce(open);
      if (connection !== undefined) return connection;
      tokens.discard();
      if (tries === 2 || !tokens.canRenew) {
        const message = 'the login token is wrong or has expired';
        throw new LoginRefused(new RtmError(ERROR_CODES.invalidAuthToken, message));
      }
    }
  }

  /** @returns undefined when the token is refused. */
  async #tryOnce(open: () => Promise<Connection>): Promise<Connection | undefined> {
    const params = await this.#params();
    const connection = await open();
    try {
      this.#options.onAuth();
      const { ok } = await connection.call('auth', params, { timeoutMs: this.#options.timeoutMs });
      if (ok) return connection;
    } catch (cause) {
      const error = toRtmError(cause);
      if (error.code === ERROR_CODES.duplicatedAuth) return connection;
      connection.drop('the login failed');
      if (!TOKEN_REFUSED.has(error.code)) throw FINAL.has(error.code) ? new LoginRefused(error) : error;
      return undefined;
    }
    connection.drop('the login was refused');
    return undefined;
  }

  async #params() {
    const { pid, uid, lang, attributes } = this.#options;
    const given = await this.#token();
    const token = typeof given === 'string' ? { token: given } : { token: given.token, ts: given.ts, authv: 2 };
    return {
      pid,
      uid,
      ...token,
      version: `Parley-${VERSION}`,
      ...(lang === undefined ? {} : { lang }),
      ...(attributes.size === 0 ? {} : { attrs: attributes }),
    };
  }

  /** A supplier that never answers must not keep the client from trying again. */
  async #token() {
    const { tokens, timeoutMs } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new RtmError(FPNN_CODES.timeout, `the token supplier took more than ${timeoutMs} ms`);
      timer = setTimeout(() => reject(error), timeoutMs);
    });
    try {
      return await Promise.race([tokens.get(), late]);
    } catch (cause) {
      throw new NoToken('the token supplier failed', { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}
