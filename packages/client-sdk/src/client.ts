import type { ClientAnswerIn, ClientMethodName, ClientParamsIn } from '@parley/contract';
import { MTYPES } from '@parley/contract';
import { assertTimeout, IdGenerator, processIds, ReconnectSchedule, RtmError } from '@parley/contract/sdk';
import { FPNN_CODES, type IncomingQuest } from '@parley/fpnn';
import type { CallOptions } from './call.ts';
import { BlacklistCalls } from './calls/blacklist-calls.ts';
import { ConnectionCalls } from './calls/connection-calls.ts';
import { ConversationCalls } from './calls/conversation-calls.ts';
import { DataCalls } from './calls/data-calls.ts';
import { DeviceCalls } from './calls/device-calls.ts';
import { FriendCalls } from './calls/friend-calls.ts';
import { GroupCalls } from './calls/group-calls.ts';
import { HistoryCalls } from './calls/history-calls.ts';
import { RoomCalls } from './calls/room-calls.ts';
import { UserCalls } from './calls/user-calls.ts';
import { type ParleyClientOptions, type ResolvedOptions, resolveOptions } from './client-options.ts';
import { Connection } from './connection/connection.ts';
import { Login } from './connection/login.ts';
import { type SessionEnd, SessionKeeper, type SessionState } from './connection/session-keeper.ts';
import { TokenSource } from './connection/token-source.ts';
import { type ConversationRef, conversationKey, toConversation, toId } from './conversation.ts';
import { Emitter } from './emitter.ts';
import { isConnectionLost } from './errors.ts';
import type { ClientEvents } from './events.ts';
import { FileCalls } from './files/file-calls.ts';
import { Outbox } from './messages/outbox.ts';
import { readPushedMessage } from './messages/pushed-message.ts';
import type { MessageBody, SendOptions, SendResult } from './messages/send-options.ts';
import { PushRouter } from './push-router.ts';
import { Inbox } from './recovery/inbox.ts';
import { ServerClock } from './recovery/server-clock.ts';
import { EnteredRooms } from './rooms/entered-rooms.ts';

/** How long the server has to answer the logout. */
const BYE_TIMEOUT_MS = 1_000;

/**
 * A user's way to the service: one session, which is kept over any number of connections.
 *
 * `login()` begins it. A lost connection is opened again by itself; rooms are entered again, what was missed meanwhile is
 * read from history and comes as ordinary `message` events, and messages that were sent meanwhile go out.
 */
export class ParleyClient {
  /** Stored messages: pages, walks, counts, single messages, recall. */
  readonly history: HistoryCalls;
  /** Unread messages and lists of conversations. */
  readonly conversations: ConversationCalls;
  readonly rooms: RoomCalls;
  readonly groups: GroupCalls;
  readonly friends: FriendCalls;
  readonly blacklist: BlacklistCalls;
  readonly users: UserCalls;
  readonly data: DataCalls;
  readonly devices: DeviceCalls;
  /** The connections of the user and their attributes. */
  readonly connections: ConnectionCalls;
  readonly files: FileCalls;

  readonly #options: ResolvedOptions;
  readonly #events: Emitter<ClientEvents>;
  readonly #keeper: SessionKeeper;
  readonly #pushes = new PushRouter();
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #rooms: EnteredRooms;
  readonly #clock: ServerClock;
  readonly #ids: IdGenerator;
  #hasBeenOnline = false;
  /** When something last came from the server, by the monotonic clock. */
  #lastSignAt = 0;

  /** @throws TypeError or RangeError for an option that cannot be used. */
  constructor(options: ParleyClientOptions) {
    const resolved = resolveOptions(options);
    const { uid, logger, now, random, monotonicNow } = resolved;
    this.#options = resolved;
    this.#events = new Emitter((error) => logger.error('an event listener threw', { error }));
    const hasOwnIds = options.now !== undefined || options.random !== undefined;
    this.#ids = hasOwnIds ? new IdGenerator({ now, random }) : processIds;
    this.#clock = new ServerClock(monotonicNow);
    this.#outbox = this.#createOutbox();
    this.#inbox = this.#createInbox();
    this.#rooms = this.#createRooms();
    const attributes = new Map(Object.entries(resolved.attributes));
    this.#keeper = this.#createKeeper(attributes);
    this.#handlePushes();

    const call = this.call.bind(this);
    this.history = new HistoryCalls(call, uid);
    this.conversations = new ConversationCalls(call, uid);
    this.rooms = new RoomCalls(call, uid, this.#rooms);
    this.groups = new GroupCalls(call);
    this.friends = new FriendCalls(call);
    this.blacklist = new BlacklistCalls(call);
    this.users = new UserCalls(call);
    this.data = new DataCalls(call);
    this.devices = new DeviceCalls(call);
    this.connections = new ConnectionCalls(call, attributes);
    this.files = new FileCalls({ options: resolved, call, nextMid: () => this.nextMid(), inbox: this.#inbox });
  }

  /** The user. */
  get uid(): bigint {
    return this.#options.uid;
  }

  get state(): SessionState {
    return this.#keeper.state;
  }

  /** The pushes of the server, for parts of the SDK that take more of them. */
  get pushes(): PushRouter {
    return this.#pushes;
  }

  /** Messages that wait to be sent or for their answer. */
  get outboxSize(): number {
    return this.#outbox.size;
  }

  /** @returns A function that takes the listener out again. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Logs in, and keeps the user logged in until `close()` or until the server ends the session. Tries again by itself
   * while the server cannot be reached.
   *
   * The first login brings no messages of before; page them with `history`. From then on none is missed.
   *
   * @throws RtmError 200027 when the token is refused twice, 200024 when the user is blocked, or another refusal; 20003
   * when the time is up, 20015 when aborted, 20001 when the supplier of tokens failed, with its error as the cause.
   */
  async login(options: CallOptions = {}): Promise<void> {
    const { timeoutMs = this.#options.timeoutMs, signal } = options;
    assertTimeout('timeoutMs', timeoutMs);
    await this.#keeper.start({ timeoutMs, signal });
  }

  /**
   * Logs out and ends the client for good. Calls and messages that wait reject with RtmError 20002. Calling it again is
   * harmless.
   */
  async close(): Promise<void> {
    const { connection } = this.#keeper;
    await connection?.call('bye', {}, { timeoutMs: BYE_TIMEOUT_MS }).catch(() => {
      // The end of the connection is a logout too.
    });
    const error = new RtmError(FPNN_CODES.connectionClosed, 'the client is closed');
    this.#keeper.end({ reason: 'closed', error });
  }

  /** Sends text for people. It waits for a session, and goes out once, after what was sent to the conversation before. */
  async sendChat(to: ConversationRef, text: string, options?: SendOptions): Promise<SendResult> {
    if (typeof text !== 'string') throw new TypeError('text must be a string');
    return this.sendMessage(to, MTYPES.chat, text, options);
  }

  /** Sends text for programs. As {@link sendChat} otherwise. */
  async sendCommand(to: ConversationRef, text: string, options?: SendOptions): Promise<SendResult> {
    if (typeof text !== 'string') throw new TypeError('text must be a string');
    return this.sendMessage(to, MTYPES.command, text, options);
  }

  /** Sends audio, as bytes or as text that describes it. As {@link sendChat} otherwise. */
  async sendAudio(to: ConversationRef, body: MessageBody, options?: SendOptions): Promise<SendResult> {
    return this.sendMessage(to, MTYPES.audio, body, options);
  }

  /**
   * Sends a message of any type; 51..127 are free for applications.
   *
   * @param body - Kept by reference until the promise settles; do not change it.
   * @throws RtmError the refusal of the server, such as 200041 for a group that the user is no member of; 20003 when the
   * time is up and 20015 when aborted: then it may have been stored all the same; 20011 when too many messages wait.
   */
  async sendMessage(
    to: ConversationRef,
    mtype: number,
    body: MessageBody,
    options: SendOptions = {},
  ): Promise<SendResult> {
    const { attrs = '', mid = this.nextMid(), timeoutMs = this.#options.sendTimeoutMs, signal } = options;
    assertTimeout('timeoutMs', timeoutMs);
    if (!Number.isInteger(mtype)) throw new TypeError('mtype must be an integer');
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
      throw new TypeError('body must be a string or a Uint8Array');
    }
    if (typeof attrs !== 'string') throw new TypeError('attrs must be a string');
    const conversation = toConversation(to);
    if (conversation.kind === 'broadcast') throw new TypeError('only back ends send broadcasts');
    const message = { conversation, mid: toId('mid', mid), mtype, msg: body, attrs };
    return this.#outbox.send(message, { timeoutMs, signal });
  }

  /** Writes a line into the log of the server. */
  async writeDebugLog(text: string, attrs = '', options?: CallOptions): Promise<void> {
    await this.call('adddebuglog', { msg: text, attrs }, options);
  }

  /** The clock of the server, in epoch milliseconds. */
  async serverTime(options?: CallOptions): Promise<number> {
    return (await this.call('getservertime', {}, options)).mts;
  }

  /** A message id that no other message of this process has got. Sends without a `mid` take one. */
  nextMid(): bigint {
    return this.#ids.next();
  }

  /**
   * Calls any method of the client gate by its wire name. Waits for a session; is not repeated when the connection ends
   * before the answer.
   *
   * @throws TypeError and RangeError for wrong parameters, RtmError when the call fails.
   */
  async call<M extends ClientMethodName>(
    method: M,
    params: ClientParamsIn<M>,
    options: CallOptions = {},
  ): Promise<ClientAnswerIn<M>> {
    const { timeoutMs = this.#options.timeoutMs, signal } = options;
    assertTimeout('timeoutMs', timeoutMs);
    const startedAt = this.#options.monotonicNow();
    const connection = await this.#keeper.waitForConnection({ timeoutMs, signal });
    const waitedMs = this.#options.monotonicNow() - startedAt;
    const leftMs = timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - waitedMs);
    return connection.call(method, params, { timeoutMs: leftMs, signal });
  }

  #createOutbox(): Outbox {
    const { uid, outboxMax } = this.#options;
    return new Outbox({
      uid,
      messagesMax: outboxMax,
      waitForCall: async (signal) => (await this.#keeper.waitForConnection({ timeoutMs: 0, signal })).call,
      onSent: ({ conversation, mid }, mtime) => this.#inbox.handleSent(conversation, mid, mtime),
    });
  }

  #createInbox(): Inbox {
    const { uid, recoveryMessagesMax, logger } = this.#options;
    return new Inbox({
      uid,
      recoveryMessagesMax,
      logger,
      deliver: (message) => this.#events.emit('message', message),
      isBeingSent: ({ conversation, from, mid }) => this.#outbox.isBeingSent(conversation, from, mid),
      onGap: (gap) => {
        // Messages of a room that was left may still have been on their way.
        const { conversation } = gap;
        if (conversation.kind === 'room' && !this.#rooms.ids.includes(conversation.roomId)) return;
        logger.warn('messages were not recovered', {
          conversation: conversationKey(gap.conversation),
          error: gap.error,
        });
        this.#events.emit('gap', gap);
      },
    });
  }

  #createRooms(): EnteredRooms {
    return new EnteredRooms({
      call: (method, params, options) => this.call(method, params, options),
      onEntered: (roomId, since) => this.#inbox.follow({ kind: 'room', roomId }, since),
      onLeft: (roomId) => this.#inbox.unfollow({ kind: 'room', roomId }),
      onLost: (roomId, error) => this.#events.emit('roomLost', { roomId, error }),
    });
  }

  #createKeeper(attributes: ReadonlyMap<string, string>): SessionKeeper {
    const { pid, uid, lang, token, endpoint, connector, connectTimeoutMs } = this.#options;
    const { reconnect, random, heartbeatTimeoutMs, network, now, logger } = this.#options;
    const tokens = new TokenSource(token);
    const onAuth = () => this.#inbox.hold();
    const login = new Login({ pid, uid, lang, attributes, tokens, timeoutMs: connectTimeoutMs, onAuth });
    return new SessionKeeper({
      logIn: (onQuest, signal) =>
        login.logIn(() => Connection.open({ connector, endpoint, connectTimeoutMs, onQuest, signal })),
      onQuest: (quest) => this.#handleQuest(quest),
      hooks: {
        onLoggedIn: (connection) => this.#handleLoggedIn(connection),
        onStateChange: (state, previous) => this.#handleStateChange(state, previous),
        onLoss: () => this.#inbox.handleLoss(this.#clock.at(this.#lastSignAt)),
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
      this.#inbox.start(mts);
    }
    await this.#rooms.enterAgain(call);
  }

  #handleStateChange(state: SessionState, previous: SessionState): void {
    this.#events.emit('stateChange', { state, previous });
    const { connection } = this.#keeper;
    if (state === 'online' && connection !== undefined) void this.#recover(connection);
  }

  async #recover(connection: Connection): Promise<void> {
    try {
      if (await this.#inbox.recover(connection.call)) this.#events.emit('recovered', {});
    } catch (error) {
      // The next connection recovers what this one could not.
      if (!isConnectionLost(error)) connection.drop(`the recovery failed: ${String(error)}`);
    }
  }

  #handleEnd(end: SessionEnd): void {
    if (end.reason === 'kicked-out') this.#events.emit('kickedOut', {});
    this.#events.emit('sessionEnded', end);
  }

  #handleQuest(quest: IncomingQuest): void {
    this.#lastSignAt = this.#options.monotonicNow();
    try {
      this.#pushes.handle(quest);
    } catch (error) {
      this.#options.logger.error('a push was not understood', { method: quest.method, error });
    }
  }

  #handlePushes(): void {
    for (const name of ['pushmsg', 'pushgroupmsg', 'pushroommsg', 'pushbroadcastmsg'] as const) {
      this.#pushes.onRaw(name, ({ method, params }) => {
        const message = readPushedMessage(method, params, this.uid);
        if (message !== undefined) this.#inbox.handleLive(message);
      });
    }
    this.#pushes.on('kickout', () => {
      const error = new RtmError(FPNN_CODES.connectionClosed, 'the server ended the session');
      this.#keeper.end({ reason: 'kicked-out', error });
    });
    this.#pushes.on('kickoutroom', ({ rid }) => {
      if (this.#rooms.forget(rid)) this.#events.emit('kickedFromRoom', { roomId: rid });
    });
  }
}
