import { ERROR_CODES, RtmError } from '@parley/contract';
import { MediaError, type MediaErrorCode } from '@parley/media';

/** The official browser SDK gives up after 10 s, and then never tries again: an error in time is better. */
const ANSWER_MS = 8000;

const CODES = {
  'bad-offer': ERROR_CODES.invalidParameter,
  limit: ERROR_CODES.rtcMemberMax,
  unavailable: ERROR_CODES.rtcTryAgain,
  closed: ERROR_CODES.noConfigInConsole,
} satisfies Record<MediaErrorCode, number>;

/**
 * Waits for the engine, but not for ever.
 *
 * @throws RtmError with the code of the contract instead of a MediaError; 700001 when no answer comes in time.
 */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const refusal = new RtmError(ERROR_CODES.rtcTryAgain, `sdp: no answer within ${ANSWER_MS} ms`);
    timer = setTimeout(() => reject(refusal), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    if (error instanceof MediaError) throw new RtmError(CODES[error.code], `sdp: ${error.message}`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
