/** The `command` of adminCommand: what is done to the listed members of an RTC room. */
export const ADMIN_COMMANDS = {
  appointAdministrators: 0,
  dismissAdministrators: 1,
  forbidAudio: 2,
  allowAudio: 3,
  forbidVideo: 4,
  allowVideo: 5,
  closeMicrophone: 6,
  closeCamera: 7,
} as const;

export type AdminCommand = (typeof ADMIN_COMMANDS)[keyof typeof ADMIN_COMMANDS];

/** What each command does, in a few words. */
export const ADMIN_COMMAND_LABELS: Readonly<Record<AdminCommand, string>> = {
  0: 'appoint administrators',
  1: 'dismiss administrators',
  2: 'forbid sending audio',
  3: 'allow sending audio',
  4: 'forbid sending video',
  5: 'allow sending video',
  6: 'close the microphone',
  7: 'close the camera',
};
