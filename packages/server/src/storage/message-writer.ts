import { boolArray, byteaArray, int2Array, int4Array, int8Array, readInt8Array } from './binary-arrays.ts';
import { contentDigest, type MessageContent } from './content-digest.ts';
import type { Database } from './database.ts';
import { unnest } from './hidden-parameters.ts';
import type { Statement } from './statement.ts';

export type NewMessage = MessageContent & {
  /** From ConversationDirectory. */
  conversation: number;
  sender: bigint;
  mid: bigint;
};

/**
 * `stored`: it is new. `repeat`: the sender had stored the same before; id and mtime are those of the first copy, also
 * when it was recalled or edited since. `conflict`: the mid stands for other content of the same sender there.
 */
export type WriteOutcome = { kind: 'stored' | 'repeat'; id: number; mtime: number } | { kind: 'conflict' };

type Query = <Row>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;

/**
 * Takes the next numbers of each conversation and stores the messages under them, in one statement. The rows of
 * `conversation_heads` are locked in the order of the input, which is sorted: no two writers wait for each other.
 * The slot of a message points at its conversation in $1, `back` counts from the last number of the conversation.
 */
const WRITE = {
  name: 'messages-write',
  text: `with head as (
      insert into conversation_heads as h (conversation, last_id, last_mtime)
      select q.conversation, q.messages, $3::int8 from ${unnest(['int8', 'int4'])} q (conversation, messages)
      on conflict (conversation) do update
        set last_id = h.last_id + excluded.last_id, last_mtime = greatest(h.last_mtime, excluded.last_mtime)
      returning conversation, last_id, last_mtime
    ), heads as materialized (
      select array_agg(conversation order by conversation) as conversations,
        array_agg(last_id order by conversation) as ids, array_agg(last_mtime order by conversation) as mtimes
      from head
    ), stored as (
      insert into messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs)
      select h.conversations[q.slot], h.ids[q.slot] - q.back, q.sender, q.mid, h.mtimes[q.slot],
        q.mtype, q.is_binary, q.body, q.attrs
      from heads h, ${unnest(['int4', 'int4', 'int8', 'int8', 'int2', 'bool', 'bytea', 'bytea'], 4)}
        q (slot, back, sender, mid, mtype, is_binary, body, attrs)
      on conflict (mid, sender, conversation) do nothing
      returning 1
    )
    select array_send(ids) as ids, array_send(mtimes) as mtimes, (select count(*) from stored)::int4 as stored from heads`,
};
type Written = { ids: Buffer; mtimes: Buffer; stored: number };

/** Finds those of a batch that were not stored under the id that they were given; `id` is null when the row is gone. */
const FIND_REFUSED = {
  name: 'messages-find-refused',
  text: `select (q.place - 1)::int4 as place, m.id, m.mtime, m.first, m.current
    from ${unnest(['int8', 'int8', 'int8', 'int8'])} with ordinality q (conversation, sender, mid, id, place)
    left join lateral (
      select m.id, m.mtime, nullif(m.first_digest, '') as first,
        case when m.id <> q.id and not m.is_removed
          then content_digest(m.mtype, m.is_binary, m.body, m.attrs) end as current
      from messages m where m.mid = q.mid and m.sender = q.sender and m.conversation = q.conversation
      limit 1) m on true
    where m.id is distinct from q.id`,
};
type Refused = { place: number; id: bigint | null; mtime: bigint; first: Buffer | null; current: Buffer | null };

/** Rows that are deleted between the two statements make a message go round again; so often is never seen. */
const ROUNDS_MAX = 5;

/**
 * Stores messages, each for itself; they are committed when the promise resolves. Outcomes come in the order of the
 * messages, which may hold the same one twice: the first counts.
 *
 * Inside a conversation ids and times follow the order of the messages; a time is `nowMs`, or the time of the message
 * before when the clock has stepped back. Ids leave holes only where a message was refused.
 */
export function writeMessages(db: Database, messages: readonly NewMessage[], nowMs: number): Promise<WriteOutcome[]> {
  return store((statement, values) => db.write(statement, values), messages, nowMs);
}

/**
 * Stores all messages, or none when one of them is a `conflict`: then no outcome says `stored`, those that would have
 * been stored are told as `conflict` too. Repeats do no harm.
 */
export async function writeMessagesAtomically(
  db: Database,
  messages: readonly NewMessage[],
  nowMs: number,
): Promise<WriteOutcome[]> {
  try {
    return await db.transaction(async (tx) => {
      const outcomes = await store((statement, values) => tx.query(statement, values), messages, nowMs);
      if (outcomes.some(({ kind }) => kind === 'conflict')) throw new ConflictRollback(outcomes);
      return outcomes;
    });
  } catch (error) {
    if (!(error instanceof ConflictRollback)) throw error;
    return error.outcomes.map((outcome) => (outcome.kind === 'stored' ? { kind: 'conflict' } : outcome));
  }
}

class ConflictRollback extends Error {
  readonly outcomes: WriteOutcome[];

  constructor(outcomes: WriteOutcome[]) {
    super('a message conflicts');
    this.outcomes = outcomes;
  }
}

async function store(query: Query, messages: readonly NewMessage[], nowMs: number): Promise<WriteOutcome[]> {
  const outcomes = new Array<WriteOutcome>(messages.length);
  let places = messages.map((_, place) => place);
  for (let round = 0; places.length > 0; round++) {
    if (round === ROUNDS_MAX) throw new Error(`${places.length} messages could not be stored in ${ROUNDS_MAX} rounds`);
    places.sort((a, b) => messages[a]!.conversation - messages[b]!.conversation || a - b);
    const batch = places.map((place) => messages[place]!);
    const { given, isComplete } = await write(query, batch, nowMs);
    places.forEach((place, index) => {
      outcomes[place] = given[index]!;
    });
    const lost = isComplete
      ? []
      : await judgeRefused(query, batch, given, (index, outcome) => {
          outcomes[places[index]!] = outcome;
        });
    places = lost.map((index) => places[index]!);
  }
  return outcomes;
}

type Given = { kind: 'stored'; id: number; mtime: number };

/** @param batch - Sorted by conversation. */
async function write(
  query: Query,
  batch: readonly NewMessage[],
  nowMs: number,
): Promise<{ given: Given[]; isComplete: boolean }> {
  const conversations: number[] = [];
  const counts: number[] = [];
  const slots: number[] = [];
  const ranks: number[] = [];
  for (const { conversation } of batch) {
    if (conversations.at(-1) !== conversation) {
      conversations.push(conversation);
      counts.push(0);
    }
    slots.push(conversations.length);
    ranks.push((counts[counts.length - 1]! += 1));
  }
  const backs = ranks.map((rank, index) => counts[slots[index]! - 1]! - rank);
  const [written] = await query<Written>(WRITE, [
    int8Array(conversations),
    int4Array(counts),
    Math.floor(nowMs),
    int4Array(slots),
    int4Array(backs),
    int8Array(batch.map((message) => message.sender)),
    int8Array(batch.map((message) => message.mid)),
    int2Array(batch.map((message) => message.mtype)),
    boolArray(batch.map((message) => message.isBinary)),
    byteaArray(batch.map((message) => message.body)),
    byteaArray(batch.map((message) => message.attrs)),
  ]);
  const ids = readInt8Array(written!.ids);
  const mtimes = readInt8Array(written!.mtimes);
  const given = slots.map((slot, index): Given => {
    return { kind: 'stored', id: ids[slot - 1]! - backs[index]!, mtime: mtimes[slot - 1]! };
  });
  return { given, isComplete: written!.stored === batch.length };
}

/**
 * Says what became of the messages of a batch that were not stored.
 *
 * @returns The indices of those whose first copy was deleted in between; they have to be written again.
 */
async function judgeRefused(
  query: Query,
  batch: readonly NewMessage[],
  given: readonly Given[],
  judge: (index: number, outcome: WriteOutcome) => void,
): Promise<number[]> {
  const refused = await query<Refused>(FIND_REFUSED, [
    int8Array(batch.map((message) => message.conversation)),
    int8Array(batch.map((message) => message.sender)),
    int8Array(batch.map((message) => message.mid)),
    int8Array(given.map(({ id }) => id)),
  ]);
  const lost: number[] = [];
  for (const { place, id, mtime, first, current } of refused) {
    if (id === null) {
      lost.push(place);
      continue;
    }
    const digest = contentDigest(batch[place]!);
    const isRepeat = [first, current].some((known) => known !== null && digest.equals(known));
    judge(place, isRepeat ? { kind: 'repeat', id: Number(id), mtime: Number(mtime) } : { kind: 'conflict' });
  }
  return lost;
}
