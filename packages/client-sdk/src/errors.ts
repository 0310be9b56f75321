import { ERROR_CODES } from '@parley/contract';
import { RtmError } from '@parley/contract/sdk';
import { FPNN_CODES } from '@parley/fpnn';

const { connectionClosed, timeout, workQueueFull, serverStopping, unknown, cancelled } = FPNN_CODES;

/** The same call may well succeed later. */
const TRANSIENT: ReadonlySet<number> = new Set([
  connectionClosed,
  timeout,
  workQueueFull,
  serverStopping,
  unknown,
  ERROR_CODES.frequencyLimited,
]);

/** Whether the same call may well succeed later. */
export function isTransient(error: RtmError): boolean {
  return TRANSIENT.has(error.code);
}

/** Whether the call failed because its connection ended. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof RtmError && error.code === connectionClosed;
}

export function aborted(signal: AbortSignal): RtmError {
  return new RtmError(cancelled, 'the call was aborted', signal.reason);
}
