/** Tells when the machine loses and gets back its network. */
export type NetworkEvents = {
  /** @returns A function that stops it. */
  listen(listener: { onOnline(): void; onOffline(): void }): () => void;
};

type EventTargetLike = {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
};

/** The events of the browser, in pages and in workers. Elsewhere there are none. */
export const browserNetworkEvents: NetworkEvents = {
  listen({ onOnline, onOffline }) {
    const target = globalThis as EventTargetLike;
    target.addEventListener?.('online', onOnline);
    target.addEventListener?.('offline', onOffline);
    return () => {
      target.removeEventListener?.('online', onOnline);
      target.removeEventListener?.('offline', onOffline);
    };
  },
};
