import { randomBytes } from 'node:crypto';
import { ERROR_CODES, RtmError } from '@parley/contract';
import type { Delivery } from '../delivery/delivery.ts';
import type { SendRules } from '../messaging/send-rules.ts';
import type { RoomService } from '../rooms/room-service.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { UserService } from '../users/user-service.ts';
import { AdminCommands } from './admin-commands.ts';
import { ClientPushes } from './client-pushes.ts';
import { DeviceReports } from './device-reports.ts';
import { MemberWishes } from './member-wishes.ts';
import { RoomPushes } from './room-pushes.ts';
import { RtcCalls } from './rtc-calls.ts';
import { RtcEntrance } from './rtc-entrance.ts';
import { RtcRoomEvents } from './rtc-room-events.ts';
import { RtcRooms } from './rtc-rooms.ts';
import { RtcTickets } from './rtc-tickets.ts';
import { SignalFilter } from './signal-filter.ts';
import { SignalMessages } from './signal-messages.ts';
import { SignalSpeaker } from './signal-speaker.ts';
import type { Timers } from './timers.ts';
import { WebMembers } from './web-members.ts';

export type RtcParts = {
  sessions: SessionDirectory;
  delivery: Pick<Delivery, 'deliver' | 'encoder'>;
  rooms: Pick<RoomService, 'listen' | 'isBanned' | 'isPresent'>;
  users: Pick<UserService, 'listen'>;
  rules: Pick<SendRules, 'checkUsers'>;
  timers: Timers;
};

/**
 * Control of voice and video: the parts, wired to each other and to what else ends a membership. Media is not in here;
 * whoever moves it listens to `events` and `calls`.
 */
export class Rtc {
  readonly events = new RtcRoomEvents();
  readonly rooms: RtcRooms;
  readonly entrance: RtcEntrance;
  readonly commands: AdminCommands;
  readonly wishes: MemberWishes;
  readonly tickets: RtcTickets;
  readonly calls: RtcCalls;
  readonly signals: SignalFilter;
  readonly web: WebMembers;
  readonly pushes: RoomPushes;
  readonly devices: DeviceReports;
  /** Pushes to single connections. */
  readonly clientPushes: ClientPushes;
  readonly signalMessages: SignalMessages;
  readonly #speaker: SignalSpeaker;

  constructor({ sessions, delivery, rooms: rtmRooms, users, rules, timers }: RtcParts) {
    const { events } = this;
    const pushes = new ClientPushes(delivery.encoder);
    const rooms = new RtcRooms({ events, timers });
    this.rooms = rooms;
    this.tickets = new RtcTickets(randomBytes);
    this.entrance = new RtcEntrance({ rooms, tickets: this.tickets, bans: rtmRooms });
    this.commands = new AdminCommands({ rooms, events });
    this.devices = new DeviceReports({ commands: this.commands, events });
    this.clientPushes = pushes;
    this.signalMessages = new SignalMessages(delivery, timers.now);
    this.wishes = new MemberWishes(events);
    this.calls = new RtcCalls({ pushes, sessions, timers, rules: callRules(rules), randomBytes });
    this.pushes = new RoomPushes({ pushes, sessions, tickets: this.tickets, now: timers.now });
    this.signals = new SignalFilter({
      rooms,
      sessions,
      commands: this.commands,
      onMicrophone: (room, uid, isOpen) => this.pushes.microphone(room, uid, isOpen),
    });
    this.web = new WebMembers({
      rooms,
      entrance: this.entrance,
      commands: this.commands,
      signals: this.signals,
      sessions,
      isInRoom: (pid, rid, uid) => rtmRooms.isPresent(pid, rid, uid),
      timers,
    });
    this.entrance.onEntered((room, uid) => this.web.handleRtcRoomEntered(room, uid));
    this.#speaker = new SignalSpeaker({
      rooms,
      speak: (pid, rid, from, attrs) => this.signalMessages.sayToRoom(pid, rid, from, attrs),
      timers,
    });
    for (const listener of [this.pushes, this.tickets, this.signals, this.#speaker, this.web]) events.listen(listener);

    sessions.listen({ onLogout: (session, isLast) => this.#handleLogout(session, isLast) });
    users.listen({
      onKickedOut: ({ pid }, uid) => {
        rooms.removeUser(pid, uid, 'loggedOut');
        this.web.handleRemoved(pid, uid, 'loggedOut');
      },
    });
    rtmRooms.listen({
      onEntered: ({ pid }, rid, uid) => this.web.handleRoomEntered(pid, rid, uid),
      onLeft: ({ pid }, rid, uid, cause) => this.web.handleRoomLeft(pid, rid, uid, cause),
      onBanned: ({ pid }, rid, uid) => this.#handleBan(pid, rid, uid),
    });
  }

  close(): void {
    this.#speaker.close();
    this.calls.stop();
  }

  #handleLogout(session: Session, isLast: boolean): void {
    const { project, uid } = session;
    this.tickets.forget(session, this.rooms.roomsOf(project.pid, uid));
    this.rooms.handleLogout(session, isLast);
    this.calls.handleLogout(session);
    if (!isLast) return;
    this.web.handleOffline(project.pid, uid);
    this.signals.forgetUser(project.pid, uid);
  }

  #handleBan(pid: number, rid: bigint | undefined, uid: bigint): void {
    for (const room of this.rooms.roomsOf(pid, uid)) {
      if (rid === undefined || room.rid === rid) this.rooms.remove(room, uid, 'banned');
    }
    this.web.handleRemoved(pid, uid, 'banned', rid);
  }
}

/** Who may send a message to a user may call it. */
function callRules(rules: RtcParts['rules']) {
  return async ({ project, uid }: Session, peerUid: bigint): Promise<void> => {
    try {
      await rules.checkUsers(project, { from: uid, gate: 'client' }, [peerUid]);
    } catch (error) {
      if (!(error instanceof RtmError)) throw error;
      const sentence =
        error.code === ERROR_CODES.blockUser
          ? `peerUid: user ${uid} is muted in the whole project`
          : `peerUid: user ${uid} may not call user ${peerUid}`;
      throw new RtmError(error.code, sentence);
    }
  };
}
