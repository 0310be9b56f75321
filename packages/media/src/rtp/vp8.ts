/**
 * Whether a VP8 payload begins a key frame (RFC 7741): the first packet of the first partition, with the inverse key frame
 * bit of the frame's header at 0.
 *
 * ```
 *  0  X:1 R:1 N:1 S:1 R:1 PID:3
 *  1  with X: I:1 L:1 T:1 K:1 RSV:4, then with I one or two bytes, with L one, with T or K one
 *  .  SIZE0:3 H:1 VER:3 P:1
 * ```
 */
export function startsVp8KeyFrame(bytes: Uint8Array, payloadStart: number, payloadEnd: number): boolean {
  let place = payloadStart;
  if (place >= payloadEnd) return false;
  const descriptor = bytes[place++]!;
  if ((descriptor & 0x17) !== 0x10) return false;
  if ((descriptor & 0x80) !== 0) {
    if (place >= payloadEnd) return false;
    const present = bytes[place++]!;
    if ((present & 0x80) !== 0) {
      if (place >= payloadEnd) return false;
      place += (bytes[place]! & 0x80) === 0 ? 1 : 2;
    }
    if ((present & 0x40) !== 0) place += 1;
    if ((present & 0x30) !== 0) place += 1;
  }
  return place < payloadEnd && (bytes[place]! & 0x01) === 0;
}
