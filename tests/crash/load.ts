import { randomBytes } from 'node:crypto';
import { FPNN_CODES, FpnnError, RawString } from '@parley/fpnn';
import type { Address } from '@parley/server';
import { RawCaller, type Signer } from '@parley/testkit/internal';
import { freshId } from '../paging/fresh-ids.ts';
import { type Call, mtimeOf, type Place, sendCall, type WireMessage } from '../paging/wire-conversation.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';

const CONNECTIONS = 5;
/** Sends that each connection has on their way. */
const LANES = 8;
const MTYPES = [30, 66, 127];
const BODY_MAX_BYTES = 300;

/** Sends on many lanes without a pause, and writes down in the ledger what it sent and what was answered. */
export class Load {
  readonly #ledger: Ledger;
  readonly #places: readonly Place[];
  readonly #callers: readonly RawCaller[];
  readonly #lanes: Promise<void>[];
  #isStopped = false;
  #failure: Error | undefined;

  private constructor(ledger: Ledger, places: readonly Place[], callers: readonly RawCaller[]) {
    this.#ledger = ledger;
    this.#places = places;
    this.#callers = callers;
    this.#lanes = callers.flatMap((caller) => Array.from({ length: LANES }, () => this.#sendOn(caller)));
  }

  static async start(ledger: Ledger, places: readonly Place[], address: Address, signer: Signer): Promise<Load> {
    const connecting = Array.from({ length: CONNECTIONS }, () => RawCaller.connect(address, signer));
    return new Load(ledger, places, await Promise.all(connecting));
  }

  /** Whether every connection is as it was. */
  get isConnected(): boolean {
    return this.#callers.every(({ peer }) => !peer.isClosed);
  }

  /** Stops sending. Resolves when no send is on its way. @throws what a send was refused with that had no reason to be. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.broken();
  }

  /** Sends until all connections are broken, each lane once in vain. @throws as `stop`. */
  async broken(): Promise<void> {
    await Promise.all(this.#lanes);
    this.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Breaks off what is on its way. Safe to call twice. */
  close(): void {
    this.#isStopped = true;
    for (const caller of this.#callers) caller.close();
  }

  async #sendOn(caller: RawCaller): Promise<void> {
    try {
      for (let count = 0; !this.#isStopped && !caller.peer.isClosed; count += 1) {
        await attempt(this.#ledger, caller, this.#compose(count));
      }
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }

  #compose(count: number): LedgerEntry {
    const places = this.#places;
    const place = places[Math.floor(Math.random() * places.length)]!;
    if (place.kind !== 'p2p') {
      const message = compose(count, freshId());
      return this.#ledger.handleSend(sendCall(place, message), message, [place]);
    }
    const [one] = place.users;
    const copies = places.filter((other) => other.kind === 'p2p' && other.users[0] === one);
    const isForMany = count % 2 === 0;
    const message = compose(count, isForMany ? one : place.users[count % 3 === 0 ? 0 : 1]);
    const tos = copies.map((copy) => (copy.kind === 'p2p' ? copy.users[1] : one));
    const call: Call = isForMany ? ['sendmsgs', { ...message, tos }] : sendCall(place, message);
    return this.#ledger.handleSend(call, message, isForMany ? copies : [place]);
  }
}

/**
 * Sends a message of the ledger, for the first time or again.
 *
 * @throws Error when it is refused for another reason than that the server or its database is away.
 */
export async function attempt(ledger: Ledger, caller: RawCaller, entry: LedgerEntry): Promise<void> {
  try {
    ledger.handleAck(entry, mtimeOf(await caller.call(...entry.call)));
  } catch (error) {
    if (!(error instanceof FpnnError)) throw error;
    if (error.code !== FPNN_CODES.connectionClosed && error.code !== FPNN_CODES.unknown) throw error;
  }
}

function compose(count: number, from: bigint): WireMessage {
  const bytes = new Uint8Array(randomBytes(Math.floor(Math.random() * BODY_MAX_BYTES)));
  const msg = count % 2 === 0 ? bytes : new RawString(bytes);
  return { from, mid: freshId(), mtype: MTYPES[count % MTYPES.length]!, msg, attrs: `{"n":${count}}` };
}
