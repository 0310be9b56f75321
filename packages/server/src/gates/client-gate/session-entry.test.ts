import { expect, test } from 'vitest';
import { recordedSession } from '../../../test/support/recorded-session.ts';
import type { GroupService } from '../../groups/group-service.ts';
import { RoomPresence } from '../../rooms/room-presence.ts';
import type { RoomService } from '../../rooms/room-service.ts';
import { Audiences } from '../../sessions/audiences.ts';
import { SessionDirectory } from '../../sessions/session-directory.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import { SessionEntry } from './session-entry.ts';

const UID = 5n;
const RID = 7n;

test('a login that fails while its rooms are still looked up is in no room afterwards', async () => {
  const [sessions, audiences] = [new SessionDirectory(), new Audiences()];
  const presence = new RoomPresence({ sessions, audiences });
  let lookUp = () => {};
  const lookedUp = new Promise<void>((resolve) => {
    lookUp = resolve;
  });
  const entry = new SessionEntry({
    sessions,
    groups: { handleLogin: () => Promise.reject(new Error('the database is away')) } as unknown as GroupService,
    rooms: {
      handleLogin: async (session) => {
        await lookedUp;
        presence.join(session);
      },
      handleLogout: async (session, isLast) => void presence.forget(session, isLast),
    } as RoomService,
    log: silentLogger,
  });
  const other = recordedSession(UID).session;
  sessions.add(other);
  presence.give(1, UID, [RID]);

  const failing = recordedSession(UID).session;
  const ended = entry.enter(failing).catch(() => sessions.remove(failing));
  setImmediate(lookUp);
  await ended;
  await lookedUp;
  await Promise.resolve();
  expect([...audiences.members('room', 1, RID)]).toEqual([other]);
});
