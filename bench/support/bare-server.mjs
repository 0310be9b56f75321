// The reference of the send benchmark: what any server must do that stores messages in order before it answers, and
// nothing else. It cuts the same packets and decodes the same parameters with the same codec, gathers batches the same
// way, and writes them with the ordered insert (numbers from the conversation's row, in one statement). It checks no
// signature, no parameter and no permission, recognises no repeat, and takes the conversation from the packet.
import { createServer } from 'node:net';
import { decodePayload, encodeAnswer, PacketReader } from '@parley/fpnn';
import { boolArray, byteaArray, int2Array, int8Array } from '@parley/server/internal';
import pg from 'pg';

const BATCH_MAX = 500;
const IN_FLIGHT_MAX = 2;

const SCHEMA = `
  create table if not exists bare_heads (conversation int8 primary key, last_id int8 not null, last_mtime int8 not null)
    with (fillfactor = 50);
  create table if not exists bare_messages (conversation int8 not null, id int8 not null, sender int8 not null,
    mid int8 not null, mtime int8 not null, mtype int2 not null, is_binary bool not null, body bytea not null,
    attrs bytea not null, primary key (conversation, id), unique (mid, sender, conversation))`;
const WRITE = {
  name: 'bare-write',
  text: `with head as (
      insert into bare_heads as h (conversation, last_id, last_mtime)
      select conversation, messages, $3::int8 from unnest($1::int8[], $2::int8[]) as c (conversation, messages)
      on conflict (conversation) do update
      set last_id = h.last_id + excluded.last_id, last_mtime = greatest(h.last_mtime, excluded.last_mtime)
      returning conversation, last_id, last_mtime
    )
    insert into bare_messages (conversation, id, sender, mid, mtime, mtype, is_binary, body, attrs)
    select m.conversation, head.last_id - m.rank, m.sender, m.mid, head.last_mtime, m.mtype, m.is_binary, m.body, m.attrs
    from unnest($4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int2[], $9::bool[], $10::bytea[], $11::bytea[])
      as m (conversation, rank, sender, mid, mtype, is_binary, body, attrs) join head using (conversation)
    on conflict do nothing`,
};

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
await pool.query(SCHEMA);

const conversations = new Map();
let waiting = [];
let inFlight = 0;
let isScheduled = false;

function conversationOf(from, to) {
  const name = from < to ? `${from}:${to}` : `${to}:${from}`;
  let number = conversations.get(name);
  if (number === undefined) conversations.set(name, (number = conversations.size + 1));
  return number;
}

function schedule() {
  if (isScheduled || inFlight >= IN_FLIGHT_MAX) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    flush();
  });
}

function flush() {
  while (waiting.length > 0 && inFlight < IN_FLIGHT_MAX) {
    const batch = waiting.slice(0, BATCH_MAX);
    waiting = waiting.slice(batch.length);
    inFlight += 1;
    void write(batch).then(() => {
      inFlight -= 1;
      flush();
    });
  }
}

async function write(batch) {
  const now = Date.now();
  const counts = new Map();
  for (const { conversation } of batch) counts.set(conversation, (counts.get(conversation) ?? 0) + 1);
  const heads = [...counts].sort((a, b) => a[0] - b[0]);
  const ranks = batch.map(({ conversation }) => {
    const left = counts.get(conversation) - 1;
    counts.set(conversation, left);
    return left;
  });
  await pool.query({
    ...WRITE,
    values: [
      int8Array(heads.map(([conversation]) => conversation)),
      int8Array(heads.map(([, count]) => count)),
      now,
      int8Array(batch.map((message) => message.conversation)),
      int8Array(ranks),
      int8Array(batch.map((message) => message.sender)),
      int8Array(batch.map((message) => message.mid)),
      int2Array(batch.map((message) => message.mtype)),
      boolArray(batch.map(() => false)),
      byteaArray(batch.map((message) => message.body)),
      byteaArray(batch.map((message) => message.attrs)),
    ],
  });
  for (const { reply, seq } of batch) reply(encodeAnswer(seq, { mtime: now }));
}

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new PacketReader();
  let output = [];
  const reply = (bytes) => {
    if (output.length === 0) {
      setImmediate(() => {
        const chunks = output;
        output = [];
        socket.write(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
      });
    }
    output.push(bytes);
  };
  socket.on('data', (chunk) => {
    for (const packet of reader.push(chunk)) {
      const params = decodePayload(packet);
      const from = params.get('from');
      const conversation = conversationOf(from, params.get('to'));
      const { bytes: body } = params.get('msg');
      const { bytes: attrs } = params.get('attrs');
      waiting.push({
        conversation,
        sender: from,
        mid: params.get('mid'),
        mtype: params.get('mtype'),
        body,
        attrs,
        reply,
        seq: packet.seq,
      });
    }
    schedule();
  });
  socket.on('error', () => {}); // The load generator cuts its connections at the end.
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
