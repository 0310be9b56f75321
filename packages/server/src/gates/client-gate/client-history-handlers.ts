import { CONVERSATION_TYPES } from '@parley/contract';
import type { HistoryService } from '../../history/history-service.ts';
import { pageAnswer, unitFor, unitWithSender } from '../history-answer.ts';
import type { ClientAccess } from './client-access.ts';
import type { ClientHandlers } from './client-handler.ts';

type Methods =
  | 'getp2pmsg'
  | 'getgroupmsg'
  | 'getroommsg'
  | 'getbroadcastmsg'
  | 'getp2pmsgbymessageid'
  | 'getgroupmsgbymessageid'
  | 'getroommsgbymessageid'
  | 'getbroadcastmsgbymessageid'
  | 'getp2pmsgcount'
  | 'getgroupmsgcount'
  | 'getroommsgcount'
  | 'getbroadcastmsgcount';

export function clientHistoryHandlers(history: HistoryService, access: ClientAccess): ClientHandlers<Methods> {
  const { p2p, group, room, broadcast } = CONVERSATION_TYPES;
  return {
    getp2pmsg: async ({ project, uid }, params) =>
      pageAnswer(await history.pageOfUsers(project, uid, params.ouid, params), unitFor(uid)),
    getgroupmsg: async (session, params) => {
      await access.requireGroup(session, params.gid);
      return pageAnswer(await history.pageOfGroup(session.project, params.gid, params), unitWithSender);
    },
    getroommsg: async (session, params) => {
      access.requireRoom(session, params.rid);
      return pageAnswer(await history.pageOfRoom(session.project, params.rid, params), unitWithSender);
    },
    getbroadcastmsg: async ({ project }, params) =>
      pageAnswer(await history.pageOfBroadcasts(project, params), unitWithSender),
    getp2pmsgbymessageid: async ({ project, uid }, params) =>
      pageAnswer(await history.pageBeside(project, { type: p2p, from: uid, xid: params.ouid }, params), unitFor(uid)),
    getgroupmsgbymessageid: async (session, params) => {
      await access.requireGroup(session, params.gid);
      const page = await history.pageBeside(session.project, { type: group, xid: params.gid }, params);
      return pageAnswer(page, unitWithSender);
    },
    getroommsgbymessageid: async (session, params) => {
      access.requireRoom(session, params.rid);
      const page = await history.pageBeside(session.project, { type: room, xid: params.rid }, params);
      return pageAnswer(page, unitWithSender);
    },
    getbroadcastmsgbymessageid: async ({ project }, params) =>
      pageAnswer(await history.pageBeside(project, { type: broadcast }, params), unitWithSender),
    getp2pmsgcount: async ({ project, uid }, params) => ({
      count: (await history.count(project, { type: p2p, from: uid, xid: params.ouid }, params)).messages,
    }),
    getgroupmsgcount: async (session, params) => {
      await access.requireGroup(session, params.gid);
      return { count: (await history.count(session.project, { type: group, xid: params.gid }, params)).messages };
    },
    getroommsgcount: async (session, params) => {
      access.requireRoom(session, params.rid);
      return { count: (await history.count(session.project, { type: room, xid: params.rid }, params)).messages };
    },
    getbroadcastmsgcount: async ({ project }, params) => ({
      count: (await history.count(project, { type: broadcast, xid: 0n }, params)).messages,
    }),
  };
}
