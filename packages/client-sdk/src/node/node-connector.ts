import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { WebSocketConstructor } from '@parley/fpnn/browser';
import { connectTcp, type EncryptionOptions } from '@parley/fpnn/node';
import { WebSocket } from 'ws';
import { type Connector, type ConnectRequest, webSocketConnector } from '../connection/connector.ts';

export type NodeConnectorOptions = {
  /** For `tls://` and `wss://`, such as `ca`. */
  tls?: TlsOptions;
  /** For `tcp://`: encrypts the connection with the server's public key. */
  encryption?: EncryptionOptions;
};

/** Connects by the endpoint: `tcp://host:port`, `tls://host:port`, `ws://…` or `wss://…`. */
export function nodeConnector({ tls = {}, encryption }: NodeConnectorOptions = {}): Connector {
  const overWebSocket = webSocketConnector(webSocketWith(tls));
  return (request) => {
    const { protocol } = new URL(request.endpoint);
    if (protocol === 'tcp:') return overTcp(request, encryption === undefined ? {} : { encryption });
    return protocol === 'tls:' ? overTcp(request, { tls }) : overWebSocket(request);
  };
}

function overTcp(
  { endpoint, ...request }: ConnectRequest,
  security: { tls?: TlsOptions; encryption?: EncryptionOptions },
) {
  const { hostname, port } = new URL(endpoint);
  // An IPv6 address stands in brackets in a URL only.
  return connectTcp({ ...request, ...security, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
}

function webSocketWith(tls: TlsOptions): WebSocketConstructor {
  class NodeWebSocket extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols, { ...tls, perMessageDeflate: false });
    }
  }
  return NodeWebSocket as unknown as WebSocketConstructor;
}
