import type { LoginTokens } from '../../users/login-tokens.ts';
import { type Handlers, NOTHING } from './handler.ts';

type Methods = 'gettoken' | 'removetoken';

export function tokenHandlers(tokens: LoginTokens): Handlers<Methods> {
  return {
    gettoken: async (project, { uid }) => ({ token: await tokens.issue(project, uid) }),
    removetoken: async (project, { uid }) => {
      await tokens.removeAll(project, uid);
      return NOTHING;
    },
  };
}
