import type { PushIn, PushName } from '@parley/contract';
import { decodePush } from '@parley/contract/client-wire';
import { FPNN_CODES, type IncomingQuest } from '@parley/fpnn';
import { PushAnswers } from './push-answers.ts';

/** Takes one kind of push. */
type Handler = (quest: IncomingQuest) => void;

/** Hands each push to the part of the client that is in charge of it. */
export class PushRouter {
  readonly #handlers = new Map<string, Handler>();
  readonly #answers: PushAnswers;

  /** @param monotonicNow - ms. */
  constructor(monotonicNow: () => number) {
    this.#answers = new PushAnswers(monotonicNow);
  }

  /** Takes care of a push, which is acknowledged before. There is one handler for each; a later one replaces it. */
  on<N extends PushName>(name: N, handler: (params: PushIn<N>) => void): void {
    this.onRaw(name, (quest) => handler(decodePush(name, quest.params)));
  }

  /** As {@link on}, for the quest as it came. */
  onRaw(name: PushName, handler: Handler): void {
    this.#handlers.set(name, handler);
  }

  /** @throws what the handler throws, and WireError for a push that lacks a parameter. */
  handle(quest: IncomingQuest): void {
    const handler = this.#handlers.get(quest.method);
    if (handler === undefined) {
      quest.fail(FPNN_CODES.unknownMethod, `unknown method ${quest.method}`);
      return;
    }
    this.#answers.add(quest);
    handler(quest);
  }
}
