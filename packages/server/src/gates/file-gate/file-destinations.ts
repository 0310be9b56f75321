import type { FileGateMethodName, FileParamsOut } from '@parley/contract';
import type { RawString } from '@parley/fpnn';
import type { MessageService, OutgoingMessage } from '../../messaging/message-service.ts';
import type { Sender, SendRules, Verdict } from '../../messaging/send-rules.ts';
import type { Project } from '../../projects/project-settings.ts';

/** The message of a file, wherever it goes. */
export type FileMessage = { mtype: number; mid: bigint; msg: RawString; attrs: RawString };

/** One way that a file can go. */
export type FileDestination = {
  /** Whether the sender may; asked before anything is stored. */
  check(): Verdict;
  /** Sends the message, which asks again. @returns the time of the message. */
  send(message: FileMessage): Promise<number>;
};

type SendParams = FileParamsOut<Exclude<FileGateMethodName, 'uploadfile'>>;

/** Turns the methods of the file gate into checks and sends of ordinary messages. */
export class FileDestinations {
  readonly #rules: SendRules;
  readonly #messages: MessageService;

  constructor(parts: { rules: SendRules; messages: MessageService }) {
    this.#rules = parts.rules;
    this.#messages = parts.messages;
  }

  /** @param sessionId - Of the client that sends; undefined for a back end. */
  of(project: Project, params: SendParams, sessionId: string | undefined): FileDestination {
    const rules = this.#rules;
    const messages = this.#messages;
    const sender: Sender = { from: params.from, gate: sessionId === undefined ? 'server' : 'client', sessionId };
    const whole = (message: FileMessage): OutgoingMessage => ({
      ...message,
      from: params.from,
      ...(sessionId === undefined ? {} : { sessionId }),
    });
    if ('to' in params) {
      return {
        check: () => rules.checkUsers(project, sender, [params.to]),
        send: (message) => messages.sendToUser(project, params.to, whole(message)),
      };
    }
    if ('tos' in params) {
      return {
        check: () => rules.checkUsers(project, sender, params.tos),
        send: (message) => messages.sendToUsers(project, params.tos, whole(message)),
      };
    }
    if ('gid' in params) {
      return {
        check: () => rules.checkGroup(project, sender, params.gid),
        send: (message) => messages.sendToGroup(project, params.gid, whole(message)),
      };
    }
    if ('rid' in params) {
      return {
        check: () => rules.checkRoom(project, sender, params.rid),
        send: (message) => messages.sendToRoom(project, params.rid, whole(message)),
      };
    }
    return {
      check: () => rules.checkBroadcast(project, sender),
      send: (message) => messages.broadcast(project, whole(message)),
    };
  }
}
