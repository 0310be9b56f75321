import type { Rtc } from '../../rtc/rtc.ts';
import { NOTHING } from '../server-gate/handler.ts';
import type { ClientHandlers } from './client-handler.ts';

type Methods = 'requestP2PRTC' | 'cancelP2PRTC' | 'acceptP2PRTC' | 'refuseP2PRTC' | 'closeP2PRTC';

export function clientCallHandlers({ calls }: Rtc): ClientHandlers<Methods> {
  return {
    requestP2PRTC: async (session, { type, peerUid }) => ({ callId: await calls.request(session, type, peerUid) }),
    cancelP2PRTC: async (session, { callId }) => {
      calls.cancel(session, callId);
      return NOTHING;
    },
    acceptP2PRTC: async (session, { callId }) => {
      calls.accept(session, callId);
      return NOTHING;
    },
    refuseP2PRTC: async (session, { callId }) => {
      calls.refuse(session, callId);
      return NOTHING;
    },
    closeP2PRTC: async (session, { callId }) => {
      calls.close(session, callId);
      return NOTHING;
    },
  };
}
