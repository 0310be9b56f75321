import type { Id } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';

/** Users whose messages the user does not want; they are refused with 200049. */
export class BlacklistCalls {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  async list(options?: CallOptions): Promise<bigint[]> {
    return (await this.#call('getblacks', {}, options)).uids;
  }

  /** At most 100 in a call. */
  async add(uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.#call('addblacks', { blacks: [...uids] }, options);
  }

  async remove(uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.#call('delblacks', { blacks: [...uids] }, options);
  }
}
