import type { AdminCommand, RtcRoomType } from '@parley/contract';
import type { CallOptions, Id } from './call-options.ts';
import { GroupCalls } from './group-calls.ts';
import { toIdList } from './id-list.ts';

export type RTCRoomMembers = {
  uids: bigint[];
  administrators: bigint[];
  /** 0 when there is none, as in every room that a back end opened. */
  owner: bigint;
};

export type PullOptions = {
  /** Accepted, without effect. */
  voiceRange?: number;
  /** Accepted, without effect. */
  maxReceiveStreams?: number;
};

/**
 * Rooms for voice and video. A room begins with a pull or with a client that creates it, and ends when it is closed or when
 * its last member has left. Calls about a room that is not there fail with 700005.
 */
export abstract class RTCRoomCalls extends GroupCalls {
  /**
   * Invites users; their clients show it and decide.
   *
   * @param fromUid - Must be in the room: 700002 otherwise.
   * @param uids - At most 100.
   */
  async inviteUserIntoRTCRoom(roomId: Id, fromUid: Id, uids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.call('inviteUserIntoRTCRoom', { rid: roomId, toUids: toIdList('uids', uids), fromUid }, options);
  }

  /**
   * Makes users members, connected or not, and opens the room when there is none. Their clients enter by themselves; who
   * has not within 60 s is dropped. Fails with 700008 or 700009, and adds nobody then, when a limit would be passed.
   *
   * @param uids - At most 100.
   * @param roomType - Of a new room: 1 voice, 2 video (`RTC_ROOM_TYPES`).
   */
  async pullUserIntoRTCRoom(
    roomId: Id,
    uids: Iterable<Id>,
    roomType: RtcRoomType,
    options: PullOptions & CallOptions = {},
  ): Promise<void> {
    const { voiceRange, maxReceiveStreams, ...callOptions } = options;
    const params = { rid: roomId, toUids: toIdList('uids', uids), type: roomType, voiceRange, maxReceiveStreams };
    await this.call('pullIntoRTCRoom', params, callOptions);
  }

  /** Closes a room; its members are told and their media stops. */
  async closeRTCRoom(roomId: Id, options?: CallOptions): Promise<void> {
    await this.call('closeRTCRoom', { rid: roomId }, options);
  }

  /**
   * Removes a user from a room. It may enter again.
   *
   * @param fromUid - Who is named as the one who does it; 700007 when that is a member with a lower role than `uid`.
   */
  async kickoutFromRTCRoom(roomId: Id, uid: Id, fromUid: Id, options?: CallOptions): Promise<void> {
    await this.call('kickoutFromRTCRoom', { rid: roomId, uid, fromUid }, options);
  }

  /** Sets whether the microphone of users who enter later is open at first. */
  async setRTCRoomMicStatus(roomId: Id, status: boolean, options?: CallOptions): Promise<void> {
    await this.call('setRTCRoomMicStatus', { rid: roomId, status }, options);
  }

  /** The rooms of the project. */
  async getRTCRoomList(options?: CallOptions): Promise<bigint[]> {
    const { rids } = await this.call('getRTCRoomList', {}, options);
    return rids;
  }

  /** The members of a room and their roles. */
  async getRTCRoomMembers(roomId: Id, options?: CallOptions): Promise<RTCRoomMembers> {
    return this.call('getRTCRoomMembers', { rid: roomId }, options);
  }

  /** The number of members of a room. */
  async getRTCRoomMemberCount(roomId: Id, options?: CallOptions): Promise<number> {
    const { count } = await this.call('getRTCRoomMemberCount', { rid: roomId }, options);
    return count;
  }

  /**
   * Does something to members of a room, to all of `uids` or, when one of them is not in it (700002), to none.
   *
   * @param uids - At most 100.
   * @param command - One of `ADMIN_COMMANDS`.
   */
  async adminCommand(roomId: Id, uids: Iterable<Id>, command: AdminCommand, options?: CallOptions): Promise<void> {
    await this.call('adminCommand', { rid: roomId, uids: toIdList('uids', uids), command }, options);
  }
}
