import type { AdminCommand } from '@parley/contract';
import type { PushRouter } from '../push-router.ts';

/** What the server tells of one room. */
export type RoomPushHandlers = {
  entered(uid: bigint): void;
  left(uid: bigint): void;
  closed(): void;
  kicked(byUid: bigint): void;
  command(command: AdminCommand, uids: readonly bigint[]): void;
  microphone(uid: bigint, isOpen: boolean): void;
  roomEvent(event: Uint8Array): void;
  /** The server has lost the media of the room. */
  mediaLost(): void;
};

/** Hands what the server pushes about RTC rooms to the room in question. */
export class RoomPushes {
  readonly #rooms = new Map<bigint, RoomPushHandlers>();

  constructor(router: PushRouter) {
    const of = (rid: bigint) => this.#rooms.get(rid);
    router.on('pushEnterRTCRoom', ({ rid, uid }) => of(rid)?.entered(uid));
    router.on('pushExitRTCRoom', ({ rid, uid }) => of(rid)?.left(uid));
    router.on('pushRTCRoomClosed', ({ rid }) => of(rid)?.closed());
    router.on('pushKickOutRTCRoom', ({ rid, fromUid }) => of(rid)?.kicked(fromUid));
    router.on('pushAdminCommand', ({ rid, command, uids }) => of(rid)?.command(command as AdminCommand, uids));
    router.on('pushMicStatus', ({ rid, uid, micStatus }) => of(rid)?.microphone(uid, micStatus === 1));
    router.on('pushRoomEvent', ({ rid, event }) => of(rid)?.roomEvent(event));
    router.on('pushRTCMediaLost', ({ rid }) => of(rid)?.mediaLost());
  }

  /** @returns A function that stops it. */
  listen(roomId: bigint, handlers: RoomPushHandlers): () => void {
    this.#rooms.set(roomId, handlers);
    return () => {
      if (this.#rooms.get(roomId) === handlers) this.#rooms.delete(roomId);
    };
  }

  has(roomId: bigint): boolean {
    return this.#rooms.has(roomId);
  }
}
