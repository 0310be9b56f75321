import type { DeliveredMessage } from '../delivery/delivered-message.ts';
import type { Bus } from './bus.ts';

/** The bus of a server that is alone: handlers run within `publish`. */
export class MemoryBus implements Bus {
  readonly #handlers: ((message: DeliveredMessage) => void)[] = [];

  publish(message: DeliveredMessage): void {
    for (const handler of this.#handlers) handler(message);
  }

  subscribe(handler: (message: DeliveredMessage) => void): void {
    this.#handlers.push(handler);
  }
}
