import {
  DEFAULT_LIMITS,
  ERROR_CODES,
  type MediaMethodName,
  type MethodDeclaration,
  mediaCalls,
  mediaMethodOf,
  mediaMethods,
  RtmError,
} from '@parley/contract';
import { FpnnError, type IncomingQuest, type WireMap } from '@parley/fpnn';
import type { Connection, ConnectionHandlers } from '@parley/fpnn/node';
import type { ProjectDirectory } from '../../projects/project-directory.ts';
import type { Project } from '../../projects/project-settings.ts';
import type { Rtc } from '../../rtc/rtc.ts';
import type { RtcCall } from '../../rtc/rtc-calls.ts';
import type { RtcMember } from '../../rtc/rtc-member.ts';
import type { RtcRoom } from '../../rtc/rtc-room.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { CallCounters } from '../server-gate/call-counters.ts';
import { CallRate } from '../server-gate/call-rate.ts';
import type { CallRelay } from './call-relay.ts';
import type { FrameCounters } from './frame-counters.ts';
import { FrameReceiver } from './frame-receiver.ts';
import type { RoomRelay } from './room-relay.ts';

/** What every connection of the gate shares. */
export type MediaGateParts = {
  projects: ProjectDirectory;
  rtc: Rtc;
  roomRelay: RoomRelay;
  callRelay: CallRelay;
  calls: CallCounters;
  frames: FrameCounters;
  log: Logger;
  now: () => number;
};

/** Voice has 50 frames a second in each room, video 30; bursts after a pause of the network come on top. */
const FRAMES_PER_SECOND_MAX = 400;
/** A connection that has not bound itself to anything by then is closed. */
const BIND_MS = 15_000;

type FrameMethod = 'voice' | 'video' | 'voiceP2P' | 'videoP2P';
type User = { readonly project: Project; readonly uid: bigint };
type Place = { readonly room: RtcRoom; readonly member: RtcMember };

/** One connection of a native client: bound to rooms by tickets, or to a call, it sends and gets frames. */
export class MediaConnection implements ConnectionHandlers {
  readonly #parts: MediaGateParts;
  readonly #connection: Connection;
  readonly #receiver: FrameReceiver;
  readonly #frameRate: CallRate;
  readonly #bindTimer: NodeJS.Timeout;
  readonly #places = new Map<bigint, Place>();
  #user: User | undefined;
  #call: RtcCall | undefined;

  constructor(parts: MediaGateParts, connection: Connection) {
    this.#parts = parts;
    this.#connection = connection;
    this.#receiver = new FrameReceiver(connection, parts.frames);
    this.#frameRate = new CallRate(FRAMES_PER_SECOND_MAX, parts.now());
    this.#bindTimer = setTimeout(() => connection.close(), BIND_MS).unref();
  }

  onQuest(quest: IncomingQuest): void {
    const method = mediaMethodOf(quest.method);
    this.#parts.calls.countCall(method ?? 'unknown');
    try {
      if (method === undefined) throw new FpnnError(ERROR_CODES.unknownMethod, `there is no method ${quest.method}`);
      quest.answer(this.#serve(method, quest.params));
    } catch (error) {
      this.#refuse(quest, method ?? 'unknown', error);
    }
  }

  onClose(): void {
    const { rtc, roomRelay, callRelay } = this.#parts;
    clearTimeout(this.#bindTimer);
    for (const { room } of this.#places.values()) roomRelay.leave(room, this.#receiver);
    this.#places.clear();
    rtc.rooms.leaveWay(this);
    if (this.#call !== undefined) callRelay.leave(this.#call, this.#user!.uid, this.#receiver);
  }

  #serve(method: MediaMethodName, params: WireMap) {
    const { isOneWay = false }: MethodDeclaration = mediaMethods[method];
    if (isOneWay) {
      this.#takeFrame(method as FrameMethod, params);
      return {};
    }
    switch (method) {
      case 'enterRTCRoom':
        return mediaCalls.encodeAnswer(method, this.#enter(params));
      case 'setP2PRequest':
        this.#joinCall(params);
        return {};
      case 'adjustTime':
        return mediaCalls.encodeAnswer(method, { ts: this.#parts.now() });
      default:
        return {};
    }
  }

  #enter(params: WireMap) {
    const { pid, uid, rid, token } = mediaCalls.check('enterRTCRoom', params, DEFAULT_LIMITS);
    const project = this.#requireProject(pid);
    this.#requireUser(project, uid);
    const { rtc, roomRelay } = this.#parts;
    const { room, member } = rtc.entrance.enterWithTicket(project, { rid, uid, token: token.text }, this);
    this.#bind(project, uid);
    const before = this.#places.get(rid);
    if (before !== undefined) roomRelay.leave(before.room, this.#receiver);
    this.#places.set(rid, { room, member });
    roomRelay.join(room, member, this.#receiver);
    return {
      microphone: room.isMicrophoneOpen && room.mayBeHeard(uid),
      uids: [...room.members.keys()],
      administrators: [...room.administrators],
      owner: room.owner,
    };
  }

  /** Calls have no ticket: who knows the number of an accepted one, which cannot be guessed, is one of the two. */
  #joinCall(params: WireMap): void {
    const { pid, uid, peerUid, callId } = mediaCalls.check('setP2PRequest', params, DEFAULT_LIMITS);
    const project = this.#requireProject(pid);
    this.#requireUser(project, uid);
    const { rtc, callRelay } = this.#parts;
    const call = rtc.calls.find(pid, callId, uid, peerUid);
    if (call === undefined) {
      throw new RtmError(
        ERROR_CODES.rtcInvalidParameter,
        `callId: users ${uid} and ${peerUid} do not talk in a call ${callId}`,
      );
    }
    this.#bind(project, uid);
    if (this.#call !== undefined) callRelay.leave(this.#call, uid, this.#receiver);
    this.#call = call;
    callRelay.join(call, uid, this.#receiver);
  }

  #takeFrame(method: FrameMethod, params: WireMap): void {
    const { frames, now } = this.#parts;
    frames.received += 1;
    if (!this.#frameRate.take(FRAMES_PER_SECOND_MAX, now())) frames.countLoss('rate');
    else if (this.#user === undefined) frames.countLoss('not-in');
    else if (method === 'voice' || method === 'video') this.#relayInRoom(method, params, this.#user.project);
    else this.#relayInCall(method, params, this.#user);
  }

  #relayInRoom(method: 'voice' | 'video', params: WireMap, { settings }: Project): void {
    const { roomRelay, frames } = this.#parts;
    const frame = mediaCalls.check(method, params, settings.limits);
    const place = this.#places.get(frame.rid);
    if (place === undefined || !this.#isIn(place)) frames.countLoss('not-in');
    else if ('flags' in frame) roomRelay.video(place.room, place.member, frame);
    else roomRelay.voice(place.room, place.member, frame);
  }

  #relayInCall(method: 'voiceP2P' | 'videoP2P', params: WireMap, { project, uid }: User): void {
    const { callRelay, frames } = this.#parts;
    const frame = mediaCalls.check(method, params, project.settings.limits);
    if (this.#call === undefined) frames.countLoss('not-in');
    else if ('flags' in frame) callRelay.video(this.#call, uid, frame);
    else callRelay.voice(this.#call, uid, frame);
  }

  /** The membership that the ticket was for may have ended, and the room with it. */
  #isIn({ room, member }: Place): boolean {
    return this.#parts.rtc.rooms.find(room.pid, room.rid) === room && room.members.get(member.uid) === member;
  }

  #requireProject(pid: number): Project {
    const project = this.#parts.projects.find(pid);
    if (project !== undefined) return project;
    throw new RtmError(ERROR_CODES.invalidPidOrUid, `pid: there is no project ${pid}`);
  }

  /** A connection is one user's, and carries pushes. */
  #requireUser(project: Project, uid: bigint): void {
    if (this.#connection.transport === 'http') {
      throw new RtmError(ERROR_CODES.forbidden, 'nothing can be pushed over HTTP; come over TCP or WebSocket');
    }
    const user = this.#user;
    if (user === undefined || (user.project.pid === project.pid && user.uid === uid)) return;
    throw new RtmError(ERROR_CODES.rtcInvalidOperation, `uid: the connection is bound to user ${user.uid}`);
  }

  #bind(project: Project, uid: bigint): void {
    this.#user ??= { project, uid };
    clearTimeout(this.#bindTimer);
  }

  #refuse(quest: IncomingQuest, method: string, error: unknown): void {
    const known = error instanceof FpnnError ? error : undefined;
    const code = known?.code ?? ERROR_CODES.fpnnUnknown;
    this.#parts.calls.countRefusal(method, code);
    if (known === undefined) this.#parts.log.error('a media call failed', { method, code, cause: String(error) });
    quest.fail(code, known?.message ?? 'the server could not serve this call');
  }
}
