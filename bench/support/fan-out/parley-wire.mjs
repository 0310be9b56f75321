// Parley's wire as the load client speaks it: prepared quests, and answers to pushes as client SDKs give them.
import { createHmac } from 'node:crypto';
import { encodeQuest } from '@parley/fpnn';
import { PROJECT } from '../servers.mjs';

const HEADER_BYTES = 12;
const SEQ_BYTES = 4;
/** An answer with an empty map. */
const ANSWER = Buffer.from([0x46, 0x50, 0x4e, 0x4e, 1, 0x80, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x80]);
/** In the header at 6. */
const ANSWER_TYPE = 2;
/** How long our SDK gathers answers. */
export const GATHER_MS = 1000;
const PUSHES_PER_CHUNK_MAX = 4096;
/** A ping is a quest with an empty map as its whole payload; no message is so short. */
const PING_PAYLOAD_BYTES = 1;

/** Packets as they are. */
export const TCP = { prefixBytes: 0, answerPrefix: Buffer.alloc(0), mask: Buffer.alloc(4), frame: (packet) => packet };

const MASK = Buffer.from([0x1f, 0x2e, 0x3d, 0x4c]);
/** One packet in each frame. Pushes are 126 bytes and longer here, so that their frames have a header of four bytes. */
export const WEBSOCKET = {
  prefixBytes: 4,
  answerPrefix: Buffer.from([0x82, 0x80 | ANSWER.length, ...MASK]),
  mask: MASK,
  frame: frameMasked,
};

export function frameMasked(payload, opcode = 0x2) {
  const header =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | payload.length])
      : Buffer.from([0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([header, MASK, payload.map((byte, index) => byte ^ MASK[index & 3])]);
}

export function upgradeRequest(path) {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
}

export const endsHeaders = (received) => received.includes('\r\n\r\n');

export function quest(wire, method, params) {
  const packet = encodeQuest({ method, params, seq: 1 });
  return wire.frame(Buffer.from(packet.buffer, packet.byteOffset, packet.length));
}

/** The parameters of a login with a token that the back end made itself. */
export function loginParams(uid) {
  const { pid, secret } = PROJECT;
  const ts = Math.floor(Date.now() / 1000);
  const token = createHmac('sha256', Buffer.from(secret)).update(`${pid}:${uid}:${ts}`).digest('base64');
  return { pid, uid, token, ts, authv: 2, version: 'WebSocket_2.7.6' };
}

/** Connects, logs in and enters rooms. */
export function greeting(wire, uid, rids) {
  const answered = (received) => received.length >= HEADER_BYTES + SEQ_BYTES;
  const steps = [{ send: quest(wire, 'auth', loginParams(uid)), until: answered }];
  if (rids.length > 0) steps.push({ send: quest(wire, 'enterrooms', { rids }), until: answered });
  if (wire === WEBSOCKET) steps.unshift({ send: upgradeRequest('/service/websocket'), until: endsHeaders });
  return steps;
}

/**
 * Answers the pushes of a chunk with one write, as an SDK does that reads what a socket has and handles it in one go.
 *
 * @param {{ answers: 'each chunk' | 'gathered' | 'owed', owed: (() => void)[] }} mode gathered: as our own SDK does, what comes
 * alone at once and the rest within a second together. Owed: not before the measurement is over.
 */
export function createPushTaker(wire, socket, mode) {
  const answer = Buffer.from(ANSWER, 0);
  for (let at = 0; at < answer.length; at += 1) answer[at] ^= wire.mask[at & 3];
  const whole = Buffer.concat([wire.answerPrefix, answer]);
  const seqAt = wire.answerPrefix.length + HEADER_BYTES;
  const seqs = new Uint32Array(PUSHES_PER_CHUNK_MAX);
  const { prefixBytes } = wire;
  const headBytes = prefixBytes + HEADER_BYTES + SEQ_BYTES;
  const head = Buffer.alloc(64);
  let headLength = 0;
  let skip = 0;
  let isPing = false;

  const write = (list) => {
    const bytes = Buffer.allocUnsafe(whole.length * list.length);
    for (let index = 0; index < list.length; index += 1) {
      const at = index * whole.length;
      bytes.set(whole, at);
      const seq = list[index];
      bytes[at + seqAt] = (seq & 0xff) ^ wire.mask[0];
      bytes[at + seqAt + 1] = ((seq >>> 8) & 0xff) ^ wire.mask[1];
      bytes[at + seqAt + 2] = ((seq >>> 16) & 0xff) ^ wire.mask[2];
      bytes[at + seqAt + 3] = (seq >>> 24) ^ wire.mask[3];
    }
    socket.write(bytes);
  };

  let gathered = [];
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer;
  const gather = (list) => {
    gathered.push(...list);
    const waitMs = sentAt + GATHER_MS - performance.now();
    if (waitMs <= 0) setImmediate(writeGathered);
    else timer ??= setTimeout(writeGathered, waitMs);
  };
  const writeGathered = () => {
    clearTimeout(timer);
    timer = undefined;
    sentAt = performance.now();
    const list = gathered;
    gathered = [];
    if (list.length > 0) write(list);
  };

  return (buffer, length) => {
    let at = 0;
    let counted = 0;
    let pushes = 0;
    let hasPing = false;
    while (at < length) {
      if (skip > 0) {
        const taken = Math.min(skip, length - at);
        skip -= taken;
        at += taken;
        if (!isPing) counted += taken;
        continue;
      }
      // The frame of a ping is shorter: two bytes of header instead of four.
      let bytes = buffer;
      let start = at;
      if (headLength > 0 || length - at < headBytes) {
        const taken = Math.min(headBytes - headLength, length - at);
        buffer.copy(head, headLength, at, at + taken);
        headLength += taken;
        at += taken;
        if (headLength < headBytes) break;
        bytes = head;
        start = 0;
        headLength = 0;
        at -= headBytes;
      }
      const isShort = prefixBytes === 4 && bytes[start + 1] < 126;
      const packet = start + (isShort ? 2 : prefixBytes);
      const payload = bytes.readUInt32LE(packet + 8);
      if (bytes[packet + 6] !== ANSWER_TYPE) {
        seqs[pushes] = bytes.readUInt32LE(packet + HEADER_BYTES);
        pushes += 1;
      }
      isPing = payload === PING_PAYLOAD_BYTES;
      hasPing ||= isPing;
      const total = (isShort ? 2 : prefixBytes) + HEADER_BYTES + SEQ_BYTES + bytes[packet + 7] + payload;
      at += headBytes;
      skip = total - headBytes;
      if (!isPing) counted += headBytes;
    }
    if (pushes > 0) {
      const list = seqs.slice(0, pushes);
      // What is readable is read first, as an event loop does; answers follow at the end of the turn.
      if (mode.answers === 'each chunk' || hasPing) setImmediate(write, list);
      else if (mode.answers === 'gathered') gather(list);
      else mode.owed.push(() => write(list));
    }
    return counted;
  };
}
