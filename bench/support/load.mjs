// A closed-loop load generator over raw TCP: every connection keeps a number of prepared packets in flight. It parses
// answers by hand, so that it takes as little of the machine from the servers as it can.
import { connect } from 'node:net';

const HEADER_BYTES = 12;
const SEQ_BYTES = 4;
/** The type of an answer, in the header at 6. */
const ANSWER = 2;

/**
 * Sends all frames and waits for all answers.
 *
 * @param {{ port?: number, host?: string, frames: Buffer[], connections: number, inFlight: number, sockets?: Socket[] }} options
 *   frames: whole two-way quests; their seqs are overwritten. sockets: open already, and left open.
 * @returns {Promise<{ seconds: number, perSecond: number, p50Ms: number, p99Ms: number, errors: number }>}
 */
export async function runLoad({ port, host = '127.0.0.1', frames, connections, inFlight, sockets: given }) {
  const sockets = given ?? (await Promise.all(Array.from({ length: connections }, () => open(host, port))));
  const latencies = new Float64Array(frames.length);
  const startedAt = performance.now();
  let errors = 0;
  await Promise.all(sockets.map((socket, index) => drive(socket, index)));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const socket of sockets) {
    socket.removeAllListeners();
    if (given === undefined) socket.destroy();
  }
  latencies.sort();
  return {
    seconds,
    perSecond: frames.length / seconds,
    p50Ms: latencies[Math.floor(frames.length * 0.5)],
    p99Ms: latencies[Math.floor(frames.length * 0.99)],
    errors,
  };

  /** Connection `first` sends the frames first, first + connections, first + 2 * connections … */
  function drive(socket, first) {
    return new Promise((resolve, reject) => {
      let next = first;
      let open = 0;
      let rest = Buffer.alloc(0);
      const sentAt = new Map();

      const send = () => {
        const batch = [];
        while (open < inFlight && next < frames.length) {
          const frame = frames[next];
          frame.writeUInt32LE(next + 1, HEADER_BYTES);
          sentAt.set(next + 1, performance.now());
          batch.push(frame);
          open += 1;
          next += connections;
        }
        if (batch.length > 0) socket.write(batch.length === 1 ? batch[0] : Buffer.concat(batch));
        else if (open === 0) resolve();
      };

      socket.on('data', (chunk) => {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const now = performance.now();
        let at = 0;
        while (bytes.length - at >= HEADER_BYTES + SEQ_BYTES) {
          const isQuest = bytes[at + 6] !== ANSWER;
          const total = HEADER_BYTES + SEQ_BYTES + (isQuest ? bytes[at + 7] : 0) + bytes.readUInt32LE(at + 8);
          if (bytes.length - at < total) break;
          if (isQuest) {
            socket.write(bareAnswer(bytes.readUInt32LE(at + HEADER_BYTES)));
            at += total;
            continue;
          }
          const seq = bytes.readUInt32LE(at + HEADER_BYTES);
          if (bytes[at + 7] !== 0) errors += 1;
          latencies[seq - 1] = now - sentAt.get(seq);
          sentAt.delete(seq);
          open -= 1;
          at += total;
        }
        rest = bytes.subarray(at);
        send();
      });
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the server closed a connection')));
      send();
    });
  }
}

/** The answer to a ping. */
function bareAnswer(seq) {
  const bytes = Buffer.from([0x46, 0x50, 0x4e, 0x4e, 1, 0x80, ANSWER, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x80]);
  bytes.writeUInt32LE(seq, HEADER_BYTES);
  return bytes;
}

function open(host, port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}
