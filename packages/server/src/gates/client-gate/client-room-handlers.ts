import { RawString } from '@parley/fpnn';
import type { RoomService } from '../../rooms/room-service.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientAccess } from './client-access.ts';
import type { ClientHandlers } from './client-handler.ts';

type Methods =
  | 'enterroom'
  | 'enterrooms'
  | 'leaveroom'
  | 'getuserrooms'
  | 'getroommembers'
  | 'getroomcount'
  | 'setroominfo'
  | 'getroominfo'
  | 'getroomopeninfo';

export function clientRoomHandlers(rooms: RoomService, access: ClientAccess): ClientHandlers<Methods> {
  return {
    enterroom: async (session, { rid }) => {
      await rooms.enterWith(session, [rid]);
      return NOTHING;
    },
    enterrooms: async (session, { rids }) => {
      await rooms.enterWith(session, rids);
      return NOTHING;
    },
    leaveroom: async (session, { rid }) => {
      await rooms.leaveWith(session, rid);
      return NOTHING;
    },
    getuserrooms: async (session) => ({ rooms: rooms.roomsOf(session) }),
    getroommembers: async ({ project }, { rid }) => ({ uids: await rooms.members(project, rid) }),
    getroomcount: async ({ project }, { rids }) => ({ cn: await rooms.counts(project, rids) }),
    setroominfo: async (session, { rid, oinfo, pinfo }) => {
      access.requireRoom(session, rid);
      await rooms.setInfo(session.project, rid, { oinfo: oinfo?.bytes, pinfo: pinfo?.bytes });
      return NOTHING;
    },
    getroominfo: async (session, { rid }) => {
      access.requireRoom(session, rid);
      const { oinfo, pinfo } = await rooms.info(session.project, rid);
      return { oinfo: new RawString(oinfo), pinfo: new RawString(pinfo) };
    },
    getroomopeninfo: async ({ project }, { rid }) => ({
      oinfo: new RawString((await rooms.info(project, rid)).oinfo),
    }),
  };
}
