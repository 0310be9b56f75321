import type { FileGateMethodName } from './file-gate-methods.ts';

/** The `cmd` of filetoken on the client gate: the method of the file gate that the token is good for. */
export const FILE_COMMANDS = ['sendfile', 'sendgroupfile', 'sendroomfile', 'uploadfile', 'sendfiles'] as const;

export type FileCommand = (typeof FILE_COMMANDS)[number];

/** The `cmd` of filetoken on the server gate. The last two are what one SDK calls sendgroupfile and broadcastfile. */
export const SERVER_FILE_COMMANDS = [
  'sendfile',
  'sendfiles',
  'sendgroupfile',
  'sendroomfile',
  'broadcastfile',
  'GroupFile',
  'BroadcastFile',
] as const;

export type ServerFileCommand = (typeof SERVER_FILE_COMMANDS)[number];

/** The method of the file gate that a `cmd` of either gate stands for. */
export function fileMethodOf(command: FileCommand | ServerFileCommand): FileGateMethodName {
  if (command === 'GroupFile') return 'sendgroupfile';
  return command === 'BroadcastFile' ? 'broadcastfile' : command;
}
