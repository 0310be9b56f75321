import type { ClientAnswerIn, ClientMethodName, ClientParamsIn } from '@parley/contract';
import { decodeClientAnswer, encodeClientParams } from '@parley/contract/client-wire';
import { toRtmError } from '@parley/contract/sdk';
import type { Peer } from '@parley/fpnn';

/** What every call takes in its last argument. */
export type CallOptions = {
  /** How long to wait for a session and the answer together. Default: the client's `timeoutMs`. 0 waits for ever. */
  timeoutMs?: number | undefined;
  /** Gives the call up when it aborts: the promise rejects with RtmError 20015. The server may still act on it. */
  signal?: AbortSignal | undefined;
};

/** Calls a method of the client gate. */
export type Call = <M extends ClientMethodName>(
  method: M,
  params: ClientParamsIn<M>,
  options?: CallOptions,
) => Promise<ClientAnswerIn<M>>;

/** Calls over one connection: rejects with RtmError 20002 when that one ends. */
export function callOver(peer: Peer): Call {
  return async (method, params, options = {}) => {
    const encoded = encodeClientParams(method, params);
    try {
      return decodeClientAnswer(method, await peer.quest(method, encoded, options));
    } catch (error) {
      throw toRtmError(error);
    }
  };
}
