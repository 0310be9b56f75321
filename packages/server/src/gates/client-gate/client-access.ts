import { CONVERSATION_TYPES, ERROR_CODES, RtmError } from '@parley/contract';
import type { GroupService } from '../../groups/group-service.ts';
import type { RoomService } from '../../rooms/room-service.ts';
import type { Session } from '../../sessions/session.ts';

/** Which conversations a user may look into: its own, those of its groups, and those of rooms its connection is in. */
export class ClientAccess {
  readonly #groups: GroupService;
  readonly #rooms: RoomService;

  constructor(parts: { groups: GroupService; rooms: RoomService }) {
    this.#groups = parts.groups;
    this.#rooms = parts.rooms;
  }

  /** @throws RtmError 200041 for a user who is not a member. */
  async requireGroup({ project, uid }: Session, gid: bigint): Promise<void> {
    if (await this.#groups.isMember(project, gid, uid)) return;
    throw new RtmError(ERROR_CODES.notGroupMember, `gid: user ${uid} is not a member of group ${gid}`);
  }

  /** @throws RtmError 200040 for a connection that is not in the room. */
  requireRoom(session: Session, rid: bigint): void {
    if (this.#rooms.isIn(session, rid)) return;
    throw new RtmError(ERROR_CODES.notInRoom, `rid: user ${session.uid} is not in room ${rid}`);
  }

  /**
   * For one stored message, named as on the wire.
   *
   * @throws RtmError 200041, 200040, or 200021 for a message between others.
   */
  async requireMessage(session: Session, address: { type: number; from: bigint; xid: bigint }): Promise<void> {
    const { type, from, xid } = address;
    if (type === CONVERSATION_TYPES.group) await this.requireGroup(session, xid);
    if (type === CONVERSATION_TYPES.room) this.requireRoom(session, xid);
    if (type !== CONVERSATION_TYPES.p2p || from === session.uid || xid === session.uid) return;
    throw new RtmError(ERROR_CODES.permissionDenied, `from: user ${session.uid} is no part of this conversation`);
  }

  /** @throws RtmError 200021 for a message that somebody else sent. */
  requireSender(session: Session, from: bigint): void {
    if (from === session.uid) return;
    throw new RtmError(ERROR_CODES.permissionDenied, `from: only user ${from} may do this`);
  }
}
