import { MTYPES, parseRoomSignal } from '@parley/contract';
import { assertTimeout, ReconnectSchedule, RtmError, type WaitOptions } from '@parley/contract/sdk';
import { FPNN_CODES, type IncomingQuest } from '@parley/fpnn';
import type { Call, CallOptions } from './call.ts';
import type { ResolvedOptions } from './client-options.ts';
import { Connection } from './connection/connection.ts';
import { Login } from './connection/login.ts';
import { type SessionEnd, SessionKeeper, type SessionState } from './connection/session-keeper.ts';
import { TokenSource } from './connection/token-source.ts';
import { conversationKey } from './conversation.ts';
import { Emitter } from './emitter.ts';
import { isConnectionLost } from './errors.ts';
import type { ClientEvents } from './events.ts';
import type { Message } from './messages/message.ts';
import { Outbox } from './messages/outbox.ts';
import { readPushedMessage } from './messages/pushed-message.ts';
import { PushRouter } from './push-router.ts';
import { type Gap, Inbox } from './recovery/inbox.ts';
import { ServerClock } from './recovery/server-clock.ts';
import { EnteredRooms } from './rooms/entered-rooms.ts';

/** How long the server has to answer the logout. */
const BYE_TIMEOUT_MS = 1_000;

/**
 * The session of a user over any number of connections, and what depends on them: after each login the rooms are entered
 * again, then the outbox goes on and the inbox reads what was missed.
 */
export class UserSession {
  readonly events: Emitter<ClientEvents>;
  readonly pushes: PushRouter;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly rooms: EnteredRooms;
  readonly #options: ResolvedOptions;
  readonly #keeper: SessionKeeper;
  readonly #clock: ServerClock;
  #hasBeenOnline = false;
  /** When something last came from the server, by the monotonic clock. */
  #lastSignAt = 0;

  /** @param attributes - Of the connection; each login sends what they are then. */
  constructor(options: ResolvedOptions, attributes: ReadonlyMap<string, string>) {
    const { logger, monotonicNow } = options;
    this.#options = options;
    this.events = new Emitter((error) => logger.error('an event listener threw', { error }));
    this.pushes = new PushRouter(monotonicNow);
    this.#clock = new ServerClock(monotonicNow);
    this.outbox = this.#createOutbox();
    this.inbox = this.#createInbox();
    this.rooms = this.#createRooms();
    this.#keeper = this.#createKeeper(attributes);
    this.#handlePushes();
  }

  get state(): SessionState {
    return this.#keeper.state;
  }

  /** @throws as {@link SessionKeeper.start}. */
  start(wait: WaitOptions): Promise<void> {
    return this.#keeper.start(wait);
  }

  /** Logs out, and ends the session for good. */
  async close(): Promise<void> {
    const { connection } = this.#keeper;
    await connection?.call('bye', {}, { timeoutMs: BYE_TIMEOUT_MS }).catch(() => {
      // The end of the connection is a logout too.
    });
    const error = new RtmError(FPNN_CODES.connectionClosed, 'the client is closed');
    this.#keeper.end({ reason: 'closed', error });
  }

  /** Calls over the connection of the session, and waits for it when there is none. */
  readonly call: Call = async (method, params, options: CallOptions = {}) => {
    const { monotonicNow } = this.#options;
    const { timeoutMs = this.#options.timeoutMs, signal } = options;
    assertTimeout('timeoutMs', timeoutMs);
    const startedAt = monotonicNow();
    const connection = await this.#keeper.waitForConnection({ timeoutMs, signal });
    const leftMs = timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - (monotonicNow() - startedAt));
    return connection.call(method, params, { timeoutMs: leftMs, signal });
  };

  #createOutbox(): Outbox {
    const { uid, outboxMax } = this.#options;
    return new Outbox({
      uid,
      messagesMax: outboxMax,
      waitForCall: async (signal) => (await this.#keeper.waitForConnection({ timeoutMs: 0, signal })).call,
      onSent: ({ conversation, mid }, mtime) => this.inbox.handleSent(conversation, mid, mtime),
    });
  }

  #createInbox(): Inbox {
    const { uid, recoveryMessagesMax, logger } = this.#options;
    return new Inbox({
      uid,
      recoveryMessagesMax,
      logger,
      deliver: (message) => this.events.emit('message', message),
      isBeingSent: ({ conversation, from, mid }) => this.outbox.isBeingSent(conversation, from, mid),
      onGap: (gap) => this.#handleGap(gap),
    });
  }

  #createRooms(): EnteredRooms {
    return new EnteredRooms({
      call: this.call,
      onEntered: (roomId, since) => this.inbox.follow({ kind: 'room', roomId }, since),
      onLeft: (roomId) => this.inbox.unfollow({ kind: 'room', roomId }),
      onLost: (roomId, error) => this.events.emit('roomLost', { roomId, error }),
    });
  }

  #createKeeper(attributes: ReadonlyMap<string, string>): SessionKeeper {
    const { pid, uid, lang, token, endpoint, connector, connectTimeoutMs } = this.#options;
    const { reconnect, random, heartbeatTimeoutMs, network, now, logger } = this.#options;
    const tokens = new TokenSource(token);
    const onAuth = () => this.inbox.hold();
    const login = new Login({ pid, uid, lang, attributes, tokens, timeoutMs: connectTimeoutMs, onAuth });
    return new SessionKeeper({
      logIn: (onQuest, signal) =>
        login.logIn(() => Connection.open({ connector, endpoint, connectTimeoutMs, onQuest, signal })),
      onQuest: (quest) => this.#handleQuest(quest),
      hooks: {
        onLoggedIn: (connection) => this.#handleLoggedIn(connection),
        onStateChange: (state, previous) => this.#handleStateChange(state, previous),
        onLoss: () => this.inbox.handleLoss(this.#clock.at(this.#lastSignAt)),
        onEnd: (end) => this.#handleEnd(end),
      },
      schedule: new ReconnectSchedule(reconnect, random),
      heartbeatTimeoutMs,
      network,
      now,
      logger,
    });
  }

  async #handleLoggedIn({ call }: Connection): Promise<void> {
    const { mts } = await call('getservertime', {});
    this.#clock.set(mts);
    this.#lastSignAt = this.#options.monotonicNow();
    if (!this.#hasBeenOnline) {
      this.#hasBeenOnline = true;
      this.inbox.start(mts);
    }
    await this.rooms.enterAgain(call);
  }

  #handleStateChange(state: SessionState, previous: SessionState): void {
    this.events.emit('stateChange', { state, previous });
    const { connection } = this.#keeper;
    if (state === 'online' && connection !== undefined) void this.#recover(connection);
  }

  async #recover(connection: Connection): Promise<void> {
    try {
      if (await this.inbox.recover(connection.call)) this.events.emit('recovered', {});
    } catch (error) {
      // The next connection recovers what this one could not.
      if (!isConnectionLost(error)) connection.drop(`the recovery failed: ${String(error)}`);
    }
  }

  #handleGap(gap: Gap): void {
    const { conversation, error } = gap;
    // Messages of a room that was left may still have been on their way.
    if (conversation.kind === 'room' && !this.rooms.ids.includes(conversation.roomId)) return;
    this.#options.logger.warn('messages were not recovered', { conversation: conversationKey(conversation), error });
    this.events.emit('gap', gap);
  }

  #handleEnd(end: SessionEnd): void {
    if (end.reason === 'kicked-out') this.events.emit('kickedOut', {});
    this.events.emit('sessionEnded', end);
  }

  #handleQuest(quest: IncomingQuest): void {
    this.#lastSignAt = this.#options.monotonicNow();
    try {
      this.pushes.handle(quest);
    } catch (error) {
      this.#options.logger.error('a push was not understood', { method: quest.method, error });
    }
  }

  #handlePushes(): void {
    const { uid } = this.#options;
    for (const name of ['pushmsg', 'pushgroupmsg', 'pushroommsg', 'pushbroadcastmsg'] as const) {
      this.pushes.onRaw(name, ({ method, params }) => {
        const message = readPushedMessage(method, params, uid);
        if (message !== undefined && !this.#takeSignal(message)) this.inbox.handleLive(message);
      });
    }
    this.pushes.on('kickout', () => {
      const error = new RtmError(FPNN_CODES.connectionClosed, 'the server ended the session');
      this.#keeper.end({ reason: 'kicked-out', error });
    });
    this.pushes.on('kickoutroom', ({ rid }) => {
      if (this.rooms.forget(rid)) this.events.emit('kickedFromRoom', { roomId: rid });
    });
  }

  /** Signals are not stored, so that none of them is ever missed or recovered. @returns false for any other message. */
  #takeSignal({ conversation, mtype, attrs, from }: Message): boolean {
    if (mtype !== MTYPES.command || conversation.kind !== 'room') return false;
    const signal = parseRoomSignal(attrs);
    if (signal === undefined) return false;
    this.events.emit('roomSignal', { roomId: conversation.roomId, from, signal });
    return true;
  }
}
