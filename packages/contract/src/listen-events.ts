/** What a listening back end can be told of users. */
export const LISTEN_EVENTS = { login: 'login', logout: 'logout' } as const;

export type ListenEvent = (typeof LISTEN_EVENTS)[keyof typeof LISTEN_EVENTS];
