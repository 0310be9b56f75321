import { type ClientMethodName, checkClientParams, ERROR_CODES, encodeClientAnswer, RtmError } from '@parley/contract';
import { FpnnError, type IncomingQuest } from '@parley/fpnn';
import type { Connection, ConnectionHandlers } from '@parley/fpnn/node';
import type { Session } from '../../sessions/session.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { CallCounters } from '../server-gate/call-counters.ts';
import type { ClientHandler } from './client-handler.ts';
import type { Login } from './login.ts';
import type { UserCallRates } from './user-call-rates.ts';

/** What every connection of the gate shares. */
export type ClientGateParts = {
  sessions: SessionDirectory;
  login: Login;
  handlers: ReadonlyMap<string, ClientHandler<ClientMethodName>>;
  calls: CallCounters;
  rates: UserCallRates;
  log: Logger;
  /** Puts a new session everywhere it belongs; pushes for it are held back until it starts. */
  enter(session: Session): Promise<void>;
  /** Called when a connection has logged in, or ended before. */
  onSettled(connection: ClientConnection): void;
};

/** Calls that nobody makes for their answer; a limit would only end sessions. */
const UNLIMITED: ReadonlySet<string> = new Set(['ping', 'bye']);

/** One connection of the client gate: nobody's until `auth` succeeds, then a session of its user. */
export class ClientConnection implements ConnectionHandlers {
  readonly #parts: ClientGateParts;
  readonly #connection: Connection;
  readonly openedAt: number;
  #session: Session | undefined;
  /** Whether one more call is within the limit of the user; made with the first call. */
  #takeCall: (() => boolean) | undefined;
  #isLoggingIn = false;
  #isLoggedIn = false;
  #isClosed = false;

  constructor(parts: ClientGateParts, connection: Connection, openedAt: number) {
    this.#parts = parts;
    this.#connection = connection;
    this.openedAt = openedAt;
  }

  onQuest(quest: IncomingQuest): Promise<void> | void {
    if (quest.method === 'auth') return this.#logIn(quest);
    const handler = this.#parts.handlers.get(quest.method);
    if (handler === undefined) {
      this.#parts.calls.countCall('unknown');
      this.#parts.calls.countRefusal('unknown', ERROR_CODES.unknownMethod);
      quest.fail(ERROR_CODES.unknownMethod, `there is no method ${quest.method}`);
      return;
    }
    this.#parts.calls.countCall(quest.method);
    if (this.#session === undefined || !this.#isLoggedIn) {
      this.#refuse(quest, new RtmError(ERROR_CODES.unauthorized, 'log in with auth first'));
      return;
    }
    if (!this.#mayCall(this.#session, quest.method)) {
      const perSecond = this.#session.project.settings.clientCallsPerSecondMax;
      const text = `at most ${perSecond} calls per second are allowed to a user`;
      this.#refuse(quest, new RtmError(ERROR_CODES.frequencyLimited, text));
      return;
    }
    return this.#serve(quest, this.#session, handler);
  }

  onStrayAnswers(firstSeq: number, count: number): void {
    this.#session?.acknowledge(firstSeq, count);
  }

  onClose(): void {
    this.#isClosed = true;
    this.#parts.onSettled(this);
    if (this.#session === undefined) return;
    this.#parts.sessions.remove(this.#session);
    if (this.#takeCall !== undefined) this.#parts.rates.leave(this.#session);
  }

  close(): void {
    this.#connection.close();
  }

  #mayCall(session: Session, method: string): boolean {
    if (session.project.settings.clientCallsPerSecondMax === 0 || UNLIMITED.has(method)) return true;
    this.#takeCall ??= this.#parts.rates.join(session);
    return this.#takeCall();
  }

  async #serve(quest: IncomingQuest, session: Session, handler: ClientHandler<ClientMethodName>): Promise<void> {
    const method = quest.method as ClientMethodName;
    try {
      const params = checkClientParams(method, quest.params, session.project.settings.limits);
      quest.answer(encodeClientAnswer(method, await handler(session, params)));
      if (method === 'bye') this.#connection.close();
    } catch (error) {
      this.#refuse(quest, error);
    }
  }

  /**
   * A wrong token is `ok: false` and no error: only that tells every SDK to stop. The connection is closed afterwards,
   * since some SDKs leave it open.
   */
  async #logIn(quest: IncomingQuest): Promise<void> {
    this.#parts.calls.countCall('auth');
    if (this.#isLoggedIn || this.#isLoggingIn) {
      this.#refuse(quest, new RtmError(ERROR_CODES.duplicatedAuth, 'this connection has logged in already'));
      return;
    }
    this.#isLoggingIn = true;
    try {
      if (this.#connection.transport === 'http') {
        throw new RtmError(ERROR_CODES.forbidden, 'nothing can be pushed over HTTP; log in over TCP or WebSocket');
      }
      const session = await this.#parts.login.logIn(quest.params, this.#connection.peer);
      if (this.#isClosed) return;
      if (session === undefined) {
        quest.answer({ ok: false });
        this.#connection.close();
        return;
      }
      this.#session = session;
      this.#parts.onSettled(this);
      await this.#parts.enter(session);
      this.#isLoggedIn = true;
      quest.answer({ ok: true });
      session.start();
    } catch (error) {
      // A session that is not in everywhere is none: closing takes it out again.
      this.#refuse(quest, error);
      this.#connection.close();
    }
  }

  #refuse(quest: IncomingQuest, error: unknown): void {
    const known = error instanceof FpnnError ? error : undefined;
    const code = known?.code ?? ERROR_CODES.fpnnUnknown;
    this.#parts.calls.countRefusal(quest.method, code);
    if (known === undefined || known.cause !== undefined) {
      const cause = String(known?.cause ?? error);
      this.#parts.log.error('a client call failed', { method: quest.method, code, cause });
    }
    quest.fail(code, known?.message ?? 'the server could not serve this call');
  }
}
