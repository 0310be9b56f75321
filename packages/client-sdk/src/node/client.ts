import { ParleyClient as BrowserClient } from '../client.ts';
import type { ParleyClientOptions } from '../client-options.ts';
import { nodeConnector } from './node-connector.ts';

/** The client with the connections of Node: `tcp://` and `tls://` beside `ws://` and `wss://`. */
export class ParleyClient extends BrowserClient {
  /** @throws TypeError or RangeError for an option that cannot be used. */
  constructor(options: ParleyClientOptions) {
    super({ connector: nodeConnector(), ...options });
  }
}
