import { messages } from './0001-messages.ts';
import { projects } from './0002-projects.ts';
import { rooms } from './0003-rooms.ts';
import { groups } from './0004-groups.ts';
import { bans } from './0005-bans.ts';
import { infos } from './0006-infos.ts';
import { userLists } from './0007-user-lists.ts';
import { userData } from './0008-user-data.ts';
import { devices } from './0009-devices.ts';
import { tokenGenerations } from './0010-token-generations.ts';
import { readMarks } from './0011-read-marks.ts';
import { files } from './0012-files.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [
  messages,
  projects,
  rooms,
  groups,
  bans,
  infos,
  userLists,
  userData,
  devices,
  tokenGenerations,
  readMarks,
  files,
];
