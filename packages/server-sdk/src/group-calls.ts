import type { CallOptions, Id } from './call-options.ts';
import { toIdList } from './id-list.ts';
import { RoomCalls } from './room-calls.ts';

/** Groups: members stay until they are taken out. A group appears with its first member. */
export abstract class GroupCalls extends RoomCalls {
  /** Adds users to a group, at most 100 in a call. */
  async addGroupMembers(groupId: Id, uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.call('addgroupmembers', { gid: groupId, uids: toIdList('uids', uids) }, options);
  }

  /** Takes users out of a group, at most 100 in a call. */
  async delGroupMembers(groupId: Id, uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.call('delgroupmembers', { gid: groupId, uids: toIdList('uids', uids) }, options);
  }

  /** Dissolves a group. */
  async delGroup(groupId: Id, options?: CallOptions): Promise<void> {
    await this.call('delgroup', { gid: groupId }, options);
  }

  /** The members of a group. */
  async getGroupMembers(groupId: Id, options?: CallOptions): Promise<bigint[]> {
    const { uids } = await this.call('getgroupmembers', { gid: groupId }, options);
    return uids;
  }

  /** The number of members of a group. */
  async getGroupCount(groupId: Id, options?: CallOptions): Promise<number> {
    const { cn } = await this.call('getgroupcount', { gid: groupId }, options);
    return cn;
  }

  /** Whether a user is a member of a group. */
  async isGroupMember(groupId: Id, uid: Id, options?: CallOptions): Promise<boolean> {
    const { ok } = await this.call('isgroupmember', { gid: groupId, uid }, options);
    return ok;
  }

  /** The groups of a user. */
  async getUserGroups(uid: Id, options?: CallOptions): Promise<bigint[]> {
    const { gids } = await this.call('getusergroups', { uid }, options);
    return gids;
  }
}
