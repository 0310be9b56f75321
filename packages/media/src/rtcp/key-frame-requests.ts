import { readUint32 } from '../rtp/rtp-packet.ts';
import { createFeedback, FEEDBACK_HEAD_BYTES, RTCP_TYPES, type RtcpBlock } from './rtcp-block.ts';

/** A picture could not be decoded (RFC 4585 section 6.3.1). */
export type PictureLoss = { readonly type: 'pictureLoss'; readonly senderSsrc: number; readonly mediaSsrc: number };

/** A key frame is wanted (RFC 5104 section 4.3.1). */
export type FullIntraRequest = {
  readonly type: 'fullIntraRequest';
  readonly senderSsrc: number;
  readonly mediaSsrcs: readonly number[];
};

export const PICTURE_LOSS_FORMAT = 1;
export const FULL_INTRA_FORMAT = 4;
const FULL_INTRA_ENTRY_BYTES = 8;

export function decodePictureLoss({ bytes, start, end }: RtcpBlock): PictureLoss | undefined {
  if (end - start < FEEDBACK_HEAD_BYTES) return undefined;
  return {
    type: 'pictureLoss',
    senderSsrc: readUint32(bytes, start + 4),
    mediaSsrc: readUint32(bytes, start + 8),
  };
}

export function encodePictureLoss(senderSsrc: number, mediaSsrc: number): Buffer {
  return createFeedback(PICTURE_LOSS_FORMAT, RTCP_TYPES.payloadFeedback, { senderSsrc, mediaSsrc, bodyBytes: 0 });
}

export function decodeFullIntraRequest({ bytes, start, end }: RtcpBlock): FullIntraRequest | undefined {
  if (end - start < FEEDBACK_HEAD_BYTES + FULL_INTRA_ENTRY_BYTES) return undefined;
  const mediaSsrcs: number[] = [];
  for (
    let place = start + FEEDBACK_HEAD_BYTES;
    place + FULL_INTRA_ENTRY_BYTES <= end;
    place += FULL_INTRA_ENTRY_BYTES
  ) {
    mediaSsrcs.push(readUint32(bytes, place));
  }
  return { type: 'fullIntraRequest', senderSsrc: readUint32(bytes, start + 4), mediaSsrcs };
}
