// Prepared sendmsg quests: signed, 200 bytes of text, over a number of conversations.
import { hash } from 'node:crypto';
import { signText } from '@parley/contract';
import { encodeQuest } from '@parley/fpnn';
import { PROJECT } from './servers.mjs';

const TEXT = 'x'.repeat(200);
let lastId = BigInt(Date.now()) << 22n;

/** @returns {Buffer[]} whole packets, each with a mid and a salt of its own */
export function sendFrames(count, conversations) {
  const ts = Math.floor(Date.now() / 1000);
  const { pid, secret } = PROJECT;
  return Array.from({ length: count }, () => {
    const mid = ++lastId;
    const salt = ++lastId;
    const from = 1_000_000 + Math.floor(Math.random() * conversations);
    const sign = hash('md5', signText(pid, secret, salt, 'sendmsg', ts), 'hex').toUpperCase();
    const params = { pid, sign, salt, ts, mtype: 30, from, to: from + 1_000_000, mid, msg: TEXT, attrs: '' };
    const packet = encodeQuest({ method: 'sendmsg', params, seq: 1 });
    return Buffer.from(packet.buffer, packet.byteOffset, packet.length);
  });
}
