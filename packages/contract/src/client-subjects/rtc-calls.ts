import { declareMethods } from '../declaration.ts';
import { id } from '../declare-fields.ts';
import { rtcType } from '../field-sets/rtc.ts';

const callId = id('the call');
const rtcInvalidParameter = 'there is no such call of the caller';
const ringing = { rtcInvalidParameter, rtcInvalidOperation: 'the call does not ring any more' };

export const rtcCallMethods = declareMethods('rtc-calls', {
  requestP2PRTC: {
    summary: 'Calls a user.',
    gates: ['client'],
    params: { type: rtcType('kind of the call'), peerUid: id('who is called') },
    answer: { callId },
    refusals: {
      notFriend: 'the project asks for friendship, and the two are not friends',
      blockedUser: '`peerUid` has blocked the caller',
      sendToSelf: '`peerUid` is the caller',
      notOnline: '`peerUid` has no connection that takes calls',
      blockUser: 'the caller is muted in the whole project',
      rtcPeerBusy: 'one of the two is in a call already',
    },
  },
  cancelP2PRTC: {
    summary: 'Gives up a call before it is answered.',
    gates: ['client'],
    params: { callId },
    answer: {},
    refusals: ringing,
  },
  acceptP2PRTC: {
    summary: 'Accepts a call.',
    gates: ['client'],
    params: { callId },
    answer: {},
    refusals: ringing,
  },
  refuseP2PRTC: {
    summary: 'Refuses a call.',
    gates: ['client'],
    params: { callId },
    answer: {},
    refusals: ringing,
  },
  closeP2PRTC: {
    summary: 'Hangs up.',
    gates: ['client'],
    params: { callId },
    answer: {},
    refusals: { rtcInvalidParameter },
    notes: 'While the call rings it is cancelled or refused by this.',
  },
});
