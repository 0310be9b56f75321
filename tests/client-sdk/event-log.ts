import type { ClientEvents, ParleyClient } from '@parley/client-sdk/node';

/** Collects the events of one name, and waits for them. */
export class EventLog<Name extends keyof ClientEvents> {
  readonly events: ClientEvents[Name][] = [];
  #waiters: (() => void)[] = [];

  constructor(client: ParleyClient, name: Name) {
    client.on(name, (event) => {
      this.events.push(event);
      for (const waiter of this.#waiters.splice(0)) waiter();
    });
  }

  /** Waits until so many have come. */
  async count(wanted: number): Promise<ClientEvents[Name][]> {
    while (this.events.length < wanted) {
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
      });
    }
    return this.events;
  }
}

/** The texts of chat messages. */
export function textsOf(messages: readonly ClientEvents['message'][]): string[] {
  return messages.map((message) => (message.type === 'chat' ? message.text : `(${message.type})`));
}
