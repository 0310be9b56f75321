import type { Id } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';
import type { Infos } from './shapes.ts';

/** Groups: members stay until they are taken out. Back ends make new groups. */
export class GroupCalls {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** The groups of the user. */
  async list(options?: CallOptions): Promise<bigint[]> {
    return (await this.#call('getusergroups', {}, options)).gids;
  }

  /** Adds users, at most 100 in a call. @throws RtmError 200041 when the user is no member. */
  async addMembers(groupId: Id, uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.#call('addgroupmembers', { gid: groupId, uids: [...uids] }, options);
  }

  /** Takes users out, at most 100 in a call. @throws RtmError 200041 when the user is no member. */
  async removeMembers(groupId: Id, uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.#call('delgroupmembers', { gid: groupId, uids: [...uids] }, options);
  }

  async members(groupId: Id, options?: CallOptions): Promise<bigint[]> {
    return (await this.#call('getgroupmembers', { gid: groupId }, options)).uids;
  }

  /** All members, and those of them who are online. */
  async membersWithOnline(groupId: Id, options?: CallOptions): Promise<{ uids: bigint[]; onlineUids: bigint[] }> {
    const { uids, onlines = [] } = await this.#call('getgroupmembers', { gid: groupId, online: true }, options);
    return { uids, onlineUids: onlines };
  }

  /** How many members there are, and how many of them are online. */
  async memberCount(groupId: Id, options?: CallOptions): Promise<{ count: number; onlineCount: number }> {
    const { cn, online = 0 } = await this.#call('getgroupcount', { gid: groupId, online: true }, options);
    return { count: cn, onlineCount: online };
  }

  /** Sets what is given and leaves the other info as it is. @throws RtmError 200041 when the user is no member. */
  async setInfo(groupId: Id, infos: Partial<Infos>, options?: CallOptions): Promise<void> {
    await this.#call('setgroupinfo', { gid: groupId, oinfo: infos.publicInfo, pinfo: infos.privateInfo }, options);
  }

  /** @throws RtmError 200041 when the user is no member. */
  async info(groupId: Id, options?: CallOptions): Promise<Infos> {
    const { oinfo, pinfo } = await this.#call('getgroupinfo', { gid: groupId }, options);
    return { publicInfo: oinfo, privateInfo: pinfo };
  }

  async publicInfo(groupId: Id, options?: CallOptions): Promise<string> {
    return (await this.#call('getgroupopeninfo', { gid: groupId }, options)).oinfo;
  }

  async publicInfos(groupIds: Iterable<Id>, options?: CallOptions): Promise<Map<bigint, string>> {
    return (await this.#call('getgroupsopeninfo', { gids: [...groupIds] }, options)).info;
  }
}
