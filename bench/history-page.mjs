// History pages of 20: Parley over the wire, with signature and checks, against the bare SQL page, alternating.
//   node bench/history-page.mjs [--rounds 5] [--pages 20000] [--connections 64]
import { hash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { signText } from '@parley/contract';
import { encodeQuest } from '@parley/fpnn';
import pg from 'pg';
import { runLoad } from './support/load.mjs';
import { cpuSeconds, familyOf } from './support/processes.mjs';
import { median, Report, round } from './support/report.mjs';
import { sendFrames } from './support/send-frames.mjs';
import { PROJECT, startDatabases, startParley } from './support/servers.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    pages: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '64' },
  },
});
const settings = {
  rounds: Number(values.rounds),
  pages: Number(values.pages),
  connections: Number(values.connections),
  inFlight: 1,
  conversations: 2000,
  messagesPerConversation: 50,
};
const PAGE = {
  name: 'bare-page',
  text: `select id, sender, mid, mtype, is_binary, body, attrs, mtime from messages
    where conversation = $1 and id < $2 order by id desc limit 20`,
};

const report = new Report('history-page', settings);
const databases = await startDatabases(['ours']);
const server = await startParley(databases.urlOf('ours'), databases.directory);
const pool = new pg.Pool({ connectionString: databases.urlOf('ours'), max: 4 });
const runs = { bare: [], parley: [] };
let lastSalt = BigInt(Date.now()) << 22n;
try {
  const frames = sendFrames(settings.conversations * settings.messagesPerConversation, settings.conversations);
  await runLoad({ ...settings, inFlight: 8, port: server.port, frames });
  await pool.query('vacuum analyze');
  const { rows } = await pool.query(
    'select conversation, last_id, low from conversation_heads join conversations on id = conversation',
  );

  for (let number = 0; number <= settings.rounds; number += 1) {
    for (const name of number % 2 === 0 ? ['bare', 'parley'] : ['parley', 'bare']) {
      const wanted = Array.from({ length: settings.pages }, () => rows[Math.floor(Math.random() * rows.length)]);
      const quests = name === 'parley' ? wanted.map(pageQuest) : undefined;
      const pids = name === 'parley' ? [server.pid] : [process.pid];
      const before = cpuSeconds(pids);
      const databaseBefore = cpuSeconds(familyOf(databases.pid));
      const result =
        name === 'parley' ? await runLoad({ ...settings, port: server.port, frames: quests }) : await runBare(wanted);
      if (result.errors > 0) throw new Error(`${result.errors} pages were refused`);
      if (number === 0) continue;
      const perPage = (seconds) => round((seconds * 1e6) / settings.pages);
      const row = {
        round: number,
        server: name,
        pagesPerSecond: Math.round(result.perSecond),
        p50Ms: round(result.p50Ms),
        p99Ms: round(result.p99Ms),
        processCpuUs: perPage(cpuSeconds(pids) - before),
        databaseCpuUs: perPage(cpuSeconds(familyOf(databases.pid)) - databaseBefore),
      };
      runs[name].push(row);
      report.row(row);
    }
  }
  const ratio = (field) => round(median(runs.parley.map((row, i) => row[field] / runs.bare[i][field])));
  report.row({
    ratio: 'parley / bare, median of the rounds',
    pagesPerSecond: ratio('pagesPerSecond'),
    processCpuUs: ratio('processCpuUs'),
    databaseCpuUs: ratio('databaseCpuUs'),
    wanted: 'pagesPerSecond at least 0.6',
  });
  report.save();
} finally {
  await pool.end();
  await server.close();
  await databases.close();
}

/** The newest 20 messages before the end of a conversation, as SDKs ask for them. */
function pageQuest({ low, last_id }) {
  const salt = ++lastSalt;
  const ts = Math.floor(Date.now() / 1000);
  const { pid, secret } = PROJECT;
  const sign = hash('md5', signText(pid, secret, salt, 'getp2pmsg', ts), 'hex').toUpperCase();
  const uid = BigInt(low);
  const page = { uid, ouid: uid + 1_000_000n, desc: true, num: 20, begin: 0, end: 0, lastid: BigInt(last_id) };
  const packet = encodeQuest({ method: 'getp2pmsg', params: { pid, sign, salt, ts, ...page }, seq: 1 });
  return Buffer.from(packet.buffer, packet.byteOffset, packet.length);
}

/** As many readers as there are connections, each asking for its next page when it has one. */
async function runBare(wanted) {
  const latencies = [];
  let next = 0;
  const startedAt = performance.now();
  const reader = async () => {
    while (next < wanted.length) {
      const { conversation, last_id } = wanted[next++];
      const askedAt = performance.now();
      await pool.query({ ...PAGE, values: [conversation, last_id], rowMode: 'array' });
      latencies.push(performance.now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: settings.connections }, reader));
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (part) => latencies[Math.floor(latencies.length * part)];
  return { perSecond: wanted.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), errors: 0 };
}
