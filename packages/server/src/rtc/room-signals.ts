import { parseRoomSignal, ROOM_SIGNAL_MARK, ROOM_SIGNAL_MAX_BYTES, type RoomSignal } from '@parley/contract';

export { type DeviceStates as Devices, formatRoomSignal as formatSignal, type RoomSignal } from '@parley/contract';

const MARK = Buffer.from(ROOM_SIGNAL_MARK);

/** Reads the `attrs` of a message as they came; of most messages it decodes none. */
export function parseSignal(attrs: Uint8Array): RoomSignal | undefined {
  if (attrs.length > ROOM_SIGNAL_MAX_BYTES) return undefined;
  const bytes = Buffer.from(attrs.buffer, attrs.byteOffset, attrs.length);
  return bytes.includes(MARK) ? parseRoomSignal(bytes.toString()) : undefined;
}
