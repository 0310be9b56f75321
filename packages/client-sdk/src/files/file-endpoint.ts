/** Where browser SDKs expect the file route: on a host of its own beside the client gate, by these ports. */
const PROXY_PREFIX = 'fileproxy-';
const PORTS: Readonly<Record<string, string>> = { 'ws:': '13461', 'wss:': '13462' };

/**
 * The address of the file route that belongs to a client gate.
 *
 * @param endpoint - Of the client gate.
 * @param fileGate - As `host:port`, what the server names for those who do not come over WebSocket.
 */
export function fileEndpointOf(endpoint: string, fileGate: string): string {
  const scheme = /^wss?:/.exec(endpoint)?.[0];
  if (scheme === undefined) return `tcp://${fileGate}`;
  const url = new URL(endpoint);
  return `${scheme}//${PROXY_PREFIX}${url.hostname}:${PORTS[scheme]}`;
}
