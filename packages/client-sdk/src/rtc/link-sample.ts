/** Counters of one kind of media on one connection, as they stand. */
export type KindSample = {
  readonly packets: number;
  readonly bytes: number;
  /** Packets that never came: here when playing, at the server when publishing. */
  readonly lost: number;
};

/** What a media connection has counted up to a moment. */
export type LinkSample = {
  /** Milliseconds of the clock that never jumps. */
  readonly at: number;
  readonly audio: KindSample;
  readonly video: KindSample & {
    /** Frames decoded when playing, encoded when publishing. */
    readonly frames: number;
    /** Pixels; 0 while there is no picture. */
    readonly width: number;
    readonly height: number;
  };
  /** From here to the server and back; undefined while unknown. */
  readonly rttMs: number | undefined;
  /** Of the voice, when playing; undefined while unknown. */
  readonly jitterMs: number | undefined;
  /** How loud the voice is now: 0 silence, 1 the loudest. */
  readonly audioLevel: number;
};

export const EMPTY_SAMPLE: LinkSample = {
  at: 0,
  audio: { packets: 0, bytes: 0, lost: 0 },
  video: { packets: 0, bytes: 0, lost: 0, frames: 0, width: 0, height: 0 },
  rttMs: undefined,
  jitterMs: undefined,
  audioLevel: 0,
};
