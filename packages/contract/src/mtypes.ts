/** Message types with a fixed meaning. The others up to 50 are reserved; applications use 51..127. */
export const MTYPES = {
  /** Text chat. */
  chat: 30,
  /** Audio chat of the first SDK generation; the body is audio. */
  audio: 31,
  /** A command: text for programs, not shown to people. */
  command: 32,
  imageFile: 40,
  audioFile: 41,
  videoFile: 42,
  /** Any other file. */
  otherFile: 50,
} as const;

export const MTYPE_MIN = 1;
export const MTYPE_MAX = 127;
/** Receivers treat the whole range 40..50 as files. */
export const FILE_MTYPE_MIN = 40;
export const FILE_MTYPE_MAX = 50;
/** The range that is free for applications. */
export const BUSINESS_MTYPE_MIN = 51;
export const BUSINESS_MTYPE_MAX = 127;

/** What the chat helpers of SDKs ask history for: text, audio and commands. */
export const CHAT_MTYPES: readonly number[] = [MTYPES.chat, MTYPES.audio, MTYPES.command];

/** Whether receivers take a message of this type for a file: 40..50. */
export function isFileMtype(mtype: number): boolean {
  return mtype >= FILE_MTYPE_MIN && mtype <= FILE_MTYPE_MAX;
}
