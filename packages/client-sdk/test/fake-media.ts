import { EMPTY_SAMPLE, type LinkSample } from '../src/rtc/link-sample.ts';
import type { MediaTransport, PlayLink, PublishLink } from '../src/rtc/media-transport.ts';
import type { LinkEvents } from '../src/rtc/stream-keeper.ts';

/** A connection that a test opens, feeds and breaks. */
export class FakeLink implements PublishLink<string>, PlayLink<string> {
  readonly tracks: string[];
  readonly sent: Record<'microphone' | 'camera', string | null>;
  readonly events: LinkEvents;
  isClosed = false;
  counters: LinkSample = EMPTY_SAMPLE;

  constructor(tracks: string[], sent: FakeLink['sent'], events: LinkEvents) {
    this.tracks = tracks;
    this.sent = sent;
    this.events = events;
  }

  async setTrack(device: 'microphone' | 'camera', track: string | null): Promise<void> {
    this.sent[device] = track;
  }

  async sample(): Promise<LinkSample> {
    return this.counters;
  }

  close(): void {
    this.isClosed = true;
  }
}

/** Media connections without a browser: tracks are texts, and links connect when the test says so. */
export class FakeTransport implements MediaTransport<string> {
  readonly published: FakeLink[] = [];
  readonly played: FakeLink[] = [];

  publish: MediaTransport<string>['publish'] = async ({ tracks, offer, events }) => {
    await offer('an offer to publish');
    const link = new FakeLink([], { ...tracks }, events);
    this.published.push(link);
    return link;
  };

  play: MediaTransport<string>['play'] = async ({ offer, events }) => {
    const answer = await offer('an offer to play');
    const link = new FakeLink([`voice of ${answer}`, `video of ${answer}`], { microphone: null, camera: null }, events);
    this.played.push(link);
    return link;
  };
}
