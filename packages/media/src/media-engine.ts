/** The two kinds of a member's media. A member has one stream of each. */
export type MediaKind = 'audio' | 'video';

/** A member of a media room. Both names are the caller's and mean nothing to the engine. */
export type MemberAddress = { readonly room: string; readonly member: string };

export type PublishRequest = MemberAddress & {
  /** The browser's offer: one audio and one video section, both sendonly, no candidates needed. */
  readonly offer: string;
};

export type PlayRequest = MemberAddress & {
  /** The browser's offer: one audio and one video section, both recvonly. `member` is who is watched. */
  readonly offer: string;
  /** The member who watches, where that is known: its players end with it, and private mutes count for them. */
  readonly viewer?: string | undefined;
};

/** Why a publisher or a player is gone. */
export type MediaEnd =
  /** The engine was told to. */
  | 'closed'
  /** Another publisher of the same member is there: the member has not ended. */
  | 'replaced'
  /** The peer is out of reach or has gone. */
  | 'lost'
  /** It never connected in time. */
  | 'timeout';

/** One 20 ms Opus packet of a member. */
export type VoiceFrame = {
  readonly data: Uint8Array;
  /** When the frame was captured or received, in ms of the server's clock. */
  readonly timestampMs: number;
};

/** How loud a member is now: 0 is silence, 1 the loudest. */
export type MemberLevel = { readonly member: string; readonly level: number };

export type StreamStatistics = {
  readonly packets: number;
  readonly bytes: number;
  /** Packets that were missing and never came. */
  readonly lost: number;
  /** Packets that came, or were sent, because somebody asked for them again. */
  readonly retransmitted: number;
  /** Over the last second. */
  readonly bitrateBps: number;
};

export type PublisherStatistics = {
  readonly member: string;
  readonly isConnected: boolean;
  readonly audio: StreamStatistics;
  readonly video: StreamStatistics;
  /** Packets from the peer that were not understood. */
  readonly ignored: number;
};

export type PlayerStatistics = {
  readonly player: string;
  readonly member: string;
  readonly viewer: string | undefined;
  readonly isConnected: boolean;
  readonly audio: StreamStatistics;
  readonly video: StreamStatistics;
  /** Packets from the peer that were not understood. */
  readonly ignored: number;
};

export type RoomStatistics = {
  readonly publishers: readonly PublisherStatistics[];
  readonly players: readonly PlayerStatistics[];
};

/** A worker process of an engine. */
export type WorkerStatistics = {
  /** Undefined while it is down, like `port`. */
  readonly pid: number | undefined;
  /** UDP. */
  readonly port: number | undefined;
  readonly isUp: boolean;
  /** How often it died and was started again. */
  readonly restarts: number;
  /** Packets sent to players since the engine was started, RTCP included. It rises about once a second. */
  readonly sentPackets: number;
  readonly rooms: number;
  readonly publishers: number;
  readonly players: number;
};

/** What an engine tells. Handlers must not throw. */
export type MediaEngineEvents = {
  /** Media of the member can flow from now on. */
  publisherConnected(address: MemberAddress): void;
  publisherEnded(address: MemberAddress, end: MediaEnd): void;
  playerConnected(player: PlayerAddress): void;
  playerEnded(player: PlayerAddress, end: MediaEnd): void;
  /** About five times a second for rooms where somebody can be heard; members who cannot are left out. An empty list follows when
   * the last one has fallen silent. */
  levels(room: string, levels: readonly MemberLevel[]): void;
  /** The loudest member over the last moments; undefined when nobody speaks. Told when it changes. */
  activeSpeaker(room: string, member: string | undefined): void;
  /** A frame of a member that publishes from a browser, for rooms in which {@link MediaEngine.hearVoices} is on. */
  voice(address: MemberAddress, frame: VoiceFrame): void;
  /** The worker of these rooms has died: their publishers and players are gone and must be made anew. */
  roomsLost(rooms: readonly string[]): void;
};

export type PlayerAddress = MemberAddress & { readonly player: string; readonly viewer: string | undefined };

/**
 * Takes media from those who publish and gives it to those who play, by SDP offers and answers. It knows no user, no
 * login and no right: who may publish or play is decided before it is asked.
 *
 * What is set for a room (blocks, voices) holds until the room is closed, whoever publishes meanwhile, also across a
 * restart of its worker.
 */
export interface MediaEngine {
  /**
   * Takes a publisher; one that the member has already is replaced without its players noticing more than a key frame.
   *
   * @returns the answer with every candidate in it. @throws MediaError for an offer that cannot be served, or when no
   * worker is up.
   */
  publish(request: PublishRequest): Promise<{ answer: string }>;
  /**
   * Takes a player. The member need not publish yet: media flows when it does.
   *
   * @throws MediaError as `publish`.
   */
  play(request: PlayRequest): Promise<{ answer: string; player: string }>;
  /** Ends what the member publishes, if anything. */
  closePublisher(address: MemberAddress): Promise<void>;
  closePlayer(room: string, player: string): Promise<void>;
  /** Ends the publisher of a member and every player whose viewer it is. */
  closeMember(address: MemberAddress): Promise<void>;
  /** Ends everything in the room and forgets what was set for it. */
  closeRoom(room: string): Promise<void>;
  /** Stops or resumes forwarding what a member sends, for everybody. Resolves when it holds. */
  setForbidden(address: MemberAddress, kind: MediaKind, isForbidden: boolean): Promise<void>;
  /** Stops or resumes what one member sends for one viewer alone. */
  setBlocked(address: MemberAddress & { viewer: string }, kind: MediaKind, isBlocked: boolean): Promise<void>;
  /** Whether `voice` events are wanted for a room. */
  hearVoices(room: string, isWanted: boolean): Promise<void>;
  /** A voice frame of a member that does not publish from a browser. It is heard by those who play the member. */
  sendVoice(address: MemberAddress, frame: VoiceFrame): void;
  statistics(room: string): Promise<RoomStatistics>;
  /** One for each worker, in the order of their ports. */
  workers(): readonly WorkerStatistics[];
  on<Name extends keyof MediaEngineEvents>(name: Name, handler: MediaEngineEvents[Name]): void;
  /** Ends all rooms and workers. Safe to call twice. */
  close(): Promise<void>;
}
