import { optional, text } from '../declare-fields.ts';

export const dataKey = text('the key', { limit: 'dataKeyMaxBytes' });
export const dataValue = text('the text', { limit: 'dataValueMaxBytes', refusal: 'largeData' });
/** What dataget answers; SDKs take a missing `val` for a key that is not set. */
export const foundData = { val: optional(text('the text; missing when the key is not set')) };
