import type { PushBatch, PushEncoder } from '../sessions/push-batch.ts';
import type { Session } from '../sessions/session.ts';

/** A batch goes out without waiting for more when it has so many bytes: it counts as a whole against a slow reader. */
const BATCH_MAX_BYTES = 64 * 1024;

type Audience = ReadonlySet<Session>;

/** What one audience gets next. */
type Gathered = {
  packets: Uint8Array[];
  bytes: number;
  /** By the id of a session: places of the packets that it has sent itself and does not get, ascending. */
  own: Map<string, number[]> | undefined;
};

/**
 * Gathers the pushes that an audience gets within one turn of the event loop, such as those of one commit, and gives them
 * to each of its sessions as one batch: the walk over a large room costs more than what each session gets.
 *
 * Sessions get the pushes of an audience in the order of `add`. Those in the audience when the turn ends get them.
 */
export class GatheredPushes {
  readonly #encoder: PushEncoder;
  readonly #waiting = new Map<Audience, Gathered>();
  /** Pushes handed to connections. */
  pushed = 0;

  constructor(encoder: PushEncoder) {
    this.#encoder = encoder;
  }

  /**
   * @param packet - Of `encodePushPacket`.
   * @param exceptSessionId - The session that does not get it.
   */
  add(audience: Audience, packet: Uint8Array, exceptSessionId: string | undefined): void {
    const gathered = this.#gatheredFor(audience);
    if (exceptSessionId !== undefined) noteOwn(gathered, exceptSessionId);
    gathered.packets.push(packet);
    gathered.bytes += packet.length;
    if (gathered.bytes < BATCH_MAX_BYTES) return;
    this.#waiting.delete(audience);
    this.#send(audience, gathered);
  }

  #gatheredFor(audience: Audience): Gathered {
    let gathered = this.#waiting.get(audience);
    if (gathered === undefined) {
      if (this.#waiting.size === 0) queueMicrotask(() => this.#sendAll());
      gathered = { packets: [], bytes: 0, own: undefined };
      this.#waiting.set(audience, gathered);
    }
    return gathered;
  }

  #sendAll(): void {
    for (const [audience, gathered] of this.#waiting) this.#send(audience, gathered);
    this.#waiting.clear();
  }

  #send(audience: Audience, { packets, own }: Gathered): void {
    const batch = this.#encoder.number(packets);
    for (const session of audience) {
      const places = own?.get(session.id);
      if (places === undefined) {
        session.push(batch);
        this.pushed += packets.length;
      } else {
        this.#sendOthers(session, batch, places);
      }
    }
  }

  /** Sends what lies between the pushes that are the session's own. */
  #sendOthers(session: Session, batch: PushBatch, places: readonly number[]): void {
    const { quests, sentAt } = batch;
    let from = 0;
    for (const place of [...places, quests.count]) {
      if (from < place) {
        session.push({ quests: quests.slice(from, place), sentAt });
        this.pushed += place - from;
      }
      from = place + 1;
    }
  }
}

function noteOwn(gathered: Gathered, sessionId: string): void {
  gathered.own ??= new Map();
  const places = gathered.own.get(sessionId);
  if (places === undefined) gathered.own.set(sessionId, [gathered.packets.length]);
  else places.push(gathered.packets.length);
}
