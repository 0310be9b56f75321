// The parent's side of a process of synthetic peers: their signals go to an engine, and its answers are timed.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PEERS = fileURLToPath(new URL('./media-peers.mjs', import.meta.url));

export class MediaLoad {
  /** Milliseconds that each answer took. */
  answerMs = [];
  #child = fork(PEERS, { serialization: 'advanced' });
  #calls = new Map();
  #count = 0;

  /** @param engine with publish and play, as the media engine has them; it may be changed between runs */
  constructor(engine) {
    this.engine = engine;
    this.#child.on('message', (message) => {
      if (message.signal !== undefined) return void this.#signal(message);
      const { resolve, reject } = this.#calls.get(message.id);
      this.#calls.delete(message.id);
      if (message.error === undefined) resolve(message.result);
      else reject(new Error(message.error));
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#calls.values()) reject(new Error(`the peers ended: ${code ?? signal}`));
    });
  }

  get pid() {
    return this.#child.pid;
  }

  call(name, params = {}) {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#child.send({ id, name, params });
    });
  }

  async close() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #signal({ id, signal, params }) {
    const startedAt = performance.now();
    const outcome = await this.engine[signal](params).catch((error) => ({ error: String(error) }));
    this.answerMs.push(performance.now() - startedAt);
    // The peers may have been killed meanwhile.
    this.#child.send({ id, ...outcome }, () => undefined);
  }
}
