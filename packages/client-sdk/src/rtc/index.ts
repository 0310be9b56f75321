export { ADMIN_COMMANDS, type AdminCommand } from '@parley/contract';
export type { RtcCall, RtcCallEnd, RtcCallEvents, RtcCallState } from './calls/rtc-call.ts';
export type { DeviceChange } from './device-control.ts';
export type { DiagnoseOptions } from './doctor/diagnose.ts';
export {
  DIAGNOSIS_STEPS,
  type Diagnosis,
  type DiagnosisStep,
  type DiagnosisStepName,
  type Verdict,
} from './doctor/diagnosis.ts';
export type { RtcRoomEnd, RtcRoomEvents } from './events.ts';
export type { StreamStatistics } from './link-meter.ts';
export { type DeviceInfo, listDevices, onDevicesChanged } from './media-devices.ts';
export type { DeviceKind, RtcMember, RtcRole } from './member.ts';
export type { NetworkQuality } from './network-quality.ts';
export { ParleyRtc, type ParleyRtcEvents, type ParleyRtcOptions } from './parley-rtc.ts';
export type { JoinOptions } from './room-session.ts';
export { RTC_SDK_CODES } from './rtc-codes.ts';
export { RtcRoom } from './rtc-room.ts';
export type { StreamState } from './stream-keeper.ts';
export type { Timers } from './timers.ts';
