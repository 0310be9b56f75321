import type { FriendService } from '../../friends/friend-service.ts';
import { type Handlers, NOTHING } from './handler.ts';

type Methods = 'addfriends' | 'delfriends' | 'getfriends' | 'isfriend' | 'isfriends';

export function friendHandlers(friends: FriendService): Handlers<Methods> {
  return {
    addfriends: async (project, { uid, friends: added }) => {
      await friends.add(project, uid, added);
      return NOTHING;
    },
    delfriends: async (project, { uid, friends: removed }) => {
      await friends.remove(project, uid, removed);
      return NOTHING;
    },
    getfriends: async (project, { uid }) => ({ uids: await friends.list(project, uid) }),
    isfriend: async (project, { uid, fuid }) => ({ ok: await friends.areFriends(project, uid, fuid) }),
    isfriends: async (project, { uid, fuids }) => ({ fuids: await friends.friendsAmong(project, uid, fuids) }),
  };
}
