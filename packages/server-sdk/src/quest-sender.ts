import { ERROR_CODES } from '@parley/contract';
import { assertTimeout, type IdGenerator, RtmError, toRtmError } from '@parley/contract/sdk';
import { type Encodable, FPNN_CODES, type WireMap } from '@parley/fpnn';
import type { CallOptions } from './call-options.ts';
import type { Link } from './connection/link.ts';
import { type ProjectKey, signQuest } from './signature.ts';

/**
 * Sends that may be repeated after a lost connection: the service knows a message by its `mid`, stores it once and
 * answers a repeat with the first `mtime`.
 */
const REPEATABLE: ReadonlySet<string> = new Set(['sendmsg', 'sendmsgs', 'sendgroupmsg', 'sendroommsg', 'broadcastmsg']);

/** How far the time of a quest is put ahead when it is signed again, so that the new sign differs for certain. */
const SIGNED_AGAIN_AHEAD_S = 5;

export type QuestSenderOptions = {
  readonly project: ProjectKey;
  readonly link: Link;
  readonly ids: IdGenerator;
  readonly now: () => number;
  /** For calls that name none. */
  readonly timeoutMs: number;
};

/** Signs quests, sends them, and repeats the few that may be repeated. */
export class QuestSender {
  readonly #options: QuestSenderOptions;

  constructor(options: QuestSenderOptions) {
    this.#options = options;
  }

  /**
   * Sends a quest and gives the answer.
   *
   * A quest that is refused with 200006 (same sign) is signed anew and sent once more. A send whose connection broke
   * before the answer is sent once more on a new connection, signed anew, with the same `mid`.
   *
   * @throws RtmError whatever else happens; RangeError for a bad time-out.
   */
  async send(method: string, params: { readonly [name: string]: Encodable }, options: CallOptions): Promise<WireMap> {
    const { link, now } = this.#options;
    const { signal, timeoutMs = this.#options.timeoutMs } = options;
    assertTimeout('timeoutMs', timeoutMs);
    const deadline = timeoutMs === 0 ? Number.POSITIVE_INFINITY : now() + timeoutMs;
    const left = { signings: 1, repeats: REPEATABLE.has(method) ? 1 : 0 };
    let aheadS = 0;
    for (;;) {
      const peer = link.peer ?? (await link.waitForPeer({ timeoutMs: this.#timeLeft(deadline), signal }));
      const questOptions = { timeoutMs: this.#timeLeft(deadline), ...(signal === undefined ? {} : { signal }) };
      try {
        return await peer.quest(method, { ...params, ...this.#auth(method, aheadS) }, questOptions);
      } catch (error) {
        const failure = toRtmError(error);
        if (failure.code === ERROR_CODES.sameSign && left.signings-- > 0) aheadS = SIGNED_AGAIN_AHEAD_S;
        else if (!isLostConnection(failure) || left.repeats-- <= 0) throw failure;
      }
    }
  }

  #auth(method: string, aheadS: number) {
    const { project, ids, now } = this.#options;
    const salt = ids.next();
    const ts = Math.floor(now() / 1000) + aheadS;
    return { pid: project.pid, salt, ts, sign: signQuest(project, method, salt, ts) };
  }

  /** Milliseconds up to the deadline, 0 when there is none. */
  #timeLeft(deadline: number): number {
    if (deadline === Number.POSITIVE_INFINITY) return 0;
    const leftMs = deadline - this.#options.now();
    if (leftMs <= 0) throw new RtmError(FPNN_CODES.timeout, 'no answer in time');
    return leftMs;
  }
}

function isLostConnection(failure: RtmError): boolean {
  return failure.code === FPNN_CODES.connectionClosed || failure.code === FPNN_CODES.invalidConnection;
}
