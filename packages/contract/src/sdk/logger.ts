/** Where the SDK says what it does. Secrets, signatures and message bodies are never logged. */
export type Logger = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

type LogFields = { readonly [name: string]: unknown };

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
