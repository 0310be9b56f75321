export { ADMIN_COMMAND_LABELS, ADMIN_COMMANDS, type AdminCommand } from './admin-commands.ts';
export { decodeAnswer, encodeAnswer } from './answers.ts';
export {
  type AuthParams,
  authParams,
  COMMON_REFUSALS,
  checkAuthParams,
  signText,
  untimedSignText,
} from './auth.ts';
export {
  type ChatBody,
  type ChatBodyInput,
  type ChatTranslation,
  clientPushBody,
  type PushBody,
  serverPushBody,
} from './chat-body.ts';
export { checkClientParams } from './check-client-params.ts';
export { checkParams } from './check-params.ts';
export { CLEARED_MESSAGES, CLEARED_MESSAGES_LABELS, type ClearedMessages } from './cleared-messages.ts';
export { decodeClientAnswer, encodeClientAnswer, encodeClientParams } from './client-calls.ts';
export { type ClientMethodName, clientMethods, isClientMethodName } from './client-methods.ts';
export { CLIENT_COMMON_REFUSALS } from './client-refusals.ts';
export { compileParams, type ParamsChecker } from './compile-params.ts';
export { CONVERSATION_TYPE_LABELS, CONVERSATION_TYPES, type ConversationType } from './conversation-types.ts';
export type { MethodDeclaration, Refusals } from './declaration.ts';
export type { PushDeclaration } from './declare-pushes.ts';
export type {
  AnswerIn,
  AnswerOf,
  CheckedParams,
  ClientAnswerIn,
  ClientAnswerOf,
  ClientParamsIn,
  ClientParamsOut,
  GivenAnswer,
  GivenParams,
  ParamsIn,
  ParamsOut,
  PushIn,
  PushOf,
  ReadAnswer,
} from './declared-types.ts';
export { encodeParams } from './encode-params.ts';
export { ERROR_CODES, ERROR_MEANINGS, type ErrorCode, type ErrorName, errorNameOf } from './error-codes.ts';
export type { AnswerField, FieldDeclaration, ParamField, Presence, PushField } from './fields.ts';
export { type FileAttrs, fileSignText, formatFileMessage, readFileAttrs } from './file-attrs.ts';
export {
  FILE_COMMANDS,
  type FileCommand,
  fileMethodOf,
  SERVER_FILE_COMMANDS,
  type ServerFileCommand,
} from './file-commands.ts';
export {
  checkFileParams,
  checkFileTokenParams,
  decodeFileAnswer,
  encodeFileAnswer,
  encodeFileParams,
  FILE_COMMON_REFUSALS,
  type FileAnswerIn,
  type FileAnswerOf,
  type FileParamsIn,
  type FileParamsOut,
  type FileTokenParams,
  fileTokenParams,
} from './file-gate-calls.ts';
export { type FileGateMethodName, fileGateMethods, isFileGateMethodName } from './file-gate-methods.ts';
export { CONVERSATIONS_KEPT_MAX, DEBUG_LINES_PER_SECOND, UNREAD_SCAN_MAX } from './fixed-limits.ts';
export { GateCalls } from './gate-calls.ts';
export { GATE_RULES, type Gate, type GateRules } from './gates.ts';
export {
  decodeHistoryUnit,
  decodeP2pHistoryUnit,
  encodeHistoryUnit,
  type HistoryUnit,
  type HistoryUnitInput,
  P2P_DIRECTIONS,
  type P2pDirection,
  type P2pHistoryUnit,
  type P2pHistoryUnitInput,
} from './history-unit.ts';
export { DEFAULT_LIMITS, LIMIT_MEANINGS, type LimitName, type ProjectLimits } from './limits.ts';
export { LISTEN_EVENTS, type ListenEvent } from './listen-events.ts';
export { type MediaMethodName, mediaCalls, mediaMethodOf, mediaMethods } from './media-methods.ts';
export { isMethodName, type MethodName, methods } from './methods.ts';
export {
  BUSINESS_MTYPE_MAX,
  BUSINESS_MTYPE_MIN,
  CHAT_MTYPES,
  FILE_MTYPE_MAX,
  FILE_MTYPE_MIN,
  isFileMtype,
  MTYPE_MAX,
  MTYPE_MIN,
  MTYPES,
} from './mtypes.ts';
export { type ParamRefusal, paramRefusals } from './param-refusals.ts';
export { PUSH_OPTION_TYPE_LABELS, PUSH_OPTION_TYPES, type PushOptionType } from './push-option-types.ts';
export { decodePush, encodePush } from './push-params.ts';
export { isPushName, type PushName, pushes } from './pushes.ts';
export {
  type DeviceStates,
  formatRoomSignal,
  parseRoomSignal,
  ROOM_SIGNAL_MARK,
  ROOM_SIGNAL_MAX_BYTES,
  type RoomSignal,
} from './room-signals.ts';
export { RTC_CALL_EVENT_LABELS, RTC_CALL_EVENTS, type RtcCallEvent } from './rtc-call-events.ts';
export { RTC_ROOM_TYPE_LABELS, RTC_ROOM_TYPES, type RtcRoomType } from './rtc-room-types.ts';
export { RtmError } from './rtm-error.ts';
export {
  CLIENT_SUBJECTS,
  type ClientSubject,
  MEDIA_SUBJECTS,
  type MediaSubject,
  SUBJECTS,
  type Subject,
  WEB_RTC_SUBJECTS,
  type WebRtcSubject,
} from './subjects.ts';
export {
  isWebRtcMethodName,
  type WebRtcAnswerIn,
  type WebRtcMethodName,
  type WebRtcParamsIn,
  webRtcCalls,
  webRtcMethods,
} from './web-rtc-methods.ts';
