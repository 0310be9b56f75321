/** Why a call to the engine was refused. */
export const MEDIA_ERROR_CODES = [
  /** The offer cannot be parsed or served; the message names what is wrong with it. */
  'bad-offer',
  /** A limit of the room, the worker or the engine is reached. */
  'limit',
  /** No worker is up, or the worker died before it answered. The same call may succeed a moment later. */
  'unavailable',
  /** The engine has been closed. */
  'closed',
] as const;

/** One of {@link MEDIA_ERROR_CODES}. */
export type MediaErrorCode = (typeof MEDIA_ERROR_CODES)[number];

/** A call that the engine refused. Nothing of it holds. */
export class MediaError extends Error {
  /** Compare this, never the message. */
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MediaError';
    this.code = code;
  }
}
