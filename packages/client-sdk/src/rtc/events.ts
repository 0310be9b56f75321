import type { AdminCommand } from '@parley/contract';
import type { RtmError } from '@parley/contract/sdk';
import type { DeviceChange } from './device-control.ts';
import type { StreamStatistics } from './link-meter.ts';
import type { DeviceKind, RtcMember } from './member.ts';
import type { NetworkQuality } from './network-quality.ts';
import type { StreamState } from './stream-keeper.ts';

/** Why a room has ended for this client. */
export type RtcRoomEnd = {
  readonly reason: /** `leave()` was called. */
    | 'left'
    /** Somebody removed the user; also by a ban, or by ending its session. */
    | 'kicked'
    /** The room was closed. */
    | 'closed'
    /** The session of the client has ended. */
    | 'session-ended'
    /** After a lost connection the room could not be entered again. */
    | 'lost';
  /** Who removed the user; 0 for the server. */
  readonly byUid?: bigint;
  readonly error?: RtmError;
};

/** What a room tells, by the name of the event. */
export type RtcRoomEvents = {
  memberJoined: { readonly member: RtcMember };
  memberLeft: { readonly member: RtcMember };
  /** A device, a role or what is forbidden has changed. */
  memberChanged: { readonly member: RtcMember; readonly previous: RtcMember };
  speaking: { readonly uid: bigint; readonly isSpeaking: boolean };
  /** Undefined while nobody speaks. */
  activeSpeaker: { readonly uid: bigint | undefined };
  /** How loud everybody is, 0 to 1, four times a second. */
  levels: { readonly levels: ReadonlyMap<bigint, number> };
  /** Once a second, by uid; the own one is what is published. */
  statistics: { readonly statistics: ReadonlyMap<bigint, StreamStatistics> };
  /** The worst of all streams. */
  qualityChanged: { readonly quality: NetworkQuality };
  /** Whether the media of a member flows; the own uid is what is published. */
  streamState: { readonly uid: bigint; readonly state: StreamState };
  /** A stream did not come up, and is tried again. Without an error no media came through: see `diagnose`. */
  streamFailed: { readonly uid: bigint; readonly error: RtmError | undefined };
  /** An own device is open or closed now: by a call, by command of an administrator, or because it is gone. */
  deviceChanged: { readonly device: DeviceKind; readonly isOpen: boolean; readonly by: DeviceChange };
  /** Somebody commands members; it has been carried out. */
  command: { readonly command: AdminCommand; readonly uids: readonly bigint[] };
  /** A member sent an event of the application's own. */
  roomEvent: { readonly event: Uint8Array };
  /** Another page of the user publishes in the room now, and this one does so no longer. `publishAgain` takes it back. */
  replaced: Record<never, never>;
  /** The connection was lost, and the room was entered again; streams come back on their own. */
  restored: Record<never, never>;
  /** The room has ended for this client, for whatever reason. Nothing is told after it. */
  ended: RtcRoomEnd;
};
