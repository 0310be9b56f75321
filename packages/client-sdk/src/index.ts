export {
  BUSINESS_MTYPE_MAX,
  BUSINESS_MTYPE_MIN,
  CHAT_MTYPES,
  type ClientAnswerIn,
  type ClientMethodName,
  type ClientParamsIn,
  ERROR_CODES,
  MTYPES,
} from '@parley/contract';
export {
  type FileInfo,
  type HistoryCursor,
  type Id,
  type Logger,
  type ReconnectOptions,
  RtmError,
} from '@parley/contract/sdk';
export { FPNN_CODES } from '@parley/fpnn';
export type { Call, CallOptions } from './call.ts';
export type { BlacklistCalls } from './calls/blacklist-calls.ts';
export type { ConnectionAttributes, ConnectionCalls } from './calls/connection-calls.ts';
export type {
  ConversationCalls,
  ConversationSummary,
  UnreadCounts,
  UnreadOptions,
} from './calls/conversation-calls.ts';
export type { DataCalls } from './calls/data-calls.ts';
export type { DeviceCalls, MutableConversation, MutedConversations } from './calls/device-calls.ts';
export type { FriendCalls } from './calls/friend-calls.ts';
export type { GroupCalls } from './calls/group-calls.ts';
export type { HistoryCalls, MessageRef, TimeSpan } from './calls/history-calls.ts';
export type { HistoryMessage, HistoryOptions, HistoryPage } from './calls/history-page.ts';
export type { RoomCalls } from './calls/room-calls.ts';
export type { Infos, LastMessage } from './calls/shapes.ts';
export type { UserCalls } from './calls/user-calls.ts';
export { ParleyClient } from './client.ts';
export type { ParleyClientOptions } from './client-options.ts';
export { type Connector, type ConnectRequest, webSocketConnector } from './connection/connector.ts';
export type { NetworkEvents } from './connection/network-events.ts';
export type { SessionEnd, SessionState } from './connection/session-keeper.ts';
export type { LoginToken, TokenSupplier } from './connection/token-source.ts';
export type { Conversation, ConversationRef } from './conversation.ts';
export type { ClientEvents } from './events.ts';
export type { FileCalls, FileInput, FileOptions, UploadedFile } from './files/file-calls.ts';
export type { Message, MessageContent } from './messages/message.ts';
export type { MessageBody, SendOptions, SendResult } from './messages/send-options.ts';
export type { PushRouter } from './push-router.ts';
export type { Gap } from './recovery/inbox.ts';
export { VERSION } from './version.ts';
