import { fileMethodOf } from '@parley/contract';
import { fileTarget } from '../../files/file-target.ts';
import type { FileTickets } from '../../files/file-tickets.ts';
import type { ClientHandlers } from '../client-gate/client-handler.ts';
import type { Handlers } from '../server-gate/handler.ts';

/** @param endpoint - Address of the file gate as SDKs reach it, host:port. */
export function fileTokenHandlers(tickets: FileTickets, endpoint: string): Handlers<'filetoken'> {
  return {
    filetoken: async ({ pid }, { from, cmd, ...targets }) => {
      const method = fileMethodOf(cmd);
      const target = fileTarget(method, targets);
      return { token: tickets.issue({ pid, uid: from, method, target, sessionId: undefined }), endpoint };
    },
  };
}

/** As above, for users who are logged in. */
export function clientFileTokenHandlers(tickets: FileTickets, endpoint: string): ClientHandlers<'filetoken'> {
  return {
    filetoken: async ({ project: { pid }, uid, id: sessionId }, { cmd, ...targets }) => {
      const method = fileMethodOf(cmd);
      const target = fileTarget(method, targets);
      return { token: tickets.issue({ pid, uid, method, target, sessionId }), endpoint };
    },
  };
}
