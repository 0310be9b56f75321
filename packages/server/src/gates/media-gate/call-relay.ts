import { encodePush, type PushOf } from '@parley/contract';
import { encodeQuest } from '@parley/fpnn';
import type { RtcCall, RtcCallListener } from '../../rtc/rtc-calls.ts';
import type { FrameCounters } from './frame-counters.ts';
import type { FrameReceiver } from './frame-receiver.ts';

type Voice = Omit<PushOf<'pushP2PVoice'>, 'uid' | 'timestamp'>;
type Video = Omit<PushOf<'pushP2PVideo'>, 'uid' | 'timestamp'>;

/** Gives the frames of a call to its other side. */
export class CallRelay implements RtcCallListener {
  readonly #counters: FrameCounters;
  readonly #now: () => number;
  readonly #calls = new Map<RtcCall, Map<bigint, FrameReceiver>>();

  constructor(parts: { counters: FrameCounters; now: () => number }) {
    this.#counters = parts.counters;
    this.#now = parts.now;
  }

  /** A later connection of the same side takes the place of the earlier. */
  join(call: RtcCall, uid: bigint, receiver: FrameReceiver): void {
    this.#calls.set(call, (this.#calls.get(call) ?? new Map<bigint, FrameReceiver>()).set(uid, receiver));
  }

  leave(call: RtcCall, uid: bigint, receiver: FrameReceiver): void {
    const sides = this.#calls.get(call);
    if (sides?.get(uid) !== receiver) return;
    sides.delete(uid);
    if (sides.size === 0) this.#calls.delete(call);
  }

  callEnded(call: RtcCall): void {
    this.#calls.delete(call);
  }

  voice(call: RtcCall, uid: bigint, frame: Voice): void {
    const receiver = this.#otherSide(call, uid);
    const params = () => encodePush('pushP2PVoice', { ...frame, uid, timestamp: this.#now() });
    receiver?.send('voice', encodeQuest({ method: 'pushP2PVoice', params: params() }));
  }

  video(call: RtcCall, uid: bigint, frame: Video): void {
    const receiver = this.#otherSide(call, uid);
    const params = () => encodePush('pushP2PVideo', { ...frame, uid, timestamp: this.#now() });
    receiver?.send('video', encodeQuest({ method: 'pushP2PVideo', params: params() }));
  }

  #otherSide(call: RtcCall, uid: bigint): FrameReceiver | undefined {
    const sides = this.#calls.get(call);
    if (sides === undefined) {
      this.#counters.countLoss('not-in');
      return undefined;
    }
    return sides.get(uid === call.caller.uid ? call.calleeUid : call.caller.uid);
  }
}
