import { CONVERSATION_TYPES, type ConversationType } from '@parley/contract';
import { RawString, type WireMap, type WireValue } from '@parley/fpnn';
import type { RawParams } from '@parley/testkit/internal';

/** A conversation as calls name it. */
export type Place =
  | { readonly kind: 'p2p'; readonly users: readonly [bigint, bigint] }
  | { readonly kind: 'group' | 'room'; readonly id: bigint }
  | { readonly kind: 'broadcast' };

export type Kind = Place['kind'];

/** What a sender gives. `msg` as RawString goes out as str, bytes as bin. */
export type WireMessage = {
  readonly from: bigint;
  readonly mid: bigint;
  readonly mtype: number;
  readonly msg: RawString | Uint8Array;
  readonly attrs: string;
};

/** A message as history shows it; `content` stands for kind and bytes of body and attrs. */
export type Unit = {
  readonly id: bigint;
  readonly from: bigint;
  readonly mid: bigint;
  readonly mtype: number;
  readonly content: string;
  readonly mtime: number;
};

export type Page = {
  readonly units: readonly Unit[];
  readonly lastid: bigint;
  readonly begin: number;
  readonly end: number;
};

export type Call = readonly [method: string, params: RawParams];

/** Body and attrs as one text that is equal only for equal bytes of the same kind. */
export function contentOf(msg: RawString | Uint8Array, attrs: string): string {
  const [kind, bytes] = msg instanceof RawString ? ['str', msg.bytes] : ['bin', msg];
  return `${kind} ${Buffer.from(bytes).toString('hex')} ${attrs}`;
}

export function typeOf(place: Place): ConversationType {
  return CONVERSATION_TYPES[place.kind];
}

export function sendCall(place: Place, message: WireMessage): Call {
  switch (place.kind) {
    case 'p2p':
      return ['sendmsg', { ...message, to: otherOf(place, message.from) }];
    case 'group':
      return ['sendgroupmsg', { ...message, gid: place.id }];
    case 'room':
      return ['sendroommsg', { ...message, rid: place.id }];
    default:
      return ['broadcastmsg', message];
  }
}

/** What getmsg, delmsg and editmsg name a message by, beside its mid. */
export function addressOf(place: Place, from: bigint): { type: ConversationType; from: bigint; xid: bigint } {
  return { type: typeOf(place), from, xid: place.kind === 'p2p' ? otherOf(place, from) : idOf(place) };
}

/** A page as `viewer` asks for it: of P2P one of the two, elsewhere anybody. */
export function pageCall(place: Place, viewer: bigint, request: RawParams): Call {
  switch (place.kind) {
    case 'p2p':
      return ['getp2pmsg', { uid: viewer, ouid: otherOf(place, viewer), ...request }];
    case 'group':
      return ['getgroupmsg', { gid: place.id, uid: viewer, ...request }];
    case 'room':
      return ['getroommsg', { rid: place.id, uid: viewer, ...request }];
    default:
      return ['getbroadcastmsg', { uid: viewer, ...request }];
  }
}

/** @throws Error when the answer is not of the documented form, down to the number of elements and their types. */
export function readPage(place: Place, viewer: bigint, answer: WireMap): Page {
  const fields = [...answer.keys()].sort().join();
  if (fields !== 'begin,end,lastid,msgs,num') throw new Error(`a page has the fields ${fields}`);
  const msgs = answer.get('msgs');
  if (!Array.isArray(msgs) || answer.get('num') !== msgs.length) throw new Error('num is not the number of msgs');
  const units = msgs.map((row) => {
    if (!Array.isArray(row) || row.length !== 8) throw new Error('a unit is not an array of 8');
    const [id, second, mtype, mid, isDeleted, msg, attrs, mtime] = row;
    if (isDeleted !== false) throw new Error(`the deleted flag is ${isDeleted}`);
    const from = place.kind === 'p2p' ? senderOf(place, viewer, second) : toId(second);
    return {
      id: toId(id),
      from,
      mid: toId(mid),
      mtype: toTime(mtype),
      content: contentOf(toBody(msg), toText(attrs)),
      mtime: toTime(mtime),
    };
  });
  return {
    units,
    lastid: toId(answer.get('lastid')),
    begin: toTime(answer.get('begin')),
    end: toTime(answer.get('end')),
  };
}

/** What getmsg answers, as a unit. */
export function readMessage(answer: WireMap, from: bigint, mid: bigint): Unit {
  const fields = [...answer.keys()].sort().join();
  if (fields !== 'attrs,id,msg,mtime,mtype') throw new Error(`a message has the fields ${fields}`);
  return {
    id: toId(answer.get('id')),
    from,
    mid,
    mtype: toTime(answer.get('mtype')),
    content: contentOf(toBody(answer.get('msg')), toText(answer.get('attrs'))),
    mtime: toTime(answer.get('mtime')),
  };
}

/** The mtime of an answer to a send. */
export function mtimeOf(answer: WireMap): number {
  return toTime(answer.get('mtime'));
}

export function otherOf({ users: [a, b] }: Extract<Place, { kind: 'p2p' }>, one: bigint): bigint {
  if (one !== a && one !== b) throw new Error(`${one} is none of the two`);
  return one === a ? b : a;
}

function idOf(place: Exclude<Place, { kind: 'p2p' }>): bigint {
  return place.kind === 'broadcast' ? 0n : place.id;
}

function senderOf(place: Extract<Place, { kind: 'p2p' }>, viewer: bigint, direction: WireValue | undefined): bigint {
  if (direction === 1) return viewer;
  if (direction === 2) return otherOf(place, viewer);
  throw new Error(`a direction is ${direction}`);
}

function toId(value: WireValue | undefined): bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new Error(`${value} is no id`);
  return BigInt(value);
}

function toTime(value: WireValue | undefined): number {
  if (typeof value !== 'number') throw new Error(`${value} is no safe integer`);
  return value;
}

function toBody(value: WireValue | undefined): RawString | Uint8Array {
  if (value instanceof RawString || value instanceof Uint8Array) return value;
  throw new Error('a msg is neither str nor bin');
}

function toText(value: WireValue | undefined): string {
  if (value instanceof RawString) return value.text;
  throw new Error('attrs is no str');
}
