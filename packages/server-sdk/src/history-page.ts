import type { AnswerIn, HistoryUnit, P2pHistoryUnit } from '@parley/contract';
import type { CallOptions, Id } from './call-options.ts';
import type { HistoryMessage } from './history-message.ts';

export type HistoryOptions = CallOptions & {
  /** Only messages of these types. Absent, null and empty mean all. */
  mtypes?: readonly number[] | null;
};

/** A page of history. Give `lastCursorId`, `begin` and `end` to the next call to go on. */
export type HistoryResult = {
  /** How many messages the service returned; 0 when there are no more. */
  num: number;
  lastCursorId: bigint;
  begin: number;
  end: number;
  /** Rising in time, or falling when `desc`. */
  messages: HistoryMessage[];
};

/** What picks a page of any conversation. */
export type PageRequest = {
  readonly desc: boolean;
  readonly num: number;
  readonly begin: number;
  readonly end: number;
  readonly lastid: Id;
  readonly options: HistoryOptions;
};

type Unit = HistoryUnit | P2pHistoryUnit;
type Answer<U extends Unit> = Pick<AnswerIn<'getgroupmsg'>, 'lastid' | 'begin' | 'end'> & { msgs: U[] };

/** The wire parameters that every history method has, and the rest of the options. */
export function pageParams({ options, ...bounds }: PageRequest) {
  const { mtypes, ...callOptions } = options;
  return { page: mtypes?.length ? { ...bounds, mtypes } : bounds, callOptions };
}

/** Leaves out what is marked as deleted: a service that marks recalled messages must not bring them back. */
export function toHistoryResult<U extends Unit>(
  answer: Answer<U>,
  toMessage: (unit: U) => HistoryMessage,
): HistoryResult {
  return {
    num: answer.msgs.length,
    lastCursorId: answer.lastid,
    begin: answer.begin,
    end: answer.end,
    messages: answer.msgs.filter((unit) => !unit.isDeleted).map(toMessage),
  };
}
