import type { DeliveredMessage } from '../delivery/delivered-message.ts';

/** What crosses nodes. Each node gets everything that any node publishes, its own included, in the order of publishing. */
export interface Bus {
  publish(message: DeliveredMessage): void;
  subscribe(handler: (message: DeliveredMessage) => void): void;
}
