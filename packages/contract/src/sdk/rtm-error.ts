import { FPNN_CODES, FpnnError, WireError } from '@parley/fpnn';

/**
 * A call that failed: the service refused it, or it did not get through.
 *
 * `code` is one of `ERROR_CODES` or `FPNN_CODES`; compare it, never the message. Of the local ones 20002 means that the
 * connection was lost or closed while waiting, 20003 that the time was up, 20005 and 20006 that the parameters could not be written or
 * the answer not be read, 20011 that too many calls wait already, 20012 that there was no connection, 20015 that the
 * caller's signal aborted the call.
 */
export class RtmError extends FpnnError {
  /** @param cause - What lies behind it, if anything. */
  constructor(code: number, message: string, cause?: unknown) {
    super(code, message, cause === undefined ? undefined : { cause });
    this.name = 'RtmError';
  }
}

/** Whatever made a call fail, as an RtmError. Of an FpnnError it takes over the cause, any other error is the cause. */
export function toRtmError(cause: unknown): RtmError {
  if (cause instanceof RtmError) return cause;
  if (cause instanceof FpnnError) return new RtmError(cause.code, cause.message, cause.cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return new RtmError(cause instanceof WireError ? wireErrorCode(cause) : FPNN_CODES.unknown, message, cause);
}

function wireErrorCode(error: WireError): number {
  return error.reason === 'not-encodable' ? FPNN_CODES.encoding : FPNN_CODES.decoding;
}
