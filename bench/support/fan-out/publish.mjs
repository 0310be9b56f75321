// Publishes messages to the members of a system, with so many in flight, and waits until everybody has all of them.
import { setTimeout as delay } from 'node:timers/promises';
import { openSocket } from './member-sockets.mjs';

const BUFFER = Buffer.allocUnsafe(64 * 1024);
const STALLED_MS = 60_000;

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
    this.#socket = await openSocket(system.port, BUFFER, system.publisher(), (socket) => {
      // Pings have to be answered here as well.
      const take = system.createTaker?.(socket) ?? (() => {});
      return (length, buffer) => take(buffer, length);
    });
    await delay(system.settleMs ?? 200);
    members.restart();
    this.#socket.write(system.publish());
    let last = -1;
    while (members.bytes === 0 || members.bytes !== last) {
      last = members.bytes;
      await delay(200);
    }
    members.frameBytes = members.bytes / members.sockets.length;
    if (!Number.isInteger(members.frameBytes)) throw new Error(`${system.name}: not everybody had the first message`);
  }

  /** @returns {Promise<{ seconds: number, latencies: number[] }>} latencies in ms, until all members had the message. */
  run(count, inFlight) {
    const { system, members } = this;
    const messages = Array.from({ length: count }, () => Buffer.from(system.publish()));
    const sentAt = [];
    const latencies = [];
    members.restart();
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const isStalled = () => {
        reject(new Error(`${system.name}: ${latencies.length} of ${count} messages arrived everywhere`));
      };
      const stalled = setTimeout(isStalled, STALLED_MS);
      const send = () => {
        const first = sentAt.length;
        const now = performance.now();
        while (sentAt.length < count && sentAt.length - latencies.length < inFlight) sentAt.push(now);
        if (first < sentAt.length) this.#socket.write(Buffer.concat(messages.slice(first, sentAt.length)));
      };
      members.onComplete = (complete) => {
        const now = performance.now();
        while (latencies.length < complete) latencies.push(now - sentAt[latencies.length]);
        if (complete < count) {
          stalled.refresh();
          send();
          return;
        }
        clearTimeout(stalled);
        members.onComplete = () => {};
        resolve({ seconds: (now - startedAt) / 1000, latencies });
      };
      send();
    });
  }

  close() {
    this.#socket.destroy();
  }
}
