import type { Id } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';
import type { Infos } from './shapes.ts';

/** Who is online, and what users tell about themselves. */
export class UserCalls {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Those of the users who are online; at most 200 in a call. */
  async online(uids: Iterable<Id>, options?: CallOptions): Promise<bigint[]> {
    return (await this.#call('getonlineusers', { uids: [...uids] }, options)).uids;
  }

  /** Of the own user: sets what is given and leaves the other info as it is. */
  async setInfo(infos: Partial<Infos>, options?: CallOptions): Promise<void> {
    await this.#call('setuserinfo', { oinfo: infos.publicInfo, pinfo: infos.privateInfo }, options);
  }

  /** Of the own user. */
  async info(options?: CallOptions): Promise<Infos> {
    const { oinfo, pinfo } = await this.#call('getuserinfo', {}, options);
    return { publicInfo: oinfo, privateInfo: pinfo };
  }

  /** At most 100 users in a call. */
  async publicInfos(uids: Iterable<Id>, options?: CallOptions): Promise<Map<bigint, string>> {
    return (await this.#call('getuseropeninfo', { uids: [...uids] }, options)).info;
  }
}
