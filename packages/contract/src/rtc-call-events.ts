/** The `event` of pushP2PRTCEvent: what became of a call. */
export const RTC_CALL_EVENTS = { cancelled: 1, hungUp: 2, accepted: 3, refused: 4, noAnswer: 5 } as const;

export type RtcCallEvent = (typeof RTC_CALL_EVENTS)[keyof typeof RTC_CALL_EVENTS];

/** The word for each event in texts. */
export const RTC_CALL_EVENT_LABELS: Readonly<Record<RtcCallEvent, string>> = {
  1: 'cancelled',
  2: 'hung up',
  3: 'accepted',
  4: 'refused',
  5: 'no answer',
};
