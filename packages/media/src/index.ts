export { createMediaEngine, MEDIA_LIMITS, type MediaEngineOptions, type MediaLimits } from './create-media-engine.ts';
export type {
  MediaEnd,
  MediaEngine,
  MediaEngineEvents,
  MediaKind,
  MemberAddress,
  MemberLevel,
  PlayerAddress,
  PlayerStatistics,
  PlayRequest,
  PublisherStatistics,
  PublishRequest,
  RoomStatistics,
  StreamStatistics,
  VoiceFrame,
  WorkerStatistics,
} from './media-engine.ts';
export { MEDIA_ERROR_CODES, MediaError, type MediaErrorCode } from './media-error.ts';
export type { MediaLogger } from './media-logger.ts';
