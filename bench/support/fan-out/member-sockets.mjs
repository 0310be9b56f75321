// The members of a room as raw sockets of one process, as cheap as Node can have them: all share one read buffer, and
// what comes is counted, not parsed.
import { connect } from 'node:net';

const READ_BYTES = 256 * 1024;

export class MemberSockets {
  #buffer = Buffer.allocUnsafe(READ_BYTES);
  sockets = [];
  /** Bytes of deliveries that came to all members. */
  bytes = 0;
  /** Bytes of one delivery; the publisher finds it out. */
  frameBytes = Number.POSITIVE_INFINITY;
  /** How many members have had so many messages: at index n those that have had n + 1 since `restart`. */
  #have = [];
  #received = [];
  #complete = 0;
  isClosing = false;
  /** Called with the number of messages that every member has had since `restart`, when it has grown. */
  onComplete = (_messages) => {};

  /**
   * @param {object} system that the members belong to: `port`, `greet(index)`, the conversation that makes a connection a
   * member, and optionally `createTaker(socket)`, which gives a function that takes a chunk and returns how many bytes of
   * deliveries were in it. Without it every byte counts.
   */
  constructor(system) {
    this.system = system;
  }

  async open(count) {
    for (let opened = 0; opened < count; opened += 50) {
      const some = Array.from({ length: Math.min(50, count - opened) }, (_, index) => this.#open(opened + index));
      this.sockets.push(...(await Promise.all(some)));
    }
  }

  /** Counts anew. */
  restart() {
    this.#have = [];
    this.#received = this.sockets.map(() => 0);
    this.#complete = 0;
    this.bytes = 0;
  }

  #count(index, bytes) {
    const { frameBytes } = this;
    const before = this.#received[index];
    const after = before + bytes;
    this.bytes += bytes;
    this.#received[index] = after;
    const last = Math.floor(after / frameBytes);
    for (let number = Math.floor(before / frameBytes); number < last; number += 1) {
      this.#have[number] = (this.#have[number] ?? 0) + 1;
    }
    if (this.#have[this.#complete] !== this.sockets.length) return;
    while (this.#have[this.#complete] === this.sockets.length) this.#complete += 1;
    this.onComplete(this.#complete);
  }

  close() {
    this.isClosing = true;
    for (const socket of this.sockets) socket.destroy();
  }

  #open(index) {
    return openSocket(this.system.port, this.#buffer, this.system.greet(index), (socket) => {
      socket.once('close', () => {
        if (!this.isClosing) throw new Error(`${this.system.name} closed the connection of a member`);
      });
      const take = this.system.createTaker?.(socket) ?? ((_chunk, length) => length);
      return (length, buffer) => this.#count(index, take(buffer, length));
    });
  }
}

/**
 * Opens a connection and speaks `greeting`: a list of `{send, until}`, where `until(received)` tells that the answer is
 * whole. Then what comes goes to the function that `createTake(socket)` gives.
 */
export function openSocket(port, buffer, greeting, createTake) {
  return new Promise((resolve, reject) => {
    let step = 0;
    let received = Buffer.alloc(0);
    let take;
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback: (length, bytes) => {
          if (take !== undefined) take(length, bytes);
          else greet(Buffer.from(bytes.subarray(0, length)));
          return true;
        },
      },
    });
    const greet = (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!greeting[step].until(received)) return;
      received = Buffer.alloc(0);
      step += 1;
      if (step < greeting.length) {
        socket.write(greeting[step].send);
        return;
      }
      take = createTake(socket);
      resolve(socket);
    };
    socket.once('connect', () => socket.write(greeting[0].send));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`port ${port} closed a connection`)));
  });
}
