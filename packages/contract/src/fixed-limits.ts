/* Limits that are the same in every project; those that a project may set are in `limits.ts`. */

/**
 * Messages of one conversation that are looked at for its newest message and its unread ones, from the newest on. Fewer
 * would make counts wrong that users see; with more, one that holds nothing of the wanted types would hold up a whole list.
 */
export const UNREAD_SCAN_MAX = 20_000;

/** Conversations of one user and kind that lists are made of: those with the newest messages. */
export const CONVERSATIONS_KEPT_MAX = 10_000;

/** Lines that one connection may write into the log of the server, per second and at once. */
export const DEBUG_LINES_PER_SECOND = 10;
