/**
 * The `type` of a conversation in getmsg, delmsg, cleanmsg, getmsgnum, editmsg and delconversationmsgs. Other methods
 * have numberings of their own under the same parameter name.
 */
export const CONVERSATION_TYPES = { p2p: 1, group: 2, room: 3, broadcast: 4 } as const;

export type ConversationType = (typeof CONVERSATION_TYPES)[keyof typeof CONVERSATION_TYPES];

/** The word for each conversation type in texts. */
export const CONVERSATION_TYPE_LABELS: Readonly<Record<ConversationType, string>> = {
  1: 'P2P',
  2: 'group',
  3: 'room',
  4: 'broadcast',
};
