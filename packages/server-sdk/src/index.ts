export {
  ADMIN_COMMANDS,
  type AdminCommand,
  type AnswerIn,
  CONVERSATION_TYPES,
  type ConversationType,
  ERROR_CODES,
  ERROR_MEANINGS,
  type MethodName,
  MTYPES,
  type ParamsIn,
  RTC_ROOM_TYPES,
  type RtcRoomType,
} from '@parley/contract';
export { FPNN_CODES } from '@parley/fpnn';
export type { CallOptions, Id } from './call-options.ts';
export type { ChatArguments } from './chat-calls.ts';
export { RtmServerClient } from './client.ts';
export type { RtmServerClientOptions } from './client-options.ts';
export type { ConnectionEnd } from './connection/link.ts';
export type { ReconnectOptions } from './connection/reconnect-schedule.ts';
export type { FileInfo } from './file-info.ts';
export type { HistoryMessage } from './history-message.ts';
export type { HistoryOptions, HistoryResult } from './history-page.ts';
export type { Conversation, WalkOptions } from './history-walk.ts';
export type { Logger } from './logger.ts';
export type { GroupOrRoom } from './recall-calls.ts';
export type { RoomInfo } from './room-calls.ts';
export type { PullOptions, RTCRoomMembers } from './rtc-room-calls.ts';
export { RtmError } from './rtm-error.ts';
export type { MessageBody, SendOptions, SendResult } from './send-calls.ts';
export type { VoiceRoomMembers } from './voice-room-calls.ts';
