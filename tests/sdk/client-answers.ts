import { type HistoryMessage, RtmError } from '@parley/server-sdk';

/** The code that a call fails with; 0 when it succeeds. */
export async function codeOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 0;
  } catch (error) {
    if (error instanceof RtmError) return error.code;
    throw error;
  }
}

export async function collect(walk: AsyncIterable<HistoryMessage>): Promise<HistoryMessage[]> {
  const messages: HistoryMessage[] = [];
  for await (const message of walk) messages.push(message);
  return messages;
}

export function midsOf(messages: readonly HistoryMessage[]): bigint[] {
  return messages.map(({ messageId }) => messageId);
}
