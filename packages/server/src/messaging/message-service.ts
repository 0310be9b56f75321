import { CONVERSATION_TYPES, type ConversationType, ERROR_CODES, MTYPES, RtmError } from '@parley/contract';
import { RawString } from '@parley/fpnn';
import type { Delivery } from '../delivery/delivery.ts';
import type { Project } from '../projects/project-settings.ts';
import type { ConversationDirectory, ConversationKey } from '../storage/conversation-directory.ts';
import type { Database } from '../storage/database.ts';
import { type NewMessage, type WriteOutcome, writeMessagesAtomically } from '../storage/message-writer.ts';
import type { OutageRetry } from '../storage/outage-retry.ts';
import { conversationOf } from './conversation.ts';
import { asNew, type GroupCommit } from './group-commit.ts';
import { SendLines } from './send-lines.ts';
import type { Sender, SendRules, Verdict } from './send-rules.ts';
import type { AcceptOutcome, UnsavedMessages } from './unsaved-messages.ts';
import type { WriteClock } from './write-clock.ts';

/** What every send has, whoever it goes to. */
export type OutgoingMessage = {
  from: bigint;
  mid: bigint;
  mtype: number;
  /** A RawString stays text, bytes stay binary, for every reader. */
  msg: RawString | Uint8Array;
  attrs: RawString;
  /** The session that sends it, which does not get it pushed; absent on the server gate. */
  sessionId?: string;
};

/** In place of a conversation's number, which is never 0, for types that the project does not store. */
const NOT_STORED = 0;

type Dependencies = {
  db: Database;
  conversations: ConversationDirectory;
  groupCommit: GroupCommit;
  outage: OutageRetry;
  unsaved: UnsavedMessages;
  rules: SendRules;
  delivery: Delivery;
  signals: RoomSignals;
  clock: WriteClock;
  now: () => number;
};

/** Room messages by which browsers in an RTC room tell each other what their cameras and microphones are. */
export type RoomSignals = {
  /** @returns undefined for a message that is none; else what goes to the others, if anything does. */
  judge(project: Project, rid: bigint, from: bigint, attrs: RawString): { attrs: RawString } | 'swallowed' | undefined;
  isSignal(attrs: RawString): boolean;
};

/** Accepts messages: checks who may send, stores them, hands them to delivery, and tells when they were stored. */
export class MessageService {
  readonly #parts: Dependencies;
  readonly #lines = new SendLines();

  constructor(parts: Dependencies) {
    this.#parts = parts;
  }

  /** From one user to another. @returns the message's time in ms. @throws RtmError 200053, and those of `SendRules`. */
  sendToUser(project: Project, to: bigint, message: OutgoingMessage): Promise<number> {
    const verdict = this.#parts.rules.checkUsers(project, senderOf(message), [to]);
    return this.#send(verdict, project, CONVERSATION_TYPES.p2p, to, message);
  }

  /**
   * The same message to many users, one mid in as many conversations: all are stored, or none.
   *
   * @returns the latest time among the conversations. @throws RtmError 200053, and those of `SendRules`.
   */
  async sendToUsers(project: Project, tos: readonly bigint[], message: OutgoingMessage): Promise<number> {
    const receivers = [...new Set(tos)];
    await this.#parts.rules.checkUsers(project, senderOf(message), receivers);
    if (!isStored(project, message.mtype)) {
      const times = receivers.map((to) => this.#send(undefined, project, CONVERSATION_TYPES.p2p, to, message));
      return Math.max(...(await Promise.all(times)));
    }
    const keys = receivers.map((to) => conversationOf(project.pid, CONVERSATION_TYPES.p2p, message.from, to));
    const conversations = await this.#resolve(keys);
    const copies = conversations.map((conversation) => toRow(conversation, message));
    return this.#parts.groupCommit.exclusively(conversations, async () => {
      const outcomes = await this.#parts.outage.run(async (isFirst) => {
        const { db, clock } = this.#parts;
        const written = await clock.run((at) => writeMessagesAtomically(db, copies, at));
        return isFirst ? written : written.map(asNew);
      });
      const times = outcomes.map((outcome) => timeOf(outcome, message.mid));
      outcomes.forEach((outcome, index) => {
        this.#deliver(project, CONVERSATION_TYPES.p2p, receivers[index]!, message, outcome);
      });
      return Math.max(...times);
    });
  }

  /** To the members of a group. @throws RtmError 200053, and those of `SendRules`. */
  sendToGroup(project: Project, gid: bigint, message: OutgoingMessage): Promise<number> {
    const verdict = this.#parts.rules.checkGroup(project, senderOf(message), gid);
    return this.#send(verdict, project, CONVERSATION_TYPES.group, gid, message);
  }

  /** To those in a room. Signals of RTC are never stored. @throws RtmError 200053, and those of `SendRules`. */
  sendToRoom(project: Project, rid: bigint, message: OutgoingMessage): Promise<number> {
    const verdict = this.#parts.rules.checkRoom(project, senderOf(message), rid);
    if (message.mtype === MTYPES.command && this.#parts.signals.isSignal(message.attrs)) {
      return this.#passSignal(verdict, project, rid, message);
    }
    return this.#send(verdict, project, CONVERSATION_TYPES.room, rid, message);
  }

  /** To every user of the project. @throws RtmError 200053, and those of `SendRules`. */
  broadcast(project: Project, message: OutgoingMessage): Promise<number> {
    const verdict = this.#parts.rules.checkBroadcast(project, senderOf(message));
    return this.#send(verdict, project, CONVERSATION_TYPES.broadcast, 0n, message);
  }

  async #passSignal(verdict: Verdict, project: Project, rid: bigint, message: OutgoingMessage): Promise<number> {
    await verdict;
    const mtime = this.#parts.now();
    const passed = this.#parts.signals.judge(project, rid, message.from, message.attrs);
    if (passed === undefined || passed === 'swallowed') return mtime;
    this.#deliver(project, CONVERSATION_TYPES.room, rid, { ...message, ...passed }, { kind: 'stored', mtime });
    return mtime;
  }

  /**
   * Every message for one conversation comes through here. Nearly always nothing has to be looked up and nothing waits:
   * then it costs one promise for the commit and one for the rest, no more.
   */
  #send(
    verdict: Verdict,
    project: Project,
    type: ConversationType,
    xid: bigint,
    message: OutgoingMessage,
  ): Promise<number> {
    const key = conversationOf(project.pid, type, message.from, xid);
    const place = isStored(project, message.mtype) ? this.#parts.conversations.cached(key) : NOT_STORED;
    const enter = (found: number) => this.#accept(found, key, project, type, xid, message);
    if (verdict === undefined && place !== undefined && this.#lines.isEmpty) return enter(place);
    const line = `${key.project}:${type}:${key.low}:${key.high}:${message.from}`;
    if (verdict === undefined && place !== undefined && !this.#lines.has(line)) return enter(place);
    verdict?.catch(() => {}); // Told to who waits in the line; one that is full asks for no verdict.
    return this.#lines.join(
      line,
      async () => {
        await verdict;
        return place ?? (await this.#resolve([key]))[0]!;
      },
      enter,
    );
  }

  /** @param conversation - Its number, or `NOT_STORED`. @returns the message's time in ms. */
  #accept(
    conversation: number,
    key: ConversationKey,
    project: Project,
    type: ConversationType,
    xid: bigint,
    message: OutgoingMessage,
  ): Promise<number> {
    const deliver = (outcome: WriteOutcome | AcceptOutcome) => this.#deliver(project, type, xid, message, outcome);
    const toTime = (outcome: WriteOutcome | AcceptOutcome) => timeOf(outcome, message.mid);
    if (conversation === NOT_STORED) {
      const outcome = this.#acceptUnsaved(key, message);
      deliver(outcome);
      return Promise.resolve(outcome).then(toTime);
    }
    return this.#parts.groupCommit.add(toRow(conversation, message), deliver).then(toTime);
  }

  #resolve(keys: readonly ConversationKey[]): Promise<number[]> {
    return this.#parts.outage.run(() => this.#parts.conversations.resolve(keys));
  }

  #acceptUnsaved(key: ConversationKey, message: OutgoingMessage): AcceptOutcome {
    const name = [key.project, key.type, key.low, key.high, message.from, message.mid].join(':');
    const { body, attrs, isBinary, mtype } = toRow(0, message);
    const kind = Uint8Array.of(mtype, isBinary ? 1 : 0);
    return this.#parts.unsaved.accept(name, [kind, body, Uint8Array.of(0), attrs]);
  }

  /** Delivers what is new; a repeat was delivered with its first copy. */
  #deliver(
    { pid }: Project,
    type: ConversationType,
    xid: bigint,
    message: OutgoingMessage,
    outcome: WriteOutcome | AcceptOutcome,
  ): void {
    if (outcome.kind !== 'stored') return;
    const { from, mid, mtype, msg, attrs, sessionId: exceptSessionId } = message;
    const { mtime } = outcome;
    this.#parts.delivery.deliver({ pid, type, from, xid, mid, mtype, msg, attrs, mtime, exceptSessionId });
  }
}

/** @throws RtmError 200053 for a mid that stands for another message. */
function timeOf(outcome: WriteOutcome | AcceptOutcome, mid: bigint): number {
  if (outcome.kind !== 'conflict') return outcome.mtime;
  throw new RtmError(ERROR_CODES.duplicatedMid, `mid: ${mid} stands for another message of this conversation`);
}

/** Whether messages of this type are kept in the history of the project. */
export function isStored(project: Project, mtype: number): boolean {
  const stored = project.settings.storedMtypes;
  return stored === 'all' || stored.includes(mtype);
}

function toRow(conversation: number, message: OutgoingMessage): NewMessage {
  const isBinary = !(message.msg instanceof RawString);
  return {
    conversation,
    sender: message.from,
    mid: message.mid,
    mtype: message.mtype,
    isBinary,
    body: message.msg instanceof RawString ? message.msg.bytes : message.msg,
    attrs: message.attrs.bytes,
  };
}

function senderOf({ from, sessionId }: OutgoingMessage): Sender {
  return { from, gate: sessionId === undefined ? 'server' : 'client', sessionId };
}
