export { assertTimeout, type Id } from './calls.ts';
export { type FileInfo, readFileContent } from './file-info.ts';
export { type HistoryCursor, type WalkedPage, walkPages } from './history-walk.ts';
export { IdGenerator, processIds } from './id-generator.ts';
export { type Logger, silentLogger } from './logger.ts';
export { readMessageBody } from './message-body.ts';
export { type ReconnectOptions, ReconnectSchedule } from './reconnect-schedule.ts';
export { RtmError, toRtmError } from './rtm-error.ts';
export { Waiters, type WaitOptions } from './waiters.ts';
