import { encodePush, type PushOf } from '@parley/contract';
import { encodeQuest } from '@parley/fpnn';
import type { MediaEngine, VoiceFrame } from '@parley/media';
import type { AdminCommands } from '../../rtc/admin-commands.ts';
import { mediaAddressOf, mediaRoomOf } from '../../rtc/media/media-names.ts';
import type { RtcMember } from '../../rtc/rtc-member.ts';
import type { RtcRoom } from '../../rtc/rtc-room.ts';
import type { RtcRoomListener } from '../../rtc/rtc-room-events.ts';
import type { FrameCounters } from './frame-counters.ts';
import type { FrameReceiver } from './frame-receiver.ts';

type Voice = Omit<PushOf<'pushVoice'>, 'uid' | 'rid' | 'timestamp'>;
type Video = Omit<PushOf<'pushVideo'>, 'uid' | 'rid' | 'timestamp'>;

type Parts = { engine: MediaEngine; commands: AdminCommands; counters: FrameCounters; now: () => number };

/** Native clients close a device by themselves when they are told to. Frames after such a pause mean: opened again. */
const REOPENED_AFTER_MS = 1000;

/** Gives the frames of native members to the other native members of their rooms, and voice to and from browsers. */
export class RoomRelay implements RtcRoomListener {
  readonly #parts: Parts;
  readonly #rooms = new Map<RtcRoom, Map<FrameReceiver, RtcMember>>();
  /** When a member sent its last frame of a kind. */
  readonly #lastFrames = { microphone: new WeakMap<RtcMember, number>(), camera: new WeakMap<RtcMember, number>() };
  /** The number of the last voice frame from a browser. */
  readonly #browserSeqs = new WeakMap<RtcMember, bigint>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Rooms with native members. */
  get roomCount(): number {
    return this.#rooms.size;
  }

  join(room: RtcRoom, member: RtcMember, receiver: FrameReceiver): void {
    const receivers = this.#rooms.get(room) ?? new Map<FrameReceiver, RtcMember>();
    if (receivers.size === 0) this.#hear(room, true);
    this.#rooms.set(room, receivers.set(receiver, member));
  }

  leave(room: RtcRoom, receiver: FrameReceiver): void {
    const receivers = this.#rooms.get(room);
    if (receivers?.delete(receiver) !== true || receivers.size > 0) return;
    this.#rooms.delete(room);
    this.#hear(room, false);
  }

  memberLeft(room: RtcRoom, member: RtcMember): void {
    for (const [receiver, of] of this.#rooms.get(room) ?? []) if (of === member) this.leave(room, receiver);
  }

  roomClosed(room: RtcRoom): void {
    for (const receiver of this.#rooms.get(room)?.keys() ?? []) this.leave(room, receiver);
  }

  /** A native member speaks. */
  voice(room: RtcRoom, member: RtcMember, frame: Voice): void {
    if (!this.#maySend(room, member, 'microphone')) return;
    const timestamp = this.#parts.now();
    this.#sendVoice(room, member.uid, { ...frame, timestamp });
    this.#parts.engine.sendVoice(mediaAddressOf(room, member.uid), { data: frame.data, timestampMs: timestamp });
  }

  /** A native member shows itself, to those who asked for it. */
  video(room: RtcRoom, member: RtcMember, frame: Video): void {
    if (!this.#maySend(room, member, 'camera')) return;
    const { uid } = member;
    const timestamp = this.#parts.now();
    let packet: Uint8Array | undefined;
    for (const [receiver, other] of this.#rooms.get(room) ?? []) {
      if (other === member || !other.subscribed.has(uid)) continue;
      const params = { ...frame, uid, rid: room.rid, timestamp };
      packet ??= encodeQuest({ method: 'pushVideo', params: encodePush('pushVideo', params) });
      receiver.send('video', packet);
    }
  }

  /** A member speaks from a browser. */
  hear(room: RtcRoom, member: RtcMember, { data, timestampMs }: VoiceFrame): void {
    if (!room.mayBeHeard(member.uid)) return;
    const seq = (this.#browserSeqs.get(member) ?? 0n) + 1n;
    this.#browserSeqs.set(member, seq);
    this.#sendVoice(room, member.uid, { seq, data, timestamp: Math.round(timestampMs) });
  }

  #sendVoice(room: RtcRoom, uid: bigint, frame: Voice & { timestamp: number }): void {
    let packet: Uint8Array | undefined;
    for (const [receiver, other] of this.#rooms.get(room) ?? []) {
      if (other.uid === uid || other.blocked.has(uid)) continue;
      const params = { ...frame, uid, rid: room.rid };
      packet ??= encodeQuest({ method: 'pushVoice', params: encodePush('pushVoice', params) });
      receiver.send('voice', packet);
    }
  }

  #maySend(room: RtcRoom, member: RtcMember, device: 'microphone' | 'camera'): boolean {
    const { uid } = member;
    const [forbidden, closed] =
      device === 'microphone' ? [room.audioForbidden, room.microphoneClosed] : [room.videoForbidden, room.cameraClosed];
    const now = this.#parts.now();
    const last = this.#lastFrames[device].get(member) ?? Number.NEGATIVE_INFINITY;
    this.#lastFrames[device].set(member, now);
    if (forbidden.has(uid) || (closed.has(uid) && now - last < REOPENED_AFTER_MS)) {
      this.#parts.counters.countLoss('forbidden');
      return false;
    }
    if (closed.has(uid)) this.#parts.commands.open(room, uid, device);
    return true;
  }

  #hear(room: RtcRoom, isWanted: boolean): void {
    // When it fails its worker has gone; the engine keeps the wish for the next one.
    this.#parts.engine.hearVoices(mediaRoomOf(room), isWanted).catch(() => undefined);
  }
}
