/**
 * The header of an RTP packet (RFC 3550 section 5.1), as places in its bytes.
 *
 * ```
 *  0  V:2 P:1 X:1 CC:4 | M:1 PT:7 | sequence number:16
 *  4  timestamp:32
 *  8  ssrc:32
 * 12  CC x 4 bytes, then with X: profile:16, words:16, words x 4 bytes, then the payload, then with P padding
 * ```
 */
export type RtpHeader = {
  readonly hasMarker: boolean;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** 0 where the packet has no extensions. */
  readonly extensionProfile: number;
  readonly extensionsStart: number;
  readonly extensionsEnd: number;
  readonly payloadStart: number;
  /** Without the padding. Equal to `payloadStart` in a packet that holds padding alone. */
  readonly payloadEnd: number;
};

const FIXED_BYTES = 12;

/**
 * Whether bytes of a media transport are RTCP rather than RTP (RFC 5761 section 4). Either may still be malformed.
 */
export function isRtcp(bytes: Uint8Array): boolean {
  const type = bytes[1]!;
  return type >= 192 && type <= 223;
}

/** @returns the header, or undefined for bytes that are no RTP packet. */
export function parseRtp(bytes: Uint8Array): RtpHeader | undefined {
  const length = bytes.length;
  if (length < FIXED_BYTES) return undefined;
  const first = bytes[0]!;
  if (first >> 6 !== 2) return undefined;
  let payloadStart = FIXED_BYTES + (first & 0x0f) * 4;
  let extensionProfile = 0;
  let extensionsStart = payloadStart;
  if ((first & 0x10) !== 0) {
    if (payloadStart + 4 > length) return undefined;
    extensionProfile = (bytes[payloadStart]! << 8) | bytes[payloadStart + 1]!;
    extensionsStart = payloadStart + 4;
    payloadStart = extensionsStart + ((bytes[payloadStart + 2]! << 8) | bytes[payloadStart + 3]!) * 4;
  }
  if (payloadStart > length) return undefined;
  let payloadEnd = length;
  if ((first & 0x20) !== 0) {
    const padding = bytes[length - 1]!;
    payloadEnd = length - padding;
    if (padding === 0 || payloadEnd < payloadStart) return undefined;
  }
  const second = bytes[1]!;
  return {
    hasMarker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequenceNumber: (bytes[2]! << 8) | bytes[3]!,
    timestamp: readUint32(bytes, 4),
    ssrc: readUint32(bytes, 8),
    extensionProfile,
    extensionsStart,
    extensionsEnd: extensionProfile === 0 ? extensionsStart : payloadStart,
    payloadStart,
    payloadEnd,
  };
}

export function readUint32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
}

export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}
