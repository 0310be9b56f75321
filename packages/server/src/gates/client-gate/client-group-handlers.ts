import { RawString } from '@parley/fpnn';
import type { GroupService } from '../../groups/group-service.ts';
import type { Project } from '../../projects/project-settings.ts';
import type { UserService } from '../../users/user-service.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientAccess } from './client-access.ts';
import type { ClientHandlers } from './client-handler.ts';

type Methods =
  | 'addgroupmembers'
  | 'delgroupmembers'
  | 'getgroupmembers'
  | 'getgroupcount'
  | 'getusergroups'
  | 'setgroupinfo'
  | 'getgroupinfo'
  | 'getgroupopeninfo'
  | 'getgroupsopeninfo';

export function clientGroupHandlers(
  groups: GroupService,
  users: UserService,
  access: ClientAccess,
): ClientHandlers<Methods> {
  const onlineIn = async (project: Project, gid: bigint) =>
    users.onlineAmong(project, await groups.members(project, gid));
  return {
    addgroupmembers: async (session, { gid, uids }) => {
      await access.requireGroup(session, gid);
      await groups.addMembers(session.project, gid, uids);
      return NOTHING;
    },
    delgroupmembers: async (session, { gid, uids }) => {
      await access.requireGroup(session, gid);
      await groups.removeMembers(session.project, gid, uids);
      return NOTHING;
    },
    getgroupmembers: async ({ project }, { gid, online }) => ({
      uids: await groups.members(project, gid),
      onlines: online ? await onlineIn(project, gid) : undefined,
    }),
    getgroupcount: async ({ project }, { gid, online }) => ({
      cn: await groups.memberCount(project, gid),
      online: online ? (await onlineIn(project, gid)).length : undefined,
    }),
    getusergroups: async ({ project, uid }) => ({ gids: await groups.groupsOf(project, uid) }),
    setgroupinfo: async (session, { gid, oinfo, pinfo }) => {
      await access.requireGroup(session, gid);
      await groups.setInfo(session.project, gid, { oinfo: oinfo?.bytes, pinfo: pinfo?.bytes });
      return NOTHING;
    },
    getgroupinfo: async (session, { gid }) => {
      await access.requireGroup(session, gid);
      const { oinfo, pinfo } = await groups.info(session.project, gid);
      return { oinfo: new RawString(oinfo), pinfo: new RawString(pinfo) };
    },
    getgroupopeninfo: async ({ project }, { gid }) => ({
      oinfo: new RawString((await groups.info(project, gid)).oinfo),
    }),
    getgroupsopeninfo: async ({ project }, { gids }) => {
      const infos = await groups.publicInfos(project, gids);
      return { info: new Map([...infos].map(([gid, oinfo]) => [gid, new RawString(oinfo)])) };
    },
  };
}
