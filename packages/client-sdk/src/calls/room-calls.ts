import type { Id } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';
import { toId } from '../conversation.ts';
import type { EnteredRooms } from '../rooms/entered-rooms.ts';
import { type Infos, type LastMessage, toLastMessage } from './shapes.ts';

/** Rooms. Being in one ends with the connection; the client enters its rooms again after each login. */
export class RoomCalls {
  readonly #call: Call;
  readonly #uid: bigint;
  readonly #entered: EnteredRooms;

  constructor(call: Call, uid: bigint, entered: EnteredRooms) {
    this.#call = call;
    this.#uid = uid;
    this.#entered = entered;
  }

  /** The rooms that this client has entered and keeps entering. */
  get entered(): bigint[] {
    return this.#entered.ids;
  }

  /**
   * Enters a room. From now on its messages come as events, also those that are sent while the connection is away.
   *
   * @throws RtmError 200047 for more rooms than a user may be in.
   */
  async enter(roomId: Id, options?: CallOptions): Promise<void> {
    await this.#entered.enter(toId('roomId', roomId), options);
  }

  async leave(roomId: Id, options?: CallOptions): Promise<void> {
    await this.#entered.leave(toId('roomId', roomId), options);
  }

  /** The rooms that the server has this connection in, those that a back end gave to the user included. */
  async list(options?: CallOptions): Promise<bigint[]> {
    return (await this.#call('getuserrooms', {}, options)).rooms;
  }

  /** As {@link list}, with the newest message of each: of the chat types unless `mtypes` names others. */
  async listWithLastMessages(
    options: CallOptions & { mtypes?: readonly number[] } = {},
  ): Promise<Map<bigint, LastMessage>> {
    const { mtypes, ...callOptions } = options;
    const { rooms } = await this.#call('getuserroomsandlastmsg', mtypes ? { mtypes } : {}, callOptions);
    return new Map(
      [...rooms].map(([roomId, unit]) => [roomId, toLastMessage({ kind: 'room', roomId }, unit, this.#uid)]),
    );
  }

  async members(roomId: Id, options?: CallOptions): Promise<bigint[]> {
    return (await this.#call('getroommembers', { rid: roomId }, options)).uids;
  }

  /** Members by room; 0 for a room that nobody knows. */
  async memberCounts(roomIds: Iterable<Id>, options?: CallOptions): Promise<Map<bigint, number>> {
    return (await this.#call('getroomcount', { rids: [...roomIds] }, options)).cn;
  }

  /** Sets what is given and leaves the other info as it is. @throws RtmError 200040 when not in the room. */
  async setInfo(roomId: Id, infos: Partial<Infos>, options?: CallOptions): Promise<void> {
    await this.#call('setroominfo', { rid: roomId, oinfo: infos.publicInfo, pinfo: infos.privateInfo }, options);
  }

  /** @throws RtmError 200040 when not in the room. */
  async info(roomId: Id, options?: CallOptions): Promise<Infos> {
    const { oinfo, pinfo } = await this.#call('getroominfo', { rid: roomId }, options);
    return { publicInfo: oinfo, privateInfo: pinfo };
  }

  async publicInfo(roomId: Id, options?: CallOptions): Promise<string> {
    return (await this.#call('getroomopeninfo', { rid: roomId }, options)).oinfo;
  }

  async publicInfos(roomIds: Iterable<Id>, options?: CallOptions): Promise<Map<bigint, string>> {
    return (await this.#call('getroomsopeninfo', { rids: [...roomIds] }, options)).info;
  }
}
