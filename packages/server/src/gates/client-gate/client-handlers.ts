import type { WriteClock } from '../../messaging/write-clock.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Subjects, serverHandlers } from '../server-gate/server-handlers.ts';
import { ClientAccess } from './client-access.ts';
import { clientGroupHandlers } from './client-group-handlers.ts';
import { clientHistoryHandlers } from './client-history-handlers.ts';
import { clientMessageHandlers } from './client-message-handlers.ts';
import { clientRoomHandlers } from './client-room-handlers.ts';
import { conversationHandlers } from './conversation-handlers.ts';
import { debugLogHandlers } from './debug-log-handlers.ts';
import { ownHandlers } from './own-handlers.ts';
import { sessionHandlers } from './session-handlers.ts';

/** The handlers of the client gate, but for files and RTC. @param parts.server - Those of the server gate. */
export function clientHandlers(
  subjects: Subjects,
  parts: {
    server: ReturnType<typeof serverHandlers>;
    sessions: SessionDirectory;
    clock: WriteClock;
    log: Logger;
    now: () => number;
  },
) {
  const { messages, changes, history, conversations, rooms, groups, users } = subjects;
  const { server, sessions, clock, log, now } = parts;
  const access = new ClientAccess({ groups, rooms });
  return {
    ...sessionHandlers(sessions, clock),
    ...clientMessageHandlers({ messages, changes, history, access }),
    ...clientHistoryHandlers(history, access),
    ...conversationHandlers(conversations),
    ...debugLogHandlers(log, now),
    ...clientRoomHandlers(rooms, conversations, access),
    ...clientGroupHandlers(groups, users, access),
    ...ownHandlers(server),
  };
}
