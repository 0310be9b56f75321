import type { Call, CallOptions } from '../call.ts';

/** Texts that the server keeps for the user under keys. */
export class DataCalls {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  async set(key: string, value: string, options?: CallOptions): Promise<void> {
    await this.#call('dataset', { key, val: value }, options);
  }

  /** @returns undefined when the key is not set. */
  async get(key: string, options?: CallOptions): Promise<string | undefined> {
    return (await this.#call('dataget', { key }, options)).val;
  }

  async remove(key: string, options?: CallOptions): Promise<void> {
    await this.#call('datadel', { key }, options);
  }
}
