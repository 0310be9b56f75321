import { RawString } from '@parley/fpnn';
import type { GroupService } from '../../groups/group-service.ts';
import { type Handlers, NOTHING } from './handler.ts';
import { namedPlace } from './named-place.ts';

type Methods =
  | 'addgroupmembers'
  | 'delgroupmembers'
  | 'delgroup'
  | 'getgroupmembers'
  | 'getgroupcount'
  | 'isgroupmember'
  | 'getusergroups'
  | 'addgroupban'
  | 'removegroupban'
  | 'isbanofgroup'
  | 'setgroupinfo'
  | 'getgroupinfo'
  | 'clearprojectgroup';

export function groupHandlers(groups: GroupService): Handlers<Methods> {
  return {
    addgroupmembers: async (project, { gid, uids }) => {
      await groups.addMembers(project, gid, uids);
      return NOTHING;
    },
    delgroupmembers: async (project, { gid, uids }) => {
      await groups.removeMembers(project, gid, uids);
      return NOTHING;
    },
    delgroup: async (project, { gid }) => {
      await groups.dissolve(project, gid);
      return NOTHING;
    },
    getgroupmembers: async (project, { gid }) => ({ uids: await groups.members(project, gid) }),
    getgroupcount: async (project, { gid }) => ({ cn: await groups.memberCount(project, gid) }),
    isgroupmember: async (project, { gid, uid }) => ({ ok: await groups.isMember(project, gid, uid) }),
    getusergroups: async (project, { uid }) => ({ gids: await groups.groupsOf(project, uid) }),
    addgroupban: async (project, { gid, uid, btime }) => {
      await groups.ban(project, namedPlace(gid), uid, btime);
      return NOTHING;
    },
    removegroupban: async (project, { gid, uid }) => {
      await groups.unban(project, namedPlace(gid), uid);
      return NOTHING;
    },
    isbanofgroup: async (project, { gid, uid }) => ({ ok: groups.isBanned(project, gid, uid) }),
    setgroupinfo: async (project, { gid, oinfo, pinfo }) => {
      await groups.setInfo(project, gid, { oinfo: oinfo?.bytes, pinfo: pinfo?.bytes });
      return NOTHING;
    },
    getgroupinfo: async (project, { gid }) => {
      const { oinfo, pinfo } = await groups.info(project, gid);
      return { oinfo: new RawString(oinfo), pinfo: new RawString(pinfo) };
    },
    clearprojectgroup: async (project) => {
      await groups.dissolveAll(project);
      return NOTHING;
    },
  };
}
