import type { BlacklistService } from '../../friends/blacklist-service.ts';
import { type Handlers, NOTHING } from './handler.ts';

type Methods = 'addblacks' | 'delblacks' | 'getblacks' | 'isblack' | 'isblacks';

export function blacklistHandlers(blacklists: BlacklistService): Handlers<Methods> {
  return {
    addblacks: async (project, { uid, blacks }) => {
      await blacklists.block(project, uid, blacks);
      return NOTHING;
    },
    delblacks: async (project, { uid, blacks }) => {
      await blacklists.unblock(project, uid, blacks);
      return NOTHING;
    },
    getblacks: async (project, { uid }) => ({ uids: await blacklists.list(project, uid) }),
    isblack: async (project, { uid, buid }) => ({ ok: await blacklists.isBlocked(project, uid, buid) }),
    isblacks: async (project, { uid, buids }) => ({ buids: await blacklists.blockersAmong(project, uid, buids) }),
  };
}
