import { RtmError } from '@parley/contract/sdk';
import { FPNN_CODES, type IncomingQuest, type Peer } from '@parley/fpnn';
import { type Call, callOver } from '../call.ts';
import type { Connector } from './connector.ts';

export type ConnectionOptions = {
  readonly connector: Connector;
  readonly endpoint: string;
  readonly connectTimeoutMs: number;
  readonly onQuest: (quest: IncomingQuest) => void;
  readonly signal: AbortSignal;
};

/** One connection to the server, which ends for the client the moment the client gives it up. */
export class Connection {
  readonly peer: Peer;
  readonly call: Call;
  /** Resolves with the reason when the connection has ended or was dropped. */
  readonly ended: Promise<Error | undefined>;
  readonly #end: (reason?: Error) => void;
  #hasEnded = false;

  private constructor(peer: Peer, ended: Promise<Error | undefined>, end: (reason?: Error) => void) {
    this.peer = peer;
    this.call = callOver(peer);
    this.ended = ended;
    this.#end = end;
    void ended.then(() => {
      this.#hasEnded = true;
    });
  }

  /** @throws FpnnError when the server cannot be reached. */
  static async open({ onQuest, connector, ...request }: ConnectionOptions): Promise<Connection> {
    let hasEnded = false;
    let resolveEnded!: (reason: Error | undefined) => void;
    const ended = new Promise<Error | undefined>((resolve) => {
      resolveEnded = resolve;
    });
    const end = (reason?: Error) => {
      hasEnded = true;
      resolveEnded(reason);
    };
    const peer = await connector({
      ...request,
      onQuest: (quest) => {
        // Nothing of a connection counts that was given up, whatever is still on its way.
        if (!hasEnded) onQuest(quest);
      },
      onClose: end,
    });
    return new Connection(peer, ended, end);
  }

  get hasEnded(): boolean {
    return this.#hasEnded || this.peer.isClosed;
  }

  /** Ends the connection without waiting for the other side, which may be unreachable. */
  drop(reason: string): void {
    this.#hasEnded = true;
    this.#end(new RtmError(FPNN_CODES.connectionClosed, reason));
    this.peer.close();
  }
}
