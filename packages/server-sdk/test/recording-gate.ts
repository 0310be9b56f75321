import { createHash } from 'node:crypto';
import type { Encodable, IncomingQuest, RawString, WireMap } from '@parley/fpnn';
import { type Connection, FpnnListener, type FpnnListenerOptions } from '@parley/fpnn/node';
import { RtmServerClient, type RtmServerClientOptions } from '../src/index.ts';

export const PID = 80_000_001;
export const SECRET = 'test-secret';

/** A quest as it arrived; `params` are without pid, sign, salt and ts. */
export type RecordedQuest = {
  method: string;
  params: WireMap;
  salt: bigint;
  ts: number;
  connection: Connection;
};

/** What the gate does with a quest: the map it answers, an error, silence, or a closed connection. */
export type Reaction = Encodable | { fail: number } | 'ignore' | 'hang up';

/** A server gate that checks signatures, records quests and reacts as told. */
export class RecordingGate {
  readonly quests: RecordedQuest[] = [];
  readonly connections: Connection[] = [];
  /** Signatures that were wrong. */
  readonly faults: string[] = [];
  /** Reactions to the next quests, in order; afterwards `answer` counts. */
  readonly script: Reaction[] = [];
  answer: Reaction = {};
  readonly #listener: FpnnListener;
  readonly #watchers = new Set<() => void>();
  #port = 0;

  private constructor(options: Partial<FpnnListenerOptions>) {
    this.#listener = new FpnnListener({
      host: '127.0.0.1',
      port: 0,
      ...options,
      onConnection: (connection) => {
        this.connections.push(connection);
        this.#notify();
        return { onQuest: (quest) => this.#handleQuest(quest, connection), onClose: () => this.#notify() };
      },
    });
  }

  static async start(options: Partial<FpnnListenerOptions> = {}): Promise<RecordingGate> {
    const gate = new RecordingGate(options);
    ({ port: gate.#port } = await gate.#listener.listen());
    return gate;
  }

  get port(): number {
    return this.#port;
  }

  get connectionCount(): number {
    return this.#listener.connectionCount;
  }

  createClient(options: Partial<RtmServerClientOptions> = {}): RtmServerClient {
    return new RtmServerClient({ pid: PID, secret: SECRET, endpoint: `127.0.0.1:${this.#port}`, ...options });
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  /** Resolves as soon as the condition holds; it is looked at with each quest, connection and close. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#watchers.add(resolve));
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }

  #handleQuest(quest: IncomingQuest, connection: Connection): void {
    this.quests.push(this.#record(quest, connection));
    this.#react(quest, connection, this.script.shift() ?? this.answer);
    this.#notify();
  }

  #react(quest: IncomingQuest, connection: Connection, reaction: Reaction): void {
    if (reaction === 'ignore') return;
    if (reaction === 'hang up') connection.close();
    else if (isFailure(reaction)) quest.fail(reaction.fail, 'scripted');
    else quest.answer(reaction);
  }

  #record(quest: IncomingQuest, connection: Connection): RecordedQuest {
    const { pid, sign, salt, ts, ...rest } = Object.fromEntries(quest.params);
    const signed = createHash('md5').update(`${pid}:${SECRET}:${salt}:${quest.method}:${ts}`).digest('hex');
    if (pid !== PID || (sign as RawString).text !== signed.toUpperCase()) this.faults.push(quest.method);
    const params: WireMap = new Map(Object.entries(rest));
    return { method: quest.method, params, salt: BigInt(salt as bigint), ts: Number(ts), connection };
  }
}

function isFailure(reaction: Reaction): reaction is { fail: number } {
  return typeof reaction === 'object' && reaction !== null && 'fail' in reaction;
}
