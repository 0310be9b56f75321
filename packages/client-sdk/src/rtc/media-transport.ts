import type { LinkSample } from './link-sample.ts';
import type { DeviceKind } from './member.ts';
import type { LinkEvents, MediaLink } from './stream-keeper.ts';

/** A TURN server, as browsers want it. */
export type IceServer = { readonly urls: string[]; readonly username: string; readonly credential: string };

/** Answers an offer: brings it to the server. */
export type Offer = (sdp: string) => Promise<string>;

/** What goes out from this client. Closing it ends nothing at the server, which notices by itself or is told otherwise. */
export type PublishLink<Track> = MediaLink & {
  /** Sends something else, or nothing, without a new offer. */
  setTrack(device: DeviceKind, track: Track | null): Promise<void>;
  sample(): Promise<LinkSample>;
};

/** What comes in of one member. */
export type PlayLink<Track> = MediaLink & {
  /** One of voice and one of video, also while the member sends nothing. */
  readonly tracks: readonly Track[];
  sample(): Promise<LinkSample>;
};

/** Makes media connections. The one of browsers is `webRtcTransport`. */
export type MediaTransport<Track> = {
  publish(request: {
    readonly tracks: Readonly<Record<DeviceKind, Track | null>>;
    readonly iceServers: readonly IceServer[];
    readonly offer: Offer;
    readonly events: LinkEvents;
  }): Promise<PublishLink<Track>>;
  play(request: {
    readonly iceServers: readonly IceServer[];
    readonly offer: Offer;
    readonly events: LinkEvents;
  }): Promise<PlayLink<Track>>;
};
