import { EMPTY_SAMPLE, type KindSample, type LinkSample } from '../link-sample.ts';

/** The members of the statistics that are read here; browsers leave some of them out. */
type Entry = {
  readonly type: string;
  readonly kind?: string;
  readonly packetsReceived?: number;
  readonly packetsSent?: number;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
  readonly packetsLost?: number;
  readonly framesDecoded?: number;
  readonly framesEncoded?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly jitter?: number;
  readonly audioLevel?: number;
  readonly nominated?: boolean;
  readonly currentRoundTripTime?: number;
};

/** Reads the counters of a connection that either publishes or plays. */
export async function readSample(connection: RTCPeerConnection): Promise<LinkSample> {
  const entries: Entry[] = [];
  (await connection.getStats()).forEach((entry: Entry) => {
    entries.push(entry);
  });
  const find = (type: string, kind: string): Entry =>
    entries.find((entry) => entry.type === type && entry.kind === kind) ?? { type };
  const isPlaying = entries.some(({ type }) => type === 'inbound-rtp');
  const streams = isPlaying ? 'inbound-rtp' : 'outbound-rtp';
  // Of what is sent only the other side knows what was lost.
  const losses = isPlaying ? 'inbound-rtp' : 'remote-inbound-rtp';
  const [audio, video] = [find(streams, 'audio'), find(streams, 'video')];
  const rtt = entries.find(({ type, nominated }) => type === 'candidate-pair' && nominated)?.currentRoundTripTime;
  const { jitter } = audio;
  return {
    at: performance.now(),
    audio: readKind(audio, find(losses, 'audio')),
    video: {
      ...readKind(video, find(losses, 'video')),
      frames: video.framesDecoded ?? video.framesEncoded ?? 0,
      width: video.frameWidth ?? 0,
      height: video.frameHeight ?? 0,
    },
    rttMs: rtt === undefined ? undefined : rtt * 1000,
    jitterMs: jitter === undefined ? undefined : jitter * 1000,
    audioLevel: (isPlaying ? audio : find('media-source', 'audio')).audioLevel ?? EMPTY_SAMPLE.audioLevel,
  };
}

function readKind(stream: Entry, losses: Entry): KindSample {
  return {
    packets: stream.packetsReceived ?? stream.packetsSent ?? 0,
    bytes: stream.bytesReceived ?? stream.bytesSent ?? 0,
    lost: losses.packetsLost ?? 0,
  };
}
