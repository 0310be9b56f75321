import { ERROR_CODES, RtmError } from '@parley/contract';
import type { Rtc } from '../../rtc/rtc.ts';
import { type Handlers, NOTHING } from './handler.ts';

type Methods =
  | 'inviteUserIntoRTCRoom'
  | 'pullIntoRTCRoom'
  | 'closeRTCRoom'
  | 'kickoutFromRTCRoom'
  | 'setRTCRoomMicStatus'
  | 'getRTCRoomList'
  | 'getRTCRoomMembers'
  | 'getRTCRoomMemberCount'
  | 'adminCommand';

type OlderMethods =
  | 'inviteUserIntoVoiceRoom'
  | 'pullIntoVoiceRoom'
  | 'closeVoiceRoom'
  | 'kickoutFromVoiceRoom'
  | 'setVoiceRoomMicStatus'
  | 'getVoiceRoomList'
  | 'getVoiceRoomMembers'
  | 'getVoiceRoomMemberCount';

export function rtcHandlers({ rooms, commands, pushes }: Rtc): Handlers<Methods | OlderMethods> {
  const handlers: Handlers<Methods> = {
    inviteUserIntoRTCRoom: async ({ pid }, { rid, toUids, fromUid }) => {
      const room = rooms.require(pid, rid);
      rooms.requireMember(room, fromUid, 'fromUid');
      pushes.invite(room, fromUid, toUids);
      return NOTHING;
    },
    pullIntoRTCRoom: async (project, { rid, toUids, type }) => {
      rooms.pull(project, rid, type, toUids);
      return NOTHING;
    },
    closeRTCRoom: async ({ pid }, { rid }) => {
      rooms.close(rooms.require(pid, rid));
      return NOTHING;
    },
    kickoutFromRTCRoom: async ({ pid }, { rid, uid, fromUid }) => {
      const room = rooms.require(pid, rid);
      rooms.requireMember(room, uid, 'uid');
      // Back ends may name anybody as the one who removes; who is in the room is held to its roles.
      if (room.members.has(fromUid) && room.rankOf(fromUid) < room.rankOf(uid)) {
        throw new RtmError(ERROR_CODES.rtcNotAllowed, `fromUid: user ${fromUid} has a lower role than user ${uid}`);
      }
      rooms.remove(room, uid, 'kicked', fromUid);
      return NOTHING;
    },
    setRTCRoomMicStatus: async ({ pid }, { rid, status }) => {
      rooms.require(pid, rid).isMicrophoneOpen = status;
      return NOTHING;
    },
    getRTCRoomList: async ({ pid }) => ({ rids: rooms.list(pid).map(({ rid }) => rid) }),
    getRTCRoomMembers: async ({ pid }, { rid }) => {
      const { members, administrators, owner } = rooms.require(pid, rid);
      return { uids: [...members.keys()], administrators: [...administrators], owner };
    },
    getRTCRoomMemberCount: async ({ pid }, { rid }) => ({ count: rooms.require(pid, rid).members.size }),
    adminCommand: async ({ pid }, { rid, uids, command }) => {
      commands.run(rooms.require(pid, rid), uids, command);
      return NOTHING;
    },
  };
  return {
    ...handlers,
    inviteUserIntoVoiceRoom: handlers.inviteUserIntoRTCRoom,
    pullIntoVoiceRoom: handlers.pullIntoRTCRoom,
    closeVoiceRoom: handlers.closeRTCRoom,
    kickoutFromVoiceRoom: handlers.kickoutFromRTCRoom,
    setVoiceRoomMicStatus: handlers.setRTCRoomMicStatus,
    getVoiceRoomList: handlers.getRTCRoomList,
    getVoiceRoomMembers: handlers.getRTCRoomMembers,
    getVoiceRoomMemberCount: handlers.getRTCRoomMemberCount,
  };
}
