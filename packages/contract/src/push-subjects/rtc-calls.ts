import { choice, id, int32 } from '../declare-fields.ts';
import { declarePushes } from '../declare-pushes.ts';
import { rtcType } from '../field-sets/rtc.ts';
import { RTC_CALL_EVENT_LABELS } from '../rtc-call-events.ts';

const callId = id('the call');
const peerUid = id('the other side');
const type = rtcType('kind of the call');

export const rtcCallPushes = declarePushes({
  pushP2PRTCRequest: {
    summary: 'Tells a user that it is called.',
    to: ['client'],
    isOneWay: false,
    params: { callId, peerUid, type, pid: int32('project id') },
  },
  pushP2PRTCEvent: {
    summary: 'Tells one side of a call what became of it.',
    to: ['client'],
    isOneWay: false,
    params: {
      callId,
      peerUid,
      type,
      event: choice('what happened', { allowed: [1, 2, 3, 4, 5], labels: RTC_CALL_EVENT_LABELS, wire: 'int32' }),
    },
    notes: 'Where a user is called on several connections, the others get event 1 when one of them answers.',
  },
});
