import type { HistoryService } from '../../history/history-service.ts';
import { messageUnit, pageAnswer, unitFor, unitWithSender } from '../history-answer.ts';
import type { Handlers } from './handler.ts';

type Methods = 'getp2pmsg' | 'getgroupmsg' | 'getroommsg' | 'getbroadcastmsg' | 'getmsg' | 'getmsgnum';

export function historyHandlers(history: HistoryService): Handlers<Methods> {
  return {
    getp2pmsg: async (project, params) =>
      pageAnswer(await history.pageOfUsers(project, params.uid, params.ouid, params), unitFor(params.uid)),
    getgroupmsg: async (project, params) =>
      pageAnswer(await history.pageOfGroup(project, params.gid, params), unitWithSender),
    getroommsg: async (project, params) =>
      pageAnswer(await history.pageOfRoom(project, params.rid, params), unitWithSender),
    getbroadcastmsg: async (project, params) =>
      pageAnswer(await history.pageOfBroadcasts(project, params), unitWithSender),
    getmsg: async (project, params) => messageUnit(await history.message(project, params)),
    getmsgnum: async (project, params) => {
      const { senders, messages } = await history.count(project, params, params);
      return { sender: senders, num: messages };
    },
  };
}
