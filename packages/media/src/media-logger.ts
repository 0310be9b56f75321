/** Where the engine logs. */
export type MediaLogger = {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
};

export const SILENT_LOGGER: MediaLogger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
};
