import { ERROR_CODES, RTC_CALL_EVENTS, type RtcCallEvent, type RtcRoomType, RtmError } from '@parley/contract';
import type { Session } from '../sessions/session.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import { type ClientPushes, knowsRtc } from './client-pushes.ts';
import type { Timers } from './timers.ts';

/** Official SDKs give up after this time without telling the server. */
const RING_MS = 30_000;

/** A call of one user to another, while it rings and while they talk. */
export type RtcCall = {
  readonly id: bigint;
  readonly pid: number;
  readonly type: RtcRoomType;
  readonly caller: Session;
  readonly calleeUid: bigint;
  /** The connection that accepted; undefined while it rings. */
  callee: Session | undefined;
  stopRinging: () => void;
};

/** Learns of calls that people talk in. */
export type RtcCallListener = { callAccepted?(call: RtcCall): void; callEnded?(call: RtcCall): void };

/** Whether one user may call another; a promise that rejects with the refusal, undefined when it may. */
export type CallRules = (session: Session, peerUid: bigint) => Promise<void> | undefined;

type Parts = {
  pushes: ClientPushes;
  sessions: SessionDirectory;
  timers: Timers;
  rules: CallRules;
  randomBytes: (size: number) => Buffer;
};

/** Calls between two users. Who rings, is rung or talks is in that one call only. */
export class RtcCalls {
  readonly #parts: Parts;
  readonly #calls = new Map<bigint, RtcCall>();
  readonly #callOfUser = new Map<string, RtcCall>();
  readonly #listeners: RtcCallListener[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#calls.size;
  }

  listen(listener: RtcCallListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Rings at every connection of the other user that takes calls.
   *
   * @returns the id of the call.
   * @throws RtmError 200052, 200055, 700030, and those of the rules.
   */
  async request(session: Session, type: RtcRoomType, peerUid: bigint): Promise<bigint> {
    const { pid } = session.project;
    if (peerUid === session.uid) throw new RtmError(ERROR_CODES.sendToSelf, 'peerUid: a user cannot call itself');
    await this.#parts.rules(session, peerUid);
    // Its connection may have ended meanwhile; then nothing would ever end the call.
    if (!this.#parts.sessions.of(pid, session.uid).has(session)) {
      throw new RtmError(ERROR_CODES.unauthorized, 'the connection is not logged in any more');
    }
    const ringing = this.#reachable(pid, peerUid);
    if (ringing.length === 0) {
      throw new RtmError(ERROR_CODES.notOnline, `peerUid: user ${peerUid} has no connection that takes calls`);
    }
    for (const uid of [session.uid, peerUid]) {
      if (this.#callOfUser.has(nameOf(pid, uid))) {
        throw new RtmError(ERROR_CODES.rtcPeerBusy, `peerUid: user ${uid} is in a call already`);
      }
    }
    const call: RtcCall = {
      id: this.#newId(),
      pid,
      type,
      caller: session,
      calleeUid: peerUid,
      callee: undefined,
      stopRinging: this.#parts.timers.after(RING_MS, () => this.#ringOut(call)),
    };
    this.#calls.set(call.id, call);
    for (const uid of [session.uid, peerUid]) this.#callOfUser.set(nameOf(pid, uid), call);
    const params = { callId: call.id, peerUid: session.uid, type, pid };
    this.#parts.pushes.send('pushP2PRTCRequest', params, ringing);
    return call.id;
  }

  /** @throws RtmError 700006, 700010. */
  cancel(session: Session, callId: bigint): void {
    const call = this.#requireRinging(session, callId, 'caller');
    this.#end(call);
    this.#tellCallee(call, RTC_CALL_EVENTS.cancelled);
  }

  /** @throws RtmError 700006, 700010. */
  accept(session: Session, callId: bigint): void {
    const call = this.#requireRinging(session, callId, 'callee');
    call.stopRinging();
    call.callee = session;
    this.#tellCaller(call, RTC_CALL_EVENTS.accepted);
    this.#stopOtherPhones(call, session);
    for (const listener of this.#listeners) listener.callAccepted?.(call);
  }

  /** @throws RtmError 700006, 700010. */
  refuse(session: Session, callId: bigint): void {
    const call = this.#requireRinging(session, callId, 'callee');
    this.#end(call);
    this.#tellCaller(call, RTC_CALL_EVENTS.refused);
    this.#stopOtherPhones(call, session);
  }

  /** Hangs up; while it rings the caller cancels by this, and the callee refuses. @throws RtmError 700006. */
  close(session: Session, callId: bigint): void {
    const call = this.#require(session, callId);
    if (call.callee !== undefined) this.#hangUp(call, session.uid);
    else if (call.caller.uid === session.uid) this.cancel(session, callId);
    else this.refuse(session, callId);
  }

  /** The call that two users talk in, if this is one. */
  find(pid: number, callId: bigint, uid: bigint, peerUid: bigint): RtcCall | undefined {
    const call = this.#calls.get(callId);
    if (call === undefined || call.pid !== pid || call.callee === undefined) return undefined;
    return sidesOf(call).every((side) => side === uid || side === peerUid) && uid !== peerUid ? call : undefined;
  }

  /** A connection has ended, and its call with it. Ringing goes on at the other connections of who is called. */
  handleLogout(session: Session): void {
    const call = this.#callOfUser.get(nameOf(session.project.pid, session.uid));
    if (call === undefined) return;
    if (call.callee !== undefined) {
      if (session === call.caller || session === call.callee) this.#hangUp(call, session.uid);
    } else if (session === call.caller) {
      this.#end(call);
      this.#tellCallee(call, RTC_CALL_EVENTS.cancelled);
    } else if (this.#reachable(call.pid, call.calleeUid).length === 0) {
      this.#end(call);
      this.#tellCaller(call, RTC_CALL_EVENTS.noAnswer);
    }
  }

  /** Lets nothing ring on. */
  stop(): void {
    for (const call of this.#calls.values()) call.stopRinging();
  }

  /** The media gate asks for no more than this number, so nobody may guess it. SDKs in JavaScript take 53 bits. */
  #newId(): bigint {
    for (;;) {
      const id = this.#parts.randomBytes(8).readBigUInt64BE() >> 11n;
      if (id > 0n && !this.#calls.has(id)) return id;
    }
  }

  #ringOut(call: RtcCall): void {
    this.#end(call);
    this.#tellCaller(call, RTC_CALL_EVENTS.noAnswer);
    this.#tellCallee(call, RTC_CALL_EVENTS.cancelled);
  }

  #hangUp(call: RtcCall, by: bigint): void {
    this.#end(call);
    if (by === call.caller.uid) this.#tellCallee(call, RTC_CALL_EVENTS.hungUp);
    else this.#tellCaller(call, RTC_CALL_EVENTS.hungUp);
  }

  #end(call: RtcCall): void {
    call.stopRinging();
    this.#calls.delete(call.id);
    for (const uid of sidesOf(call)) this.#callOfUser.delete(nameOf(call.pid, uid));
    if (call.callee === undefined) return;
    for (const listener of this.#listeners) listener.callEnded?.(call);
  }

  #tellCaller(call: RtcCall, event: RtcCallEvent): void {
    this.#tell(call, event, call.calleeUid, [call.caller]);
  }

  #tellCallee(call: RtcCall, event: RtcCallEvent): void {
    const sessions = call.callee === undefined ? this.#reachable(call.pid, call.calleeUid) : [call.callee];
    this.#tell(call, event, call.caller.uid, sessions);
  }

  /** One connection of the callee has answered; the others ring no more. */
  #stopOtherPhones(call: RtcCall, answering: Session): void {
    const others = this.#reachable(call.pid, call.calleeUid).filter((session) => session !== answering);
    this.#tell(call, RTC_CALL_EVENTS.cancelled, call.caller.uid, others);
  }

  #tell({ id: callId, type }: RtcCall, event: RtcCallEvent, peerUid: bigint, sessions: Iterable<Session>): void {
    this.#parts.pushes.send('pushP2PRTCEvent', { callId, peerUid, type, event }, sessions);
  }

  #reachable(pid: number, uid: bigint): Session[] {
    return [...this.#parts.sessions.of(pid, uid)].filter(knowsRtc);
  }

  #require(session: Session, callId: bigint): RtcCall {
    const call = this.#calls.get(callId);
    if (call !== undefined && call.pid === session.project.pid && sidesOf(call).includes(session.uid)) return call;
    throw new RtmError(ERROR_CODES.rtcInvalidParameter, `callId: user ${session.uid} is in no call ${callId}`);
  }

  #requireRinging(session: Session, callId: bigint, side: 'caller' | 'callee'): RtcCall {
    const call = this.#require(session, callId);
    const own = side === 'caller' ? call.caller.uid : call.calleeUid;
    if (own !== session.uid) {
      throw new RtmError(
        ERROR_CODES.rtcInvalidParameter,
        `callId: user ${session.uid} is not the ${side} of ${callId}`,
      );
    }
    if (call.callee === undefined) return call;
    throw new RtmError(ERROR_CODES.rtcInvalidOperation, `callId: call ${callId} does not ring any more`);
  }
}

function sidesOf(call: RtcCall): bigint[] {
  return [call.caller.uid, call.calleeUid];
}

function nameOf(pid: number, uid: bigint): string {
  return `${pid}:${uid}`;
}
