import type { Rtc } from '../../rtc/rtc.ts';
import type { RtcMember } from '../../rtc/rtc-member.ts';
import type { RtcRoom } from '../../rtc/rtc-room.ts';
import type { Session } from '../../sessions/session.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientHandlers } from './client-handler.ts';

type Methods =
  | 'getRTCGateEndpoint'
  | 'createRTCRoom'
  | 'enterRTCRoom'
  | 'exitRTCRoom'
  | 'inviteUserIntoRTCRoom'
  | 'getRTCRoomMembers'
  | 'getRTCRoomMemberCount'
  | 'subscribeVideo'
  | 'unsubscribeVideo'
  | 'blockUserVoiceInRTCRoom'
  | 'unblockUserVoiceInRTCRoom'
  | 'getBlockInfoInRTCRoom'
  | 'adminCommand'
  | 'roomEvent';

/** @param mediaEndpoint - The address that native clients are given for media. */
export function clientRtcHandlers(rtc: Rtc, mediaEndpoint: string): ClientHandlers<Methods> {
  const { rooms, entrance, commands, wishes, pushes } = rtc;
  /** The room, and the caller as a member of it. @throws RtmError 700005, 700002. */
  const place = ({ project, uid }: Session, rid: bigint): [RtcRoom, RtcMember] => {
    const room = rooms.require(project.pid, rid);
    return [room, rooms.requireMember(room, uid)];
  };
  return {
    getRTCGateEndpoint: async () => ({ endpoint: mediaEndpoint }),
    createRTCRoom: async (session, { rid, type }) => ({ token: entrance.create(session, rid, type).token, rid }),
    enterRTCRoom: async (session, { rid }) => {
      const { room, token } = entrance.enter(session, rid);
      return { token, type: room.type };
    },
    exitRTCRoom: async (session, { rid }) => {
      rooms.leaveWith(rooms.require(session.project.pid, rid), session);
      return NOTHING;
    },
    inviteUserIntoRTCRoom: async (session, { rid, uids }) => {
      const [room] = place(session, rid);
      pushes.invite(room, session.uid, uids);
      return NOTHING;
    },
    getRTCRoomMembers: async ({ project }, { rid }) => {
      const { members, administrators, owner } = rooms.require(project.pid, rid);
      return { uids: [...members.keys()], administrators: [...administrators], owner, count: members.size };
    },
    getRTCRoomMemberCount: async ({ project }, { rid }) => ({ count: rooms.require(project.pid, rid).members.size }),
    subscribeVideo: async (session, { rid, uids }) => {
      wishes.subscribe(...place(session, rid), uids);
      return NOTHING;
    },
    unsubscribeVideo: async (session, { rid, uids }) => {
      wishes.unsubscribe(...place(session, rid), uids);
      return NOTHING;
    },
    blockUserVoiceInRTCRoom: async (session, { rid, uids }) => {
      wishes.block(...place(session, rid), uids);
      return NOTHING;
    },
    unblockUserVoiceInRTCRoom: async (session, { rid, uids }) => {
      wishes.unblock(...place(session, rid), uids);
      return NOTHING;
    },
    getBlockInfoInRTCRoom: async (session, { rid }) => {
      const [, member] = place(session, rid);
      return { uids: [...member.blocked] };
    },
    adminCommand: async (session, { rid, uids, command }) => {
      commands.run(rooms.require(session.project.pid, rid), uids, command, session.uid);
      return NOTHING;
    },
    roomEvent: async (session, { rid, event }) => {
      const [room] = place(session, rid);
      pushes.event(room, session.uid, event);
      return NOTHING;
    },
  };
}
