import type { Id } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';

/** The friends of the user. Friendship is mutual. */
export class FriendCalls {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  async list(options?: CallOptions): Promise<bigint[]> {
    return (await this.#call('getfriends', {}, options)).uids;
  }

  /** At most 100 in a call. @throws RtmError 200048 when one of the users would have too many friends. */
  async add(uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.#call('addfriends', { friends: [...uids] }, options);
  }

  async remove(uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.#call('delfriends', { friends: [...uids] }, options);
  }
}
