import { readUint32 } from '../rtp/rtp-packet.ts';
import type { RtcpBlock } from './rtcp-block.ts';

/** Streams that have ended (RFC 3550 section 6.6). */
export type Bye = { readonly type: 'bye'; readonly ssrcs: readonly number[] };

export function decodeBye({ bytes, count, start, end }: RtcpBlock): Bye | undefined {
  if (start + 4 + count * 4 > end) return undefined;
  return { type: 'bye', ssrcs: Array.from({ length: count }, (_, index) => readUint32(bytes, start + 4 + index * 4)) };
}
