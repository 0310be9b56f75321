/** Codes that the RTC part of the SDK makes itself; those of the server stand in `ERROR_CODES`. */
export const RTC_SDK_CODES = {
  /** The user or the browser refused the camera or the microphone, or there is none. */
  deviceRefused: 300003,
  /** The room has ended for this client. */
  roomEnded: 300005,
} as const;
