import type { MediaEngine } from '@parley/media';
import type { RoomService } from '../../rooms/room-service.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Rtc } from '../rtc.ts';
import type { Timers } from '../timers.ts';
import { MediaEnds } from './media-ends.ts';
import { MediaRecovery } from './media-recovery.ts';
import { MediaRules } from './media-rules.ts';
import { NetworkCheck } from './network-check.ts';
import { ViewerRecall } from './viewer-recall.ts';
import { WebPlaying } from './web-playing.ts';
import { WebPublishing } from './web-publishing.ts';
import { WebViewers } from './web-viewers.ts';

export type RtcMediaParts = {
  engine: MediaEngine;
  rtc: Rtc;
  rooms: Pick<RoomService, 'isIn' | 'isAnybodyIn'>;
  sessions: SessionDirectory;
  timers: Timers;
  log: Logger;
  settings: { hasPublicAddress: boolean; hasTurn: boolean };
};

/** The media of browsers under the control of RTC rooms: the parts, wired to each other, to the rooms and to the engine. */
export class RtcMedia {
  readonly publishing: WebPublishing;
  readonly playing: WebPlaying;
  readonly check: NetworkCheck;
  readonly recovery: MediaRecovery;

  constructor({ engine, rtc, rooms: rtmRooms, sessions, timers, log, settings }: RtcMediaParts) {
    const { rooms } = rtc;
    const viewers = new WebViewers();
    const publishing = new WebPublishing({ engine, members: rtc.web, rooms, viewers });
    const recall = new ViewerRecall({ messages: rtc.signalMessages, sessions, rooms: rtmRooms });
    this.publishing = publishing;
    this.playing = new WebPlaying({
      engine,
      rooms,
      viewers,
      isAnybodyIn: (pid, rid) => rtmRooms.isAnybodyIn(pid, rid),
    });
    this.check = new NetworkCheck({ engine, publishing, settings });
    this.recovery = new MediaRecovery({
      engine,
      rooms,
      publishing,
      viewers,
      sessions,
      pushes: rtc.clientPushes,
      timers,
    });
    rtc.events.listen(new MediaRules({ engine, log }));
    rtc.events.listen(new MediaEnds({ engine, publishing, viewers, recall, log }));
  }
}
