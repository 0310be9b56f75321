import { CONVERSATION_TYPES } from '@parley/contract';
import { RawString, type WireMap } from '@parley/fpnn';
import type { DeliveredMessage } from '../../src/delivery/delivered-message.ts';
import type { Project } from '../../src/projects/project-settings.ts';
import type { RoomLeaveCause, RoomListener } from '../../src/rooms/room-listener.ts';
import { Rtc } from '../../src/rtc/rtc.ts';
import type { RtcRoomListener } from '../../src/rtc/rtc-room-events.ts';
import { PushEncoder } from '../../src/sessions/push-batch.ts';
import type { Session } from '../../src/sessions/session.ts';
import { SessionDirectory } from '../../src/sessions/session-directory.ts';
import type { UserListener } from '../../src/users/user-service.ts';
import { ManualTimers } from './manual-timers.ts';
import { project, recordedSession, type SeenPush } from './recorded-session.ts';

export type RtcUser = {
  readonly session: Session;
  /** The pushes since the last call: the method and what it carries, without times and tickets. */
  told(): [string, Record<string, unknown>][];
  /** The ticket of the last pull. */
  ticket(): string;
  logOut(): void;
};

/** The control of RTC with everything around it played by the test: who is online, in RTM rooms, banned, and the time. */
export class RtcWorld {
  readonly project: Project;
  readonly timers = new ManualTimers();
  readonly sessions = new SessionDirectory();
  readonly rtc: Rtc;
  /** Signals spoken by the server: from whom, and the attrs. */
  readonly spoken: [bigint, string][] = [];
  /** Names of events with the users they are about. */
  readonly events: string[] = [];
  /** Whether one user may call another; looked up at every call. */
  callVerdict: Promise<void> | undefined;
  readonly #inRooms = new Set<string>();
  readonly #banned = new Set<string>();
  #rooms: RoomListener = {};
  #users: UserListener = {};

  constructor(settings: object = {}) {
    this.project = project(1, settings);
    this.rtc = new Rtc({
      sessions: this.sessions,
      timers: this.timers,
      delivery: { encoder: new PushEncoder(this.timers.now), deliver: (message) => this.#hear(message) },
      rules: { checkUsers: () => this.callVerdict },
      users: { listen: (listener) => (this.#users = listener) },
      rooms: {
        listen: (listener) => (this.#rooms = listener),
        isBanned: (_project, rid, uid) => this.#banned.has(`${rid}:${uid}`),
        isPresent: (_pid, rid, uid) => this.#inRooms.has(`${rid}:${uid}`),
      },
    });
    this.rtc.events.listen(this.#recorder());
  }

  logIn(uid: bigint, version = 'Unity-Native-1.0'): RtcUser {
    const { session, pushes } = recordedSession(uid, { project: this.project, version });
    this.sessions.add(session);
    let seen = 0;
    return {
      session,
      told: () => {
        const all = pushes();
        const fresh = all.slice(seen);
        seen = all.length;
        return fresh.map(comparable);
      },
      ticket: () => {
        const pull = pushes().findLast(({ method }) => method === 'pushPullIntoRTCRoom')!;
        return (pull.params.get('token') as RawString).text;
      },
      logOut: () => this.sessions.remove(session),
    };
  }

  enterRtmRoom(rid: bigint, uid: bigint): void {
    this.#inRooms.add(`${rid}:${uid}`);
    this.#rooms.onEntered?.(this.project, rid, uid);
  }

  leaveRtmRoom(rid: bigint, uid: bigint, cause: RoomLeaveCause): void {
    this.#inRooms.delete(`${rid}:${uid}`);
    this.#rooms.onLeft?.(this.project, rid, uid, cause);
  }

  ban(rid: bigint, uid: bigint): void {
    this.#banned.add(`${rid}:${uid}`);
    this.#rooms.onBanned?.(this.project, rid, uid);
  }

  kickOut(uid: bigint): void {
    this.#users.onKickedOut?.(this.project, uid);
  }

  /** A browser publishes; what is returned is what it published with, and counts its endings. */
  publish(rid: bigint, uid: bigint): { ended: number; end(): void } {
    const state = { ended: 0, end: () => {} };
    const publication = { project: this.project, rid, uid, onEnded: () => void (state.ended += 1) };
    this.rtc.web.publish(publication);
    state.end = () => this.rtc.web.unpublish(publication);
    return state;
  }

  /** What becomes of a signal that a user sends. */
  signal(rid: bigint, from: bigint, attrs: string): string | undefined {
    const verdict = this.rtc.signals.judge(this.project, rid, from, new RawString(Buffer.from(attrs)));
    return typeof verdict === 'object' ? verdict.attrs.text : verdict;
  }

  members(rid: bigint): bigint[] | undefined {
    const room = this.rtc.rooms.find(this.project.pid, rid);
    return room && [...room.members.keys()];
  }

  /** What has happened since the last call. */
  happened(): string[] {
    return this.events.splice(0);
  }

  #hear(message: DeliveredMessage): void {
    if (message.type !== CONVERSATION_TYPES.room || message.mtype !== 32) throw new Error('this is no signal');
    this.spoken.push([message.from, message.attrs.text]);
  }

  #recorder(): RtcRoomListener {
    const note = (event: string) => void this.events.push(event);
    return {
      roomOpened: ({ rid }) => note(`opened ${rid}`),
      roomClosed: ({ rid }) => note(`closed ${rid}`),
      memberPulled: (_room, { uid }) => note(`pulled ${uid}`),
      memberEntered: (_room, { uid }) => note(`entered ${uid}`),
      memberLeft: (_room, { uid }, reason, by) => note(`left ${uid} ${reason} ${by}`),
      audioForbidden: (_room, uid, isForbidden) => note(`audio ${uid} ${isForbidden}`),
      videoForbidden: (_room, uid, isForbidden) => note(`video ${uid} ${isForbidden}`),
      microphoneClosed: (_room, uid) => note(`microphone closed ${uid}`),
      microphoneOpened: (_room, uid) => note(`microphone opened ${uid}`),
      cameraClosed: (_room, uid) => note(`camera closed ${uid}`),
      cameraOpened: (_room, uid) => note(`camera opened ${uid}`),
      blocksChanged: (_room, { uid, blocked }) => note(`blocks ${uid} ${[...blocked]}`),
      subscriptionsChanged: (_room, { uid, subscribed }) => note(`subscriptions ${uid} ${[...subscribed]}`),
      commandGiven: (_room, command) => note(`command ${command}`),
    };
  }
}

function comparable({ method, params }: SeenPush): [string, Record<string, unknown>] {
  const { mtime: _, token: __, ...others } = Object.fromEntries(params as WireMap);
  return [method, others];
}
