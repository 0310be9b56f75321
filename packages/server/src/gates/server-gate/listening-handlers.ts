import { type AnswerOf, ERROR_CODES, type ParamsOut, RtmError } from '@parley/contract';
import type { RawString } from '@parley/fpnn';
import type { Connection } from '@parley/fpnn/node';
import type { Listener } from '../../listening/listener.ts';
import type { Listening } from '../../listening/listening.ts';
import type { Project } from '../../projects/project-settings.ts';
import { NOTHING } from './handler.ts';

type Methods = 'addlisten' | 'removelisten' | 'setlisten';

/** Handlers of calls that concern the connection they come on. */
export type ConnectionHandlers = {
  readonly [M in Methods]: (project: Project, params: ParamsOut<M>, connection: Connection) => Promise<AnswerOf<M>>;
};

export function listeningHandlers(listening: Listening): ConnectionHandlers {
  return {
    addlisten: async (project, params, connection) => {
      listenerOf(listening, project, connection).add({ ...params, events: namesOf(params.events) });
      return NOTHING;
    },
    removelisten: async (project, params, connection) => {
      listenerOf(listening, project, connection).remove({ ...params, events: namesOf(params.events) });
      return NOTHING;
    },
    setlisten: async (project, params, connection) => {
      listenerOf(listening, project, connection).set({ ...params, events: namesOf(params.events) }, params);
      return NOTHING;
    },
  };
}

function listenerOf(listening: Listening, project: Project, connection: Connection): Listener {
  if (!project.settings.allowsListening) {
    throw new RtmError(ERROR_CODES.noConfigInConsole, 'the project does not allow listening');
  }
  if (connection.transport === 'http') {
    throw new RtmError(ERROR_CODES.forbidden, 'nothing can be pushed over HTTP; listen over TCP or WebSocket');
  }
  return listening.of(project.pid, connection.peer);
}

function namesOf(events: readonly RawString[] | undefined): string[] | undefined {
  return events?.map((event) => event.text);
}
