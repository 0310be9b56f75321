import { ERROR_CODES, RtmError } from '@parley/contract';
import type { RawString } from '@parley/fpnn';
import type { WriteClock } from '../../messaging/write-clock.ts';
import { kickOut } from '../../sessions/kick-out.ts';
import type { Session } from '../../sessions/session.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientHandlers } from './client-handler.ts';

type Methods = 'bye' | 'ping' | 'kickout' | 'getservertime' | 'addattrs' | 'getattrs';

/** SDKs that read the attributes of their own connection as one map; the others read a list with every connection. */
const READS_ONE_MAP = /^(C#|Unity|Unreal|$)/;

export function sessionHandlers(sessions: SessionDirectory, clock: WriteClock): ClientHandlers<Methods> {
  return {
    bye: async () => NOTHING,
    ping: async () => NOTHING,
    // A client takes what is stored up to this time for seen, and asks history for everything later.
    getservertime: async () => ({ mts: await clock.settlePresent() }),
    kickout: async (session, { ce }) => {
      if (ce.text === session.id) throw new RtmError(ERROR_CODES.kickoutSelf, 'ce: names this connection itself');
      for (const other of sessions.of(session.project.pid, session.uid)) if (other.id === ce.text) kickOut(other);
      return NOTHING;
    },
    addattrs: async (session, { attrs }) => {
      const merged = new Map([...session.attrs, ...attrs]);
      const entriesMax = session.project.settings.limits.attrsEntriesMax;
      if (merged.size > entriesMax) {
        throw new RtmError(
          ERROR_CODES.tooManyItemsInParameters,
          `attrs: the connection would have ${merged.size} attributes; at most ${entriesMax} are allowed`,
        );
      }
      session.attrs = merged;
      return NOTHING;
    },
    getattrs: async (session) => {
      if (READS_ONE_MAP.test(session.version)) return { attrs: session.attrs };
      const own = [...sessions.of(session.project.pid, session.uid)];
      return { attrs: own.map((other) => describe(other, other === session)) };
    },
  };
}

/** The attributes of one connection of a user, with what the server knows of it; all of them texts. */
function describe(session: Session, isMine: boolean): Map<string, string | RawString> {
  const described = new Map<string, string | RawString>(session.attrs);
  described.set('ce', session.id);
  described.set('login', String(Math.floor(session.loginAt / 1000)));
  if (isMine) described.set('my', '1');
  return described;
}
