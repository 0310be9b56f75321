import { DEBUG_LINES_PER_SECOND, ERROR_CODES, RtmError } from '@parley/contract';
import type { Session } from '../../sessions/session.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { CallRate } from '../server-gate/call-rate.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientHandlers } from './client-handler.ts';

/** Lines that clients write into the log of the server; a client in a loop must not fill the disk of the operator. */
export function debugLogHandlers(log: Logger, now: () => number): ClientHandlers<'adddebuglog'> {
  const rates = new WeakMap<Session, CallRate>();
  return {
    adddebuglog: async (session, { msg, attrs }) => {
      const rate = rates.get(session) ?? new CallRate(DEBUG_LINES_PER_SECOND, now());
      rates.set(session, rate);
      if (!rate.take(DEBUG_LINES_PER_SECOND, now())) {
        throw new RtmError(
          ERROR_CODES.frequencyLimited,
          `msg: a connection may write ${DEBUG_LINES_PER_SECOND} lines per second; try again later`,
        );
      }
      const { project, uid, id, version } = session;
      log.info('a client wrote', {
        project: project.pid,
        uid: String(uid),
        ce: id,
        version,
        text: msg.text,
        attrs: attrs.text,
      });
      return NOTHING;
    },
  };
}
