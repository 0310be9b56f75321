/** The `type` of a push option. Other methods have numberings of their own under the same name. */
export const PUSH_OPTION_TYPES = { p2p: 0, group: 1 } as const;

export type PushOptionType = (typeof PUSH_OPTION_TYPES)[keyof typeof PUSH_OPTION_TYPES];

/** The word for each push option type in texts. */
export const PUSH_OPTION_TYPE_LABELS: Readonly<Record<PushOptionType, string>> = { 0: 'P2P', 1: 'group' };
