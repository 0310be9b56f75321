export type Endpoint = { readonly host: string; readonly port: number };

const PORT_MAX = 65_535;

/**
 * Parses `host:port`; an IPv6 address stands in brackets, as in `[::1]:13315`.
 *
 * @throws TypeError for any other text.
 */
export function parseEndpoint(text: string): Endpoint {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > PORT_MAX) {
    throw new TypeError(`endpoint must be host:port, got ${JSON.stringify(text)}`);
  }
  return { host, port };
}
