import { type ClientAnswerIn, type ClientMethodName, type ClientParamsIn, MTYPES } from '@parley/contract';
import { assertTimeout, IdGenerator, processIds } from '@parley/contract/sdk';
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
import type { SessionState } from './connection/session-keeper.ts';
import { type ConversationRef, toConversation, toId } from './conversation.ts';
import type { ClientEvents } from './events.ts';
import { FileCalls } from './files/file-calls.ts';
import type { MessageBody, SendOptions, SendResult } from './messages/send-options.ts';
import type { PushRouter } from './push-router.ts';
import { UserSession } from './user-session.ts';

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
  readonly #session: UserSession;
  readonly #ids: IdGenerator;

  /** @throws TypeError or RangeError for an option that cannot be used. */
  constructor(options: ParleyClientOptions) {
    const resolved = resolveOptions(options);
    const { uid, now, random } = resolved;
    this.#options = resolved;
    // With a clock or random numbers of its own a client makes ids from these; all others share one generator.
    const hasOwnIds = options.now !== undefined || options.random !== undefined;
    this.#ids = hasOwnIds ? new IdGenerator({ now, random }) : processIds;
    const attributes = new Map(Object.entries(resolved.attributes));
    this.#session = new UserSession(resolved, attributes);

    const { call, inbox, rooms } = this.#session;
    this.history = new HistoryCalls(call, uid);
    this.conversations = new ConversationCalls(call, uid);
    this.rooms = new RoomCalls(call, uid, rooms);
    this.groups = new GroupCalls(call);
    this.friends = new FriendCalls(call);
    this.blacklist = new BlacklistCalls(call);
    this.users = new UserCalls(call);
    this.data = new DataCalls(call);
    this.devices = new DeviceCalls(call);
    this.connections = new ConnectionCalls(call, attributes);
    this.files = new FileCalls({ options: resolved, call, nextMid: () => this.nextMid(), inbox });
  }

  /** The user. */
  get uid(): bigint {
    return this.#options.uid;
  }

  /** The project. */
  get pid(): number {
    return this.#options.pid;
  }

  get state(): SessionState {
    return this.#session.state;
  }

  /** The pushes of the server, for parts of the SDK that take more of them. */
  get pushes(): PushRouter {
    return this.#session.pushes;
  }

  /** Messages that wait to be sent or for their answer. */
  get outboxSize(): number {
    return this.#session.outbox.size;
  }

  /** @returns A function that takes the listener out again. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): () => void {
    return this.#session.events.on(name, listener);
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
    await this.#session.start({ timeoutMs, signal });
  }

  /**
   * Logs out and ends the client for good. Calls and messages that wait reject with RtmError 20002. Calling it again is
   * harmless.
   */
  async close(): Promise<void> {
    await this.#session.close();
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
    return this.#session.outbox.send(message, { timeoutMs, signal });
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
    options?: CallOptions,
  ): Promise<ClientAnswerIn<M>> {
    return this.#session.call(method, params, options);
  }
}
