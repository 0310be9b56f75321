import type { MemberAddress } from '@parley/media';

/** How the media engine is told of rooms and members: it takes any texts. */
export function mediaRoomOf({ pid, rid }: { pid: number; rid: bigint }): string {
  return `${pid}:${rid}`;
}

export function mediaAddressOf(room: { pid: number; rid: bigint }, uid: bigint): MemberAddress {
  return { room: mediaRoomOf(room), member: String(uid) };
}

/** Reads what {@link mediaRoomOf} made. */
export function parseMediaRoom(name: string): { pid: number; rid: bigint } {
  const separator = name.indexOf(':');
  return { pid: Number(name.slice(0, separator)), rid: BigInt(name.slice(separator + 1)) };
}
