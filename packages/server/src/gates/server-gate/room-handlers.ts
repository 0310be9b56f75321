import { RawString } from '@parley/fpnn';
import type { RoomService } from '../../rooms/room-service.ts';
import { type Handlers, NOTHING } from './handler.ts';
import { namedPlace } from './named-place.ts';

type Methods =
  | 'addroommember'
  | 'addroommembers'
  | 'delroommember'
  | 'delroommembers'
  | 'adduserrooms'
  | 'deleteuserrooms'
  | 'setroominfo'
  | 'getroominfo'
  | 'addroomban'
  | 'removeroomban'
  | 'isbanofroom'
  | 'getroommembers'
  | 'getroomcount';

export function roomHandlers(rooms: RoomService): Handlers<Methods> {
  return {
    addroommember: async (project, { rid, uid }) => {
      await rooms.enter(project, uid, [rid]);
      return NOTHING;
    },
    addroommembers: async (project, { rid, uids }) => ({ successedUids: await rooms.enterAll(project, rid, uids) }),
    delroommember: async (project, { rid, uid }) => {
      await rooms.leave(project, [rid], [uid]);
      return NOTHING;
    },
    delroommembers: async (project, { rid, uids }) => {
      await rooms.leave(project, [rid], uids);
      return { successedUids: [...new Set(uids)] };
    },
    adduserrooms: async (project, { rids, uid }) => {
      await rooms.enter(project, uid, rids);
      return NOTHING;
    },
    deleteuserrooms: async (project, { rids, uid }) => {
      await rooms.leave(project, rids, [uid]);
      return NOTHING;
    },
    setroominfo: async (project, { rid, oinfo, pinfo }) => {
      await rooms.setInfo(project, rid, { oinfo: oinfo?.bytes, pinfo: pinfo?.bytes });
      return NOTHING;
    },
    getroominfo: async (project, { rid }) => {
      const { oinfo, pinfo } = await rooms.info(project, rid);
      return { oinfo: new RawString(oinfo), pinfo: new RawString(pinfo) };
    },
    addroomban: async (project, { rid, uid, btime }) => {
      await rooms.ban(project, namedPlace(rid), uid, btime);
      return NOTHING;
    },
    removeroomban: async (project, { rid, uid }) => {
      await rooms.unban(project, namedPlace(rid), uid);
      return NOTHING;
    },
    isbanofroom: async (project, { rid, uid }) => ({ ok: rooms.isBanned(project, rid, uid) }),
    getroommembers: async (project, { rid }) => ({ uids: await rooms.members(project, rid) }),
    getroomcount: async (project, { rids }) => ({ cn: await rooms.counts(project, rids) }),
  };
}
