import type { CallOptions, Id } from './call-options.ts';
import { toIdList } from './id-list.ts';
import { RTCRoomCalls } from './rtc-room-calls.ts';

export type VoiceRoomMembers = { uids: bigint[]; managers: bigint[] };

/** RTC rooms by the names that they had at first, when all of them were for voice. The arguments keep their old order. */
export abstract class VoiceRoomCalls extends RTCRoomCalls {
  /** As {@link inviteUserIntoRTCRoom}. */
  async inviteUserIntoVoiceRoom(roomId: Id, toUids: Iterable<Id>, fromUid: Id, options?: CallOptions): Promise<void> {
    await this.call('inviteUserIntoVoiceRoom', { rid: roomId, toUids: toIdList('toUids', toUids), fromUid }, options);
  }

  /** As {@link pullUserIntoRTCRoom}; a new room is one for voice. */
  async pullIntoVoiceRoom(roomId: Id, toUids: Iterable<Id>, options?: CallOptions): Promise<void> {
    await this.call('pullIntoVoiceRoom', { rid: roomId, toUids: toIdList('toUids', toUids) }, options);
  }

  /** As {@link closeRTCRoom}. */
  async closeVoiceRoom(roomId: Id, options?: CallOptions): Promise<void> {
    await this.call('closeVoiceRoom', { rid: roomId }, options);
  }

  /** As {@link kickoutFromRTCRoom}, with the kicked user first. */
  async kickOutFromVoiceRoom(uid: Id, roomId: Id, fromUid: Id, options?: CallOptions): Promise<void> {
    await this.call('kickoutFromVoiceRoom', { rid: roomId, uid, fromUid }, options);
  }

  /** As {@link setRTCRoomMicStatus}. */
  async setVoiceRoomMicStatus(roomId: Id, status: boolean, options?: CallOptions): Promise<void> {
    await this.call('setVoiceRoomMicStatus', { rid: roomId, status }, options);
  }

  /** As {@link getRTCRoomList}: the rooms of both kinds. */
  async getVoiceRoomList(options?: CallOptions): Promise<bigint[]> {
    const { rids } = await this.call('getVoiceRoomList', {}, options);
    return rids;
  }

  /** As {@link getRTCRoomMembers}, without the owner. */
  async getVoiceRoomMembers(roomId: Id, options?: CallOptions): Promise<VoiceRoomMembers> {
    const { uids, administrators } = await this.call('getVoiceRoomMembers', { rid: roomId }, options);
    return { uids, managers: administrators };
  }

  /** As {@link getRTCRoomMemberCount}. */
  async getVoiceRoomMemberCount(roomId: Id, options?: CallOptions): Promise<number> {
    const { count } = await this.call('getVoiceRoomMemberCount', { rid: roomId }, options);
    return count;
  }
}
