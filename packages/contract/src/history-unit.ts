import { type Encodable, type RawString, WireError, type WireValue } from '@parley/fpnn';
import { toInt64, toNumber } from './integers.ts';
import { toBody, toText } from './raw-values.ts';

/** Index 1 of a P2P history unit: who of the two in the request sent the message. */
export const P2P_DIRECTIONS = { sentByUid: 1, sentByPeer: 2 } as const;

export type P2pDirection = (typeof P2P_DIRECTIONS)[keyof typeof P2P_DIRECTIONS];

type UnitContent = {
  /** Cursor id, rising inside the conversation. */
  readonly id: bigint;
  readonly mtype: number;
  readonly mid: bigint;
  readonly isDeleted: boolean;
  /** A `RawString` when the message was sent as str, bytes when it was sent as bin. */
  readonly msg: RawString | Uint8Array;
  readonly attrs: string;
  /** Milliseconds since 1970. */
  readonly mtime: number;
};

/** A message in the history of a group, a room or the broadcasts. */
export type HistoryUnit = UnitContent & { readonly from: bigint };
/** A message in the history of two users. */
export type P2pHistoryUnit = UnitContent & { readonly direction: P2pDirection };

type UnitContentInput = {
  readonly id: number | bigint;
  readonly mtype: number;
  readonly mid: number | bigint;
  readonly isDeleted: boolean;
  readonly msg: string | RawString | Uint8Array;
  readonly attrs: string | RawString;
  readonly mtime: number;
};

/** What the answering side gives for a {@link HistoryUnit}. */
export type HistoryUnitInput = UnitContentInput & { readonly from: number | bigint };
/** What the answering side gives for a {@link P2pHistoryUnit}. */
export type P2pHistoryUnitInput = UnitContentInput & { readonly direction: P2pDirection };

/** The elements of a unit on the wire; some SDKs drop a unit of any other length. */
const UNIT_LENGTH = 8;

/** The wire form: `[id, from or direction, mtype, mid, isDeleted, msg, attrs, mtime]`. */
export function encodeHistoryUnit(unit: HistoryUnitInput | P2pHistoryUnitInput): Encodable[] {
  const second = 'direction' in unit ? unit.direction : unit.from;
  return [unit.id, second, unit.mtype, unit.mid, unit.isDeleted, unit.msg, unit.attrs, unit.mtime];
}

/** The wire form of the newest message of a conversation. A unit with cursor id 0 says that there is none. */
export function encodeLastMessage(unit: HistoryUnitInput | P2pHistoryUnitInput | null): Encodable[] {
  return unit === null ? [0, 0, 0, 0, false, '', '', 0] : encodeHistoryUnit(unit);
}

/**
 * Reads a unit of a group, a room or the broadcasts.
 *
 * @throws WireError when it is not an array of eight elements of the right types.
 */
export function decodeHistoryUnit(row: WireValue): HistoryUnit {
  const { second, ...content } = decodeUnit(row);
  return { ...content, from: second };
}

/**
 * Reads a unit of the history of two users.
 *
 * @throws WireError as {@link decodeHistoryUnit}, also when the direction is neither 1 nor 2.
 */
export function decodeP2pHistoryUnit(row: WireValue): P2pHistoryUnit {
  const { second, ...content } = decodeUnit(row);
  const direction = Number(second);
  if (direction !== 1 && direction !== 2) throw new WireError(`a P2P history unit has direction ${second}`);
  return { ...content, direction };
}

/**
 * Reads the newest message of a group or a room; null when there is none.
 *
 * @throws WireError as {@link decodeHistoryUnit}.
 */
export function decodeLastMessage(row: WireValue): HistoryUnit | null {
  return isNoMessage(row) ? null : decodeHistoryUnit(row);
}

/**
 * Reads the newest message between two users; null when there is none.
 *
 * @throws WireError as {@link decodeP2pHistoryUnit}.
 */
export function decodeP2pLastMessage(row: WireValue): P2pHistoryUnit | null {
  return isNoMessage(row) ? null : decodeP2pHistoryUnit(row);
}

function isNoMessage(row: WireValue): boolean {
  return Array.isArray(row) && row.length === UNIT_LENGTH && toInt64(row[0]) === 0n;
}

function decodeUnit(row: WireValue): UnitContent & { readonly second: bigint } {
  if (!Array.isArray(row) || row.length !== UNIT_LENGTH) throw new WireError('a history unit is not an array of 8');
  const id = need(toInt64(row[0]));
  const second = need(toInt64(row[1]));
  const mtype = need(toNumber(row[2]));
  const mid = need(toInt64(row[3]));
  const isDeleted = need(typeof row[4] === 'boolean' ? row[4] : undefined);
  const msg = need(toBody(row[5]));
  const attrs = need(toText(row[6]));
  const mtime = need(toNumber(row[7]));
  return { id, second, mtype, mid, isDeleted, msg, attrs, mtime };
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new WireError('a history unit has an element of the wrong type');
  return value;
}
