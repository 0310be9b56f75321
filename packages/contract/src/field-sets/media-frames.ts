import { bytes, id, int32, timeMs } from '../declare-fields.ts';

/** One frame of voice. */
export const voiceFrame = {
  seq: id('number of the frame, counted by its sender for voice apart from video'),
  timestamp: timeMs('when it was recorded; the server puts its own clock in place of it'),
  data: bytes('one Opus packet of 20 ms', 'mediaFrameMaxBytes'),
};

/** One frame of video. */
export const videoFrame = {
  seq: id('number of the frame, counted by its sender for video apart from voice'),
  flags: id('of the encoder'),
  timestamp: timeMs('when it was recorded; the server puts its own clock in place of it'),
  rotation: id('0, 90, 180 or 270'),
  version: id('0'),
  facing: int32('1 the front camera, 0 the back camera'),
  captureLevel: int32('size and rate: 1 320x240 at 15/s, 2 320x240 at 30/s, 3 640x480 at 30/s'),
  data: bytes('one H.264 access unit', 'mediaFrameMaxBytes'),
  sps: bytes('its sequence parameter set; empty when unchanged', 'mediaFrameMaxBytes'),
  pps: bytes('its picture parameter set; empty when unchanged', 'mediaFrameMaxBytes'),
};
