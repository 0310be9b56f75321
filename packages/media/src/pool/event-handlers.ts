import type { MediaEngineEvents } from '../media-engine.ts';

/** The handlers of an engine's events, in the order in which they were added. */
export class EventHandlers {
  readonly #handlers: { [Name in keyof MediaEngineEvents]?: MediaEngineEvents[Name][] } = {};

  add<Name extends keyof MediaEngineEvents>(name: Name, handler: MediaEngineEvents[Name]): void {
    const handlers: MediaEngineEvents[Name][] = this.#handlers[name] ?? [];
    handlers.push(handler);
    (this.#handlers as { [N in Name]: MediaEngineEvents[N][] })[name] = handlers;
  }

  tell<Name extends keyof MediaEngineEvents>(name: Name, ...params: Parameters<MediaEngineEvents[Name]>): void {
    const handlers = (this.#handlers[name] ?? []) as ((...params: unknown[]) => void)[];
    for (const handler of handlers) handler(...params);
  }
}
