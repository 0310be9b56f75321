import type { HistoryService } from '../../history/history-service.ts';
import type { MessageChanges } from '../../messaging/message-changes.ts';
import type { MessageService, OutgoingMessage } from '../../messaging/message-service.ts';
import type { Session } from '../../sessions/session.ts';
import { messageUnit } from '../history-answer.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientAccess } from './client-access.ts';
import type { ClientHandlers } from './client-handler.ts';

type Content = Pick<OutgoingMessage, 'mid' | 'mtype' | 'msg' | 'attrs'>;
type Methods = 'sendmsg' | 'sendmsgs' | 'sendgroupmsg' | 'sendroommsg' | 'getmsg' | 'delmsg';

export function clientMessageHandlers(parts: {
  messages: MessageService;
  changes: MessageChanges;
  history: HistoryService;
  access: ClientAccess;
}): ClientHandlers<Methods> {
  const { messages, changes, history, access } = parts;
  return {
    sendmsg: async (session, params) => ({
      mtime: await messages.sendToUser(session.project, params.to, sentBy(session, params)),
    }),
    sendmsgs: async (session, params) => ({
      mtime: await messages.sendToUsers(session.project, params.tos, sentBy(session, params)),
    }),
    sendgroupmsg: async (session, params) => ({
      mtime: await messages.sendToGroup(session.project, params.gid, sentBy(session, params)),
    }),
    sendroommsg: async (session, params) => ({
      mtime: await messages.sendToRoom(session.project, params.rid, sentBy(session, params)),
    }),
    getmsg: async (session, params) => {
      await access.requireMessage(session, params);
      return messageUnit(await history.message(session.project, params));
    },
    delmsg: async (session, params) => {
      await access.requireMessage(session, params);
      access.requireSender(session, params.from);
      await changes.recall(session.project, params);
      return NOTHING;
    },
  };
}

/** The message as the user of this connection sends it. Every one comes through here: naming the fields beats a spread. */
function sentBy(session: Session, { mid, mtype, msg, attrs }: Content): OutgoingMessage {
  return { from: session.uid, mid, mtype, msg, attrs, sessionId: session.id };
}
