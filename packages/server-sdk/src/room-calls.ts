import type { CallOptions, Id } from './call-options.ts';
import { ChatCalls } from './chat-calls.ts';
import { toIdList } from './id-list.ts';

export type RoomInfo = {
  /** Public info, at most 65535 bytes. */
  oinfo: string;
  /** Private info, at most 65535 bytes. */
  pinfo: string;
};

/** Rooms: members are there while they are online. A room needs no creation. */
export abstract class RoomCalls extends ChatCalls {
  /** Puts a user into a room. */
  async addRoomMember(rid: Id, uid: Id, options?: CallOptions): Promise<void> {
    await this.call('addroommember', { rid, uid }, options);
  }

  /** Puts users into a room and gives those who are in it now. */
  async addRoomMembers(roomId: Id, uids: Iterable<Id>, options?: CallOptions): Promise<bigint[]> {
    const answer = await this.call('addroommembers', { rid: roomId, uids: toIdList('uids', uids) }, options);
    return answer.successedUids;
  }

  /** Takes a user out of a room. */
  async deleteRoomMember(rid: Id, uid: Id, options?: CallOptions): Promise<void> {
    await this.call('delroommember', { rid, uid }, options);
  }

  /** Takes users out of a room and gives those who are no longer in it. */
  async delRoomMembers(roomId: Id, uids: Iterable<Id>, options?: CallOptions): Promise<bigint[]> {
    const answer = await this.call('delroommembers', { rid: roomId, uids: toIdList('uids', uids) }, options);
    return answer.successedUids;
  }

  /** Puts one user into several rooms. */
  async addUserRooms(roomIds: Iterable<Id>, uid: Id, options?: CallOptions): Promise<void> {
    await this.call('adduserrooms', { rids: toIdList('roomIds', roomIds), uid }, options);
  }

  /** Takes one user out of several rooms. */
  async deleteUserRooms(roomIds: Iterable<Id>, uid: Id, options?: CallOptions): Promise<void> {
    await this.call('deleteuserrooms', { rids: toIdList('roomIds', roomIds), uid }, options);
  }

  /** Sets the infos that are given and leaves the other as it is. */
  async setRoomInfo(rid: Id, options: Partial<RoomInfo> & CallOptions): Promise<void> {
    const { oinfo, pinfo, ...callOptions } = options;
    await this.call('setroominfo', { rid, oinfo, pinfo }, callOptions);
  }

  /** Reads both infos; what was never set is empty. */
  async getRoomInfo(rid: Id, options?: CallOptions): Promise<RoomInfo> {
    return this.call('getroominfo', { rid }, options);
  }

  /**
   * Forbids a user to speak in a room.
   *
   * @param rid - null for all rooms of the project.
   * @param btime - Seconds from now; 0 or less for ever.
   */
  async addRoomBan(rid: Id | null, uid: Id, btime: number, options?: CallOptions): Promise<void> {
    await this.call('addroomban', { rid: rid ?? undefined, uid, btime }, options);
  }

  /**
   * Lets a user speak again in a room.
   *
   * @param rid - null to lift the ban of all rooms.
   */
  async removeRoomBan(rid: Id | null, uid: Id, options?: CallOptions): Promise<void> {
    await this.call('removeroomban', { rid: rid ?? undefined, uid }, options);
  }

  /** Whether a user is banned in this room or in all rooms. */
  async isBanOfRoom(rid: Id, uid: Id, options?: CallOptions): Promise<boolean> {
    const { ok } = await this.call('isbanofroom', { rid, uid }, options);
    return ok;
  }

  /** The users who are in a room. */
  async getRoomMembers(rid: Id, options?: CallOptions): Promise<bigint[]> {
    const { uids } = await this.call('getroommembers', { rid }, options);
    return uids;
  }

  /** The number of users in each room, by room id; 0 for an unknown room. */
  async getRoomCount(rids: Iterable<Id>, options?: CallOptions): Promise<Map<bigint, number>> {
    const { cn } = await this.call('getroomcount', { rids: toIdList('rids', rids) }, options);
    return cn;
  }
}
