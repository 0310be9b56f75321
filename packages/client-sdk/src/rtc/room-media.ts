import type { RtmError } from '@parley/contract/sdk';
import { LinkMeter, type StreamStatistics } from './link-meter.ts';
import type { IceServer, MediaTransport, PlayLink, PublishLink } from './media-transport.ts';
import type { DeviceKind } from './member.ts';
import type { RoomEntrance } from './room-entrance.ts';
import { Speakers } from './speakers.ts';
import { type MediaLink, StreamKeeper, type StreamState } from './stream-keeper.ts';
import type { Timers } from './timers.ts';

export type RoomMediaOptions<Track> = {
  readonly uid: bigint;
  readonly transport: MediaTransport<Track>;
  readonly entrance: Pick<RoomEntrance, 'offer' | 'config'>;
  readonly timers: Timers;
  readonly random: () => number;
  /** What is to be published now. */
  readonly localTracks: () => Readonly<Record<DeviceKind, Track | null>>;
  /** False when another page of the user publishes now. Asked when the own stream was lost. */
  readonly mayPublish: () => Promise<boolean>;
  readonly on: RoomMediaEvents<Track>;
};

export type RoomMediaEvents<Track> = {
  /** The tracks of a member from now on; none when it is not played any more. */
  tracks(uid: bigint, tracks: readonly Track[]): void;
  /** Of what is published, under the own uid, and of what is played. */
  streamState(uid: bigint, state: StreamState): void;
  /** A stream did not come up; it is tried again. No error: no media came through. */
  streamFailed(uid: bigint, error: RtmError | undefined): void;
  /** Another page of the user has taken over what is published. */
  replaced(): void;
  speaking(uid: bigint, isSpeaking: boolean): void;
  activeSpeaker(uid: bigint | undefined): void;
  levels(levels: ReadonlyMap<bigint, number>): void;
  /** About once a second. */
  statistics(statistics: ReadonlyMap<bigint, StreamStatistics>): void;
};

type Stream = {
  readonly keeper: Pick<StreamKeeper<MediaLink>, 'state' | 'start' | 'restart' | 'stop'> & {
    readonly link: Pick<PlayLink<unknown>, 'sample'> | undefined;
  };
  readonly meter: LinkMeter;
};

/** Bars and marks of speakers have to follow what is heard. */
const SAMPLE_MS = 250;
const SAMPLES_PER_STATISTICS = 4;

/** What one client publishes and plays in a room, kept over lost connections, and measured. */
export class RoomMedia<Track> {
  readonly #options: RoomMediaOptions<Track>;
  readonly #publisher: StreamKeeper<PublishLink<Track>>;
  /** By uid; the own one is what is published. */
  readonly #streams = new Map<bigint, Stream>();
  readonly #speakers: Speakers;
  #samples = 0;
  #stopSampling: (() => void) | undefined;

  constructor(options: RoomMediaOptions<Track>) {
    this.#options = options;
    const { on, timers } = options;
    this.#publisher = this.#createPublisher();
    this.#speakers = new Speakers({ now: timers.now, onSpeaking: on.speaking, onActiveSpeaker: on.activeSpeaker });
  }

  /** Publishes from now on, with or without tracks. */
  start(): void {
    const { uid, timers } = this.#options;
    this.#streams.set(uid, { keeper: this.#publisher, meter: new LinkMeter() });
    this.#publisher.start();
    this.#stopSampling = timers.after(SAMPLE_MS, () => void this.#sample());
  }

  stop(): void {
    this.#stopSampling?.();
    this.#stopSampling = undefined;
    for (const uid of [...this.#streams.keys()]) this.#end(uid);
  }

  /** Plays a member from now on, whether or not it sends anything. */
  play(uid: bigint): void {
    if (this.#streams.has(uid) || this.#stopSampling === undefined) return;
    const keeper = this.#createPlayer(uid);
    this.#streams.set(uid, { keeper, meter: new LinkMeter() });
    keeper.start();
  }

  stopPlaying(uid: bigint): void {
    if (uid !== this.#options.uid) this.#end(uid);
  }

  /** Streams that are played, and those of them that come through. */
  get players(): { all: number; connected: number } {
    const players = [...this.#streams].filter(([uid]) => uid !== this.#options.uid);
    return {
      all: players.length,
      connected: players.filter(([, { keeper }]) => keeper.state === 'connected').length,
    };
  }

  stateOf(uid: bigint): StreamState {
    return this.#streams.get(uid)?.keeper.state ?? 'stopped';
  }

  levelOf(uid: bigint): number {
    return this.#speakers.levelOf(uid);
  }

  isSpeaking(uid: bigint): boolean {
    return this.#speakers.isSpeaking(uid);
  }

  get activeSpeaker(): bigint | undefined {
    return this.#speakers.active;
  }

  statisticsOf(uid: bigint): StreamStatistics | undefined {
    const stream = this.#streams.get(uid);
    return stream?.meter.statistics(stream.keeper.state === 'connected');
  }

  /** Publishes anew; members notice a key frame and nothing else. */
  publishAgain(): void {
    // What another page had taken over comes back as well.
    this.#publisher.start();
    this.#publisher.restart();
  }

  /** Plays all members anew. */
  playAgain(): void {
    for (const [uid, { keeper }] of this.#streams) if (uid !== this.#options.uid) keeper.restart();
  }

  /** Sends something else of a device from now on. */
  async setTrack(device: DeviceKind, track: Track | null): Promise<void> {
    await Promise.all(this.#publisher.links.map((link) => link.setTrack(device, track)));
  }

  #createPublisher(): StreamKeeper<PublishLink<Track>> {
    const { uid, transport, entrance, timers, random, localTracks, mayPublish, on } = this.#options;
    return new StreamKeeper<PublishLink<Track>>({
      timers,
      random,
      open: async (events) => {
        const tracks = { ...localTracks() };
        const offer = (sdp: string) => entrance.offer('OnUserPublish', uid, sdp);
        const link = await transport.publish({ tracks, iceServers: await this.#iceServers(), offer, events });
        // Devices may have changed while the offer was under way.
        const now = localTracks();
        for (const device of ['microphone', 'camera'] as const) {
          if (now[device] !== tracks[device]) await link.setTrack(device, now[device]);
        }
        return link;
      },
      mayRestore: async () => {
        const isAllowed = await mayPublish();
        if (!isAllowed) on.replaced();
        return isAllowed;
      },
      onState: (state) => on.streamState(uid, state),
      onFailure: (error) => on.streamFailed(uid, error),
    });
  }

  #createPlayer(uid: bigint): StreamKeeper<PlayLink<Track>> {
    const { transport, entrance, timers, random, on } = this.#options;
    return new StreamKeeper<PlayLink<Track>>({
      timers,
      random,
      open: async (events) => {
        const offer = (sdp: string) => entrance.offer('OnUserPlay', uid, sdp);
        return transport.play({ iceServers: await this.#iceServers(), offer, events });
      },
      onLink: ({ tracks }) => on.tracks(uid, tracks),
      onState: (state) => on.streamState(uid, state),
      onFailure: (error) => on.streamFailed(uid, error),
    });
  }

  async #iceServers(): Promise<readonly IceServer[]> {
    return (await this.#options.entrance.config()).iceServers;
  }

  #end(uid: bigint): void {
    const stream = this.#streams.get(uid);
    if (stream === undefined) return;
    this.#streams.delete(uid);
    stream.keeper.stop();
    this.#speakers.forget(uid);
    if (uid !== this.#options.uid) this.#options.on.tracks(uid, []);
  }

  async #sample(): Promise<void> {
    const levels = new Map<bigint, number>();
    const samples = [...this.#streams].map(async ([uid, { keeper, meter }]) => {
      const sample = await keeper.link?.sample();
      // It may have ended while it was measured.
      if (sample === undefined || !this.#streams.has(uid)) return;
      meter.handleSample(sample);
      levels.set(uid, sample.audioLevel);
    });
    await Promise.allSettled(samples);
    if (this.#stopSampling === undefined) return;
    this.#speakers.handleLevels(levels);
    this.#samples += 1;
    this.#options.on.levels(levels);
    if (this.#samples % SAMPLES_PER_STATISTICS === 0) this.#options.on.statistics(this.#allStatistics());
    this.#stopSampling = this.#options.timers.after(SAMPLE_MS, () => void this.#sample());
  }

  #allStatistics(): Map<bigint, StreamStatistics> {
    const all = new Map<bigint, StreamStatistics>();
    for (const uid of this.#streams.keys()) {
      const statistics = this.statisticsOf(uid);
      if (statistics !== undefined) all.set(uid, statistics);
    }
    return all;
  }
}
