import { FpnnError } from '@parley/fpnn';
import type { ErrorCode } from './error-codes.ts';

/** A refusal that travels to the caller: a code of the contract and a sentence, which becomes the `ex` of the answer. */
export class RtmError extends FpnnError {
  declare readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.name = 'RtmError';
  }
}
