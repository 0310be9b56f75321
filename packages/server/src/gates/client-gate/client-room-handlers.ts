import { RawString } from '@parley/fpnn';
import type { ConversationService } from '../../history/conversation-service.ts';
import type { RoomService } from '../../rooms/room-service.ts';
import { unitWithSender } from '../history-answer.ts';
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
  | 'getroomopeninfo'
  | 'getroomsopeninfo'
  | 'getuserroomsandlastmsg';

export function clientRoomHandlers(
  rooms: RoomService,
  conversations: ConversationService,
  access: ClientAccess,
): ClientHandlers<Methods> {
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
    getuserroomsandlastmsg: async (session, { mtypes }) => {
      const newest = await conversations.newestInRooms(session.project, rooms.roomsOf(session), mtypes);
      return { rooms: new Map([...newest].map(([rid, message]) => [rid, message && unitWithSender(message)])) };
    },
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
    getroomsopeninfo: async ({ project }, { rids }) => {
      const infos = await rooms.publicInfos(project, rids);
      return { info: new Map([...infos].map(([rid, oinfo]) => [rid, new RawString(oinfo)])) };
    },
  };
}
