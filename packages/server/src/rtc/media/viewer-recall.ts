import type { RoomService } from '../../rooms/room-service.ts';
import type { Session } from '../../sessions/session.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import { devicesOf } from '../member-devices.ts';
import { formatSignal } from '../room-signals.ts';
import type { RtcRoom } from '../rtc-room.ts';
import type { SignalMessages } from '../signal-messages.ts';

type Parts = {
  messages: SignalMessages;
  sessions: SessionDirectory;
  rooms: Pick<RoomService, 'isIn'>;
};

/** Makes the pages of the official browser SDK play members anew: they do so for whoever leaves and enters again. */
export class ViewerRecall {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Only members are told: who was removed would play again as well. */
  playAgain(room: RtcRoom, targets: ReadonlySet<bigint>): void {
    const { messages } = this.#parts;
    for (const uid of targets) {
      const member = room.members.get(uid);
      if (member?.hasEntered !== true) continue;
      const receivers = [...this.#viewersBut(room, uid)];
      messages.sayTo(receivers, room.rid, uid, formatSignal({ kind: 'leave' }));
      messages.sayTo(receivers, room.rid, uid, formatSignal({ kind: 'enter', ...devicesOf(room, member) }));
    }
  }

  *#viewersBut(room: RtcRoom, target: bigint): Iterable<Session> {
    const { sessions, rooms } = this.#parts;
    for (const { uid, sendsSignals } of room.members.values()) {
      if (!sendsSignals || uid === target) continue;
      for (const session of sessions.of(room.pid, uid)) if (rooms.isIn(session, room.rid)) yield session;
    }
  }
}
