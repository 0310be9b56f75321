import type { Project } from '../projects/project-settings.ts';

/** By itself, by somebody else or a rule, or because its last connection there has ended. */
export type RoomLeaveCause = 'left' | 'removed' | 'lost';

/** Learns when users who are online come into rooms and go, and of bans. Called when it has happened. */
export type RoomListener = {
  /** Told again for each further connection. */
  onEntered?(project: Project, rid: bigint, uid: bigint): void;
  /** None of its connections is in the room any more. */
  onLeft?(project: Project, rid: bigint, uid: bigint, cause: RoomLeaveCause): void;
  /** @param rid - Undefined: all rooms. */
  onBanned?(project: Project, rid: bigint | undefined, uid: bigint): void;
};
