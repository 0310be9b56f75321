import { ERROR_CODES } from '@parley/contract';
import { RtmError, toRtmError } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';
import { isTransient } from '../errors.ts';

export type EnteredRoomsOptions = {
  /** Waits for a session, then calls. */
  readonly call: Call;
  /** A room was entered: what is sent in it from this server time on belongs to the client. */
  readonly onEntered: (roomId: bigint, since: number) => void;
  readonly onLeft: (roomId: bigint) => void;
  /** A room could not be entered again. */
  readonly onLost: (roomId: bigint, error: RtmError) => void;
};

/** The rooms that the application has entered, which are entered again after each login. */
export class EnteredRooms {
  readonly #options: EnteredRoomsOptions;
  readonly #rooms = new Set<bigint>();

  constructor(options: EnteredRoomsOptions) {
    this.#options = options;
  }

  get ids(): bigint[] {
    return [...this.#rooms];
  }

  async enter(roomId: bigint, options?: CallOptions): Promise<void> {
    const { call, onEntered } = this.#options;
    // Both quests go out together, so the time is that of just before; what has it was sent before the room was entered.
    const [{ mts }] = await Promise.all([
      call('getservertime', {}, options),
      call('enterroom', { rid: roomId }, options),
    ]);
    this.#rooms.add(roomId);
    onEntered(roomId, mts + 1);
  }

  async leave(roomId: bigint, options?: CallOptions): Promise<void> {
    // Also when the call fails: it is not entered again, and the server forgets it with the connection.
    this.forget(roomId);
    await this.#options.call('leaveroom', { rid: roomId }, options);
  }

  /** The client is no longer in the room. @returns false when it was not. */
  forget(roomId: bigint): boolean {
    this.#options.onLeft(roomId);
    return this.#rooms.delete(roomId);
  }

  /**
   * Enters all rooms on a new connection, in the order they were entered in.
   *
   * @throws RtmError when the connection ends or the server is overloaded.
   */
  async enterAgain(call: Call): Promise<void> {
    for (const roomId of this.#rooms) {
      try {
        await call('enterroom', { rid: roomId });
      } catch (cause) {
        const error = toRtmError(cause);
        // The whole login is tried again then.
        if (isTransient(error)) throw error;
        this.#rooms.delete(roomId);
        this.#options.onLeft(roomId);
        this.#options.onLost(roomId, error);
      }
    }
    if (this.#rooms.size > 1) await this.#dropLeft(call);
  }

  /** In a project with one room at a time each room that is entered ends the one before. */
  async #dropLeft(call: Call): Promise<void> {
    const { rooms } = await call('getuserrooms', {});
    const present = new Set(rooms);
    for (const roomId of this.#rooms) {
      if (present.has(roomId)) continue;
      this.#rooms.delete(roomId);
      this.#options.onLeft(roomId);
      this.#options.onLost(roomId, new RtmError(ERROR_CODES.notInRoom, `room ${roomId} was left for another one`));
    }
  }
}
