/** The `type` of an RTC room. */
export const RTC_ROOM_TYPES = { voice: 1, video: 2 } as const;

export type RtcRoomType = (typeof RTC_ROOM_TYPES)[keyof typeof RTC_ROOM_TYPES];

/** The word for each RTC room type in texts. */
export const RTC_ROOM_TYPE_LABELS: Readonly<Record<RtcRoomType, string>> = { 1: 'voice', 2: 'video' };
