import type { Id } from '@parley/contract/sdk';

export type { Id };

/** What every call takes in its last argument. */
export type CallOptions = {
  /** How long to wait for a connection and the answer together. Default: the client's. 0 waits for ever. */
  timeoutMs?: number;
  /** Gives the call up when it aborts: the promise rejects with RtmError 20015. The service may still act on it. */
  signal?: AbortSignal;
};
