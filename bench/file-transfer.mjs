// Files in and out: Parley with token, sign, checks and message, against the same bytes kept and served bare, alternating.
//   node bench/file-transfer.mjs [--rounds 5] [--files 1000] [--downloads 1000] [--connections 16]
import { hash, randomBytes } from 'node:crypto';
import { Agent, get } from 'node:http';
import { parseArgs } from 'node:util';
import { fileSignText, signText } from '@parley/contract';
import { connectTcp } from '@parley/fpnn/node';
import { cpuSeconds, familyOf } from './support/processes.mjs';
import { median, Report, round } from './support/report.mjs';
import { PROJECT, startBareFiles, startDatabases, startParley } from './support/servers.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    files: { type: 'string', default: '1000' },
    downloads: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '16' },
  },
});
const settings = {
  rounds: Number(values.rounds),
  files: Number(values.files),
  downloads: Number(values.downloads),
  connections: Number(values.connections),
  uploadBytes: 100_000,
  downloadBytes: 1_048_576,
};
const FROM = 1;
const report = new Report('file-transfer', settings);
const databases = await startDatabases(['ours']);
const parley = await startParley(databases.urlOf('ours'), databases.directory);
const bare = await startBareFiles(databases.directory);
let lastSalt = BigInt(Date.now()) << 22n;
let lastMid = 0;

function signed(method) {
  const salt = ++lastSalt;
  const ts = Math.floor(Date.now() / 1000);
  const { pid, secret } = PROJECT;
  return { pid, salt, ts, sign: hash('md5', signText(pid, secret, salt, method, ts), 'hex').toUpperCase() };
}

/** Sends one file as an SDK does. @returns the answer. */
async function sendToParley({ tokens, files }, file, to) {
  const ticket = { from: FROM, cmd: 'sendfile', to };
  const token = (await tokens.quest('filetoken', { ...signed('filetoken'), ...ticket })).get('token').text;
  const sign = hash('md5', fileSignText(hash('md5', file, 'hex'), token), 'hex');
  const attrs = JSON.stringify({ rtm: { sign } });
  const mid = (lastMid += 1);
  await files.quest('sendfile', { pid: PROJECT.pid, token, mtype: 50, from: FROM, to, mid, file, attrs });
  return mid;
}

async function endpointOf(tokens) {
  const answer = await tokens.quest('filetoken', { ...signed('filetoken'), from: FROM, cmd: 'broadcastfile' });
  const [host, port] = answer.get('endpoint').text.split(':');
  return { host, port: Number(port) };
}

async function openLanes(name) {
  const lanes = [];
  for (let i = 0; i < settings.connections; i += 1) {
    const host = '127.0.0.1';
    const first = await connectTcp({ host, port: name === 'parley' ? parley.port : bare.port });
    if (name === 'bare') lanes.push({ files: first, close: () => first.close() });
    else {
      const files = await connectTcp(await endpointOf(first));
      const close = () => {
        first.close();
        files.close();
      };
      lanes.push({ tokens: first, files, close });
    }
  }
  return lanes;
}

/** Does the work `count` times on the lanes, each lane one after the other. */
async function measure(server, lanes, count, work) {
  const pids = [server.pid];
  const before = cpuSeconds(pids);
  const databaseBefore = cpuSeconds(familyOf(databases.pid));
  const latencies = [];
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    lanes.map(async (lane, index) => {
      while (next++ < count) {
        const askedAt = performance.now();
        await work(lane, index);
        latencies.push(performance.now() - askedAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    perSecond: Math.round(count / seconds),
    p50Ms: round(latencies[Math.floor(count / 2)]),
    p99Ms: round(latencies[Math.floor(count * 0.99)]),
    processCpuUs: Math.round(((cpuSeconds(pids) - before) * 1e6) / count),
    databaseCpuUs: Math.round(((cpuSeconds(familyOf(databases.pid)) - databaseBefore) * 1e6) / count),
  };
}

function download(agent, url) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let received = 0;
      response.on('data', (chunk) => {
        received += chunk.length;
      });
      response.on('end', () =>
        received === settings.downloadBytes
          ? resolve()
          : reject(new Error(`${response.statusCode}: ${received} bytes`)),
      );
    }).on('error', reject);
  });
}

/** A file to download from each. */
async function publish(lanes) {
  const file = randomBytes(settings.downloadBytes);
  const mid = await sendToParley(lanes.parley[0], file, 2);
  const message = await lanes.parley[0].tokens.quest('getmsg', {
    ...signed('getmsg'),
    mid,
    from: FROM,
    xid: 2,
    type: 1,
  });
  const kept = await lanes.bare[0].files.quest('keep', { file });
  return {
    parley: JSON.parse(message.get('msg').text).url,
    bare: `http://127.0.0.1:${bare.downloadPort}/${kept.get('name').text}`,
  };
}

const servers = { parley, bare };
const rows = { sendfile: { parley: [], bare: [] }, download: { parley: [], bare: [] } };
const agent = new Agent({ keepAlive: true, maxSockets: settings.connections });
const lanes = { parley: await openLanes('parley'), bare: await openLanes('bare') };
try {
  const urls = await publish(lanes);
  const work = {
    sendfile: {
      parley: (lane, index) => sendToParley(lane, randomBytes(settings.uploadBytes), 100 + index),
      bare: (lane) => lane.files.quest('keep', { file: randomBytes(settings.uploadBytes) }),
    },
    download: { parley: () => download(agent, urls.parley), bare: () => download(agent, urls.bare) },
  };
  for (const what of ['sendfile', 'download']) {
    const count = what === 'sendfile' ? settings.files : settings.downloads;
    // The first round warms up.
    for (let number = 0; number <= settings.rounds; number += 1) {
      for (const name of number % 2 === 0 ? ['bare', 'parley'] : ['parley', 'bare']) {
        const row = await measure(servers[name], lanes[name], count, work[what][name]);
        if (number === 0) continue;
        rows[what][name].push(row);
        report.row({ what, round: number, server: name, ...row });
      }
    }
    const { parley: ours, bare: reference } = rows[what];
    const ratio = (field) => round(median(ours.map((row, index) => row[field] / reference[index][field])));
    report.row({
      ratio: `${what}: parley / bare, median of the rounds`,
      perSecond: ratio('perSecond'),
      p50Ms: ratio('p50Ms'),
      processCpuUs: ratio('processCpuUs'),
    });
  }
  report.save();
} finally {
  agent.destroy();
  for (const lane of [...lanes.parley, ...lanes.bare]) lane.close();
  await parley.close();
  await bare.close();
  await databases.close();
}
