/** The `type` of clearprojectmsg: whose history goes. Rooms and groups stand the other way round than elsewhere. */
export const CLEARED_MESSAGES = { p2p: 0, room: 1, group: 2, broadcast: 3, all: 4 } as const;

export type ClearedMessages = (typeof CLEARED_MESSAGES)[keyof typeof CLEARED_MESSAGES];

/** The word for each `type` of clearprojectmsg in texts. */
export const CLEARED_MESSAGES_LABELS: Readonly<Record<ClearedMessages, string>> = {
  0: 'P2P',
  1: 'room',
  2: 'group',
  3: 'broadcast',
  4: 'all of these',
};
