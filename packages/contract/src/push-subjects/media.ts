import { id } from '../declare-fields.ts';
import { declarePushes } from '../declare-pushes.ts';
import { videoFrame, voiceFrame } from '../field-sets/media-frames.ts';

const uid = id('who sent it');
const rid = id('the RTC room');

export const mediaPushes = declarePushes({
  pushVoice: {
    summary: 'Brings a frame of voice of a room.',
    to: ['media'],
    isOneWay: true,
    params: { uid, rid, ...voiceFrame },
  },
  pushVideo: {
    summary: 'Brings a frame of video of a room.',
    to: ['media'],
    isOneWay: true,
    params: { uid, rid, ...videoFrame },
  },
  pushP2PVoice: {
    summary: 'Brings a frame of voice of a call.',
    to: ['media'],
    isOneWay: true,
    params: { uid, ...voiceFrame },
  },
  pushP2PVideo: {
    summary: 'Brings a frame of video of a call.',
    to: ['media'],
    isOneWay: true,
    params: { uid, ...videoFrame },
  },
});
