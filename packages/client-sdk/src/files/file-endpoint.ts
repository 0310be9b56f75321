/** Where browser SDKs expect the file route: on a host of its own beside the client gate, by these ports. */
const PROXY_PREFIX = 'fileproxy-';
const PORTS: Readonly<Record<string, string>> = { 'ws:': '13461', 'wss:': '13462' };

/** The address of the file route that belongs to the address of a client gate. */
export function fileEndpointOf(endpoint: string): string {
  const url = new URL(endpoint);
  url.hostname = PROXY_PREFIX + url.hostname;
  url.port = PORTS[url.protocol] ?? url.port;
  return url.href;
}
