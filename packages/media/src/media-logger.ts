type Fields = { readonly [name: string]: unknown };

/** Where the engine logs. The server's logger is one. */
export type MediaLogger = {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
};

export const SILENT_LOGGER: MediaLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
