import type { RtpHeader } from './rtp-packet.ts';

/** The header extensions that are used. The id of each is agreed per connection, by the offer. */
export const EXTENSION_URIS = {
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
} as const;

const ONE_BYTE_PROFILE = 0xbede;
/** The low four bits belong to the application (RFC 8285 section 4.3). */
const TWO_BYTE_PROFILE = 0x1000;
/** In the one-byte form this id ends the list (RFC 8285 section 4.2). */
export const END_OF_EXTENSIONS_ID = 15;

/**
 * Finds an extension in either form of RFC 8285.
 *
 * @returns the place of its first data byte, or -1 where it is missing, empty or cut off.
 */
export function findExtension(bytes: Uint8Array, header: RtpHeader, id: number): number {
  const end = header.extensionsEnd;
  let place = header.extensionsStart;
  if (header.extensionProfile === ONE_BYTE_PROFILE) {
    while (place < end) {
      const head = bytes[place]!;
      if (head === 0) {
        place += 1;
        continue;
      }
      const elementId = head >> 4;
      const dataEnd = place + 2 + (head & 0x0f);
      if (elementId === END_OF_EXTENSIONS_ID || dataEnd > end) return -1;
      if (elementId === id) return place + 1;
      place = dataEnd;
    }
  } else if ((header.extensionProfile & 0xfff0) === TWO_BYTE_PROFILE) {
    while (place + 1 < end) {
      const elementId = bytes[place]!;
      if (elementId === 0) {
        place += 1;
        continue;
      }
      const dataLength = bytes[place + 1]!;
      if (place + 2 + dataLength > end) return -1;
      if (elementId === id) return dataLength === 0 ? -1 : place + 2;
      place += 2 + dataLength;
    }
  }
  return -1;
}

/** The value of abs-send-time for a moment: seconds with 18 fractional bits, modulo 64 s. */
export function absSendTime(nowMs: number): number {
  return Math.floor((nowMs % 64_000) * 262.144) & 0xffffff;
}
