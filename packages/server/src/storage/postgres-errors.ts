/**
 * The connection is gone or useless, and the statement may succeed on another a little later. SQLSTATE 08: connection
 * exceptions; 57P01 to 57P03: the server stops, crashed or is not up yet; 57P05 and 25P03: it closed an idle session;
 * 53300: it has no connection left; 25006: it became a standby.
 */
const CONNECTION_STATES = /^(08\w{3}|57P0[1235]|25P03|53300|25006)$/;
const SYSTEM_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What the driver says without a code. */
const DRIVER_MESSAGES =
  /^(Connection terminated|Connection ended|Client (has encountered a connection error|was closed)|Query read timeout|timeout e)/;
/** A prepared statement that no longer fits the schema, or that a pooler between us forgot: 0A000, 26000. */
const SPOILT_STATES = /^(0A000|26000)$/;

/** True when the database went away or is not up yet, so that the same statement may succeed a little later. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return code === undefined
    ? DRIVER_MESSAGES.test(error.message)
    : CONNECTION_STATES.test(code) || SYSTEM_ERRORS.has(code);
}

/** True when the connection that gave the error must not be used again. */
export function spoilsConnection(error: unknown): boolean {
  return isConnectionFailure(error) || (error instanceof Error && SPOILT_STATES.test(codeOf(error) ?? ''));
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
