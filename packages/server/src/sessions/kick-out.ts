import type { Session } from './session.ts';

/** Tells the connection that it ends, so that its SDK does not log in again by itself, and closes it. */
export function kickOut(session: Session): void {
  session.peer.notify('kickout', {});
  session.peer.close();
}
