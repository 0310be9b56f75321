import { type DestinationStream, destination, type Logger as Pino, pino } from 'pino';

export type LogFields = { readonly [name: string]: unknown };

/**
 * Where parts of the server write what operators should know. `error`: somebody must act; `warn`: it was recovered;
 * `info`: a step of the life cycle; `debug`: everything else. Never secrets, never payloads.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export type CreateLoggerOptions = {
  /** Lines below it are left out. */
  level: LogLevel;
  /** Gets each line with its end. Default: standard error, written before the call returns. */
  write?: (line: string) => void;
};

/** One JSON object a line: `level`, `time` (ISO 8601), `pid`, the fields, `msg`. Errors among the fields keep their stack. */
export function createLogger({ level, write }: CreateLoggerOptions): Logger {
  const target: DestinationStream = write === undefined ? destination(2) : { write };
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: withPlainValues },
  };
  return wrap(pino(options, target));
}

function wrap(target: Pino): Logger {
  return {
    debug: (message, fields) => target.debug(fields ?? {}, message),
    info: (message, fields) => target.info(fields ?? {}, message),
    warn: (message, fields) => target.warn(fields ?? {}, message),
    error: (message, fields) => target.error(fields ?? {}, message),
    child: (fields) => wrap(target.child(withPlainValues(fields))),
  };
}

/** JSON has neither errors nor bigints. */
function withPlainValues(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toPlain(value)]));
}

function toPlain(value: unknown): unknown {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Writes nothing. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
