import { RawString } from '@parley/fpnn';
import type { UserService } from '../../users/user-service.ts';
import { type Handlers, NOTHING } from './handler.ts';

type Methods =
  | 'getonlineusers'
  | 'kickout'
  | 'setuserinfo'
  | 'getuserinfo'
  | 'getuseropeninfo'
  | 'addprojectblack'
  | 'removeprojectblack'
  | 'isprojectblack'
  | 'addprojectban'
  | 'removeprojectban'
  | 'isprojectban';

export function userHandlers(users: UserService): Handlers<Methods> {
  return {
    getonlineusers: async (project, { uids }) => ({ uids: users.onlineAmong(project, uids) }),
    kickout: async (project, { uid }) => {
      users.kickOut(project, uid);
      return NOTHING;
    },
    setuserinfo: async (project, { uid, oinfo, pinfo }) => {
      await users.setInfo(project, uid, { oinfo: oinfo?.bytes, pinfo: pinfo?.bytes });
      return NOTHING;
    },
    getuserinfo: async (project, { uid }) => {
      const { oinfo, pinfo } = await users.info(project, uid);
      return { oinfo: new RawString(oinfo), pinfo: new RawString(pinfo) };
    },
    getuseropeninfo: async (project, { uids }) => {
      const infos = await users.publicInfos(project, uids);
      return { info: new Map([...infos].map(([uid, oinfo]) => [uid, new RawString(oinfo)])) };
    },
    addprojectblack: async (project, { uid, btime }) => {
      await users.blockLogin(project, uid, btime);
      return NOTHING;
    },
    removeprojectblack: async (project, { uid }) => {
      await users.unblockLogin(project, uid);
      return NOTHING;
    },
    isprojectblack: async (project, { uid }) => ({ ok: users.isLoginBlocked(project, uid) }),
    addprojectban: async (project, { uid, btime }) => {
      await users.mute(project, uid, btime);
      return NOTHING;
    },
    removeprojectban: async (project, { uid }) => {
      await users.unmute(project, uid);
      return NOTHING;
    },
    isprojectban: async (project, { uid }) => ({ ok: users.isMuted(project, uid) }),
  };
}
