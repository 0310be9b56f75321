import { type AnswerIn, decodeAnswer, encodeParams, type MethodName, type ParamsIn } from '@parley/contract';
import { FPNN_CODES, type IncomingQuest, type Peer } from '@parley/fpnn';
import { connectTcp } from '@parley/fpnn/node';
import { assertTimeout, type CallOptions } from './call-options.ts';
import { type ResolvedOptions, type RtmServerClientOptions, resolveOptions } from './client-options.ts';
import { Link, type OpenPeer } from './connection/link.ts';
import { ReconnectSchedule } from './connection/reconnect-schedule.ts';
import { IdGenerator, processIds } from './id-generator.ts';
import { QuestSender } from './quest-sender.ts';
import { toRtmError } from './rtm-error.ts';
import { VoiceRoomCalls } from './voice-room-calls.ts';

/**
 * A back end's way to the service: one connection, over which every call of the project goes.
 *
 * The first call connects; `connect()` does so before. A lost connection is opened again until `close()`. Calls made
 * meanwhile wait for it, up to their time-out or until the immediate tries and a delayed one have failed.
 */
export class RtmServerClient extends VoiceRoomCalls {
  readonly #link: Link;
  readonly #quests: QuestSender;
  readonly #ids: IdGenerator;
  readonly #timeoutMs: number;

  /** @throws TypeError or RangeError for an option that cannot be used. */
  constructor(options: RtmServerClientOptions) {
    super();
    const resolved = resolveOptions(options);
    const { pid, secret, now, random, timeoutMs } = resolved;
    // With a clock or random numbers of its own a client makes ids from these; all others share one generator.
    const hasOwnIds = options.now !== undefined || options.random !== undefined;
    this.#ids = hasOwnIds ? new IdGenerator({ now, random }) : processIds;
    this.#timeoutMs = timeoutMs;
    this.#link = createLink(options.endpoint, resolved);
    this.#quests = new QuestSender({ project: { pid, secret }, link: this.#link, ids: this.#ids, now, timeoutMs });
  }

  /** Whether there is a connection now. Calls need not ask. */
  get isConnected(): boolean {
    return this.#link.peer !== undefined;
  }

  /**
   * Connects, if there is no connection yet. Optional: the first call does the same.
   *
   * @throws RtmError 20012 when the service cannot be reached, 20003 when the time is up, 20015 when aborted, 20002
   *   after `close()`. In the first three cases the client goes on trying.
   */
  async connect(options: CallOptions = {}): Promise<void> {
    const { timeoutMs = this.#timeoutMs, signal } = options;
    assertTimeout('timeoutMs', timeoutMs);
    await this.#link.waitForPeer({ timeoutMs, signal });
  }

  /**
   * Closes the client for good. Calls that wait reject with RtmError 20002 at once, and so do later ones. Resolves when
   * the connection has ended, after 5 s at the latest; calling it again is harmless.
   */
  close(): Promise<void> {
    return this.#link.close();
  }

  override async call<M extends MethodName>(
    method: M,
    params: ParamsIn<M>,
    options: CallOptions = {},
  ): Promise<AnswerIn<M>> {
    const answer = await this.#quests.send(method, encodeParams(method, params), options);
    try {
      return decodeAnswer(method, answer);
    } catch (error) {
      throw toRtmError(error);
    }
  }

  override nextMid(): bigint {
    return this.#ids.next();
  }
}

function createLink(endpoint: string, options: ResolvedOptions): Link {
  const { keepAliveMs, now, logger, onConnected, onClosed } = options;
  const schedule = new ReconnectSchedule(options.reconnect, options.random);
  const open: OpenPeer = (hooks) => openPeer(options, hooks);
  return new Link({ endpoint, open, schedule, keepAliveMs, now, logger, onConnected, onClosed });
}

function openPeer(options: ResolvedOptions, hooks: Parameters<OpenPeer>[0]): Promise<Peer> {
  const { endpoint, connectTimeoutMs, encryption } = options;
  return connectTcp({ ...endpoint, connectTimeoutMs, ...(encryption && { encryption }), ...hooks, onQuest });
}

/** A gate may push `ping` to see whether the other side lives. Messages it pushes only to those who asked for them. */
function onQuest(quest: IncomingQuest): void {
  if (quest.method === 'ping') quest.answer({});
  else quest.fail(FPNN_CODES.unknownMethod, `unknown method ${quest.method}`);
}
