// Publishes messages to the members of a system, with so many in flight, and waits until everybody has all of them.
import { setTimeout as delay } from 'node:timers/promises';
import { openSocket } from './member-sockets.mjs';

const BUFFER = Buffer.allocUnsafe(64 * 1024);
const STALLED_MS = 20_000;

export class Publisher {
  #socket;
  #frameBytes = 0;

  constructor(system, members) {
    this.system = system;
    this.members = members;
  }

  /** Connects, and learns from one message how many bytes a delivery has. */
  async open() {
    const { system, members } = this;
    this.#socket = await openSocket(system.port, BUFFER, system.publisher(), () => () => {});
    await delay(system.settleMs ?? 200);
    const before = members.bytes;
    this.#socket.write(system.publish());
    let last = -1;
    while (members.bytes === before || members.bytes !== last) {
      last = members.bytes;
      await delay(200);
    }
    this.#frameBytes = (members.bytes - before) / members.sockets.length;
    if (!Number.isInteger(this.#frameBytes)) throw new Error(`${system.name}: not every member had the first message`);
  }

  /** @returns {Promise<{ seconds: number, latencies: number[] }>} latencies in ms, until all members had the message. */
  run(count, inFlight) {
    const { system, members } = this;
    const messages = Array.from({ length: count }, () => Buffer.from(system.publish()));
    const roundBytes = this.#frameBytes * members.sockets.length;
    const start = members.bytes;
    const sentAt = [];
    const latencies = [];
    let next = 0;
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const stalled = setTimeout(() => {
        reject(new Error(`${system.name}: ${latencies.length} of ${count} messages arrived everywhere`));
      }, STALLED_MS);
      const send = () => {
        const batch = [];
        const now = performance.now();
        while (next < count && next - latencies.length < inFlight) {
          sentAt.push(now);
          batch.push(messages[next]);
          next += 1;
        }
        if (batch.length > 0) this.#socket.write(batch.length === 1 ? batch[0] : Buffer.concat(batch));
        members.wakeAt = start + (latencies.length + 1) * roundBytes;
      };
      members.onReached = () => {
        const now = performance.now();
        while (members.bytes >= members.wakeAt && latencies.length < count) {
          latencies.push(now - sentAt[latencies.length]);
          members.wakeAt += roundBytes;
        }
        if (latencies.length < count) {
          send();
          return;
        }
        members.wakeAt = Number.POSITIVE_INFINITY;
        clearTimeout(stalled);
        const isExact = members.bytes === start + count * roundBytes;
        if (isExact) resolve({ seconds: (now - startedAt) / 1000, latencies });
        else reject(new Error(`${system.name}: more bytes came than were published`));
      };
      send();
    });
  }

  close() {
    this.#socket.destroy();
  }
}
