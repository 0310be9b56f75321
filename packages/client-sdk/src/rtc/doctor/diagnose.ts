import { ERROR_CODES, RTC_ROOM_TYPES, type RtcRoomType } from '@parley/contract';
import { type RtmError, toRtmError } from '@parley/contract/sdk';
import { FPNN_CODES } from '@parley/fpnn';
import type { Call } from '../../call.ts';
import { isCode, type RoomEntrance, type RtcConfig } from '../room-entrance.ts';
import { type Trial, type TrialOptions, tryConnection, withHost } from './connection-trial.ts';
import { type Diagnosis, type Findings, judge } from './diagnosis.ts';

export type DiagnoseOptions = {
  /** How long the checks of one try may take. Default 6000. */
  readonly timeoutMs?: number;
};

export type DiagnoseParts = {
  readonly call: Call;
  /** Of a room of this diagnosis alone. */
  readonly entrance: RoomEntrance;
  readonly roomId: bigint;
  readonly uid: bigint;
};

/** The type of the room that is used. */
export const DIAGNOSIS_ROOM_TYPE: RtcRoomType = RTC_ROOM_TYPES.voice;
const TIMEOUT_MS = 6_000;
/** The first frame takes a moment. */
const LOOKS_MAX = 10;
const LOOK_MS = 200;
const UNREACHABLE: ReadonlySet<number> = new Set([FPNN_CODES.connectionClosed, FPNN_CODES.timeout]);

/**
 * Goes the way of media step by step, in a room of its own and with a picture that nobody sees, and names the step that
 * fails. It needs no device. Never rejects.
 */
export async function diagnose(parts: DiagnoseParts, { timeoutMs = TIMEOUT_MS }: DiagnoseOptions): Promise<Diagnosis> {
  const { entrance, call, roomId } = parts;
  let config: RtcConfig;
  try {
    config = await entrance.config();
    await entrance.enter();
  } catch (cause) {
    const error = toRtmError(cause);
    return judge(isCode(error, ERROR_CODES.noConfigInConsole) ? { hasMedia: false } : { sessionError: error });
  }
  const picture = createPicture();
  try {
    return judge(await tryAll(parts, config, { track: picture.track, timeoutMs }));
  } finally {
    picture.stop();
    await call('exitRTCRoom', { rid: roomId }).catch(() => undefined); // It ends with the session then.
  }
}

async function tryAll(
  parts: DiagnoseParts,
  { endpoint, iceServers }: RtcConfig,
  common: Pick<TrialOptions, 'track' | 'timeoutMs'>,
): Promise<Findings> {
  const { entrance, uid } = parts;
  const offer = (sdp: string) => entrance.offer('OnUserPublish', uid, sdp);
  const run = (options: Partial<TrialOptions>) =>
    tryConnection({ iceServers: [], iceTransportPolicy: 'all', offer, ...common, ...options });
  const trials: Trial[] = [];
  try {
    const direct = await run({});
    trials.push(direct);
    const findings: Findings = { candidates: direct.candidates, direct };
    if (direct.ice) return { ...findings, server: await look(parts, true) };
    const host = new URL(endpoint).hostname;
    const viaEndpointHost = await run({ rewrite: (sdp) => withHost(sdp, host) });
    trials.push(viaEndpointHost);
    const relay = iceServers.length === 0 ? undefined : await run({ iceServers, iceTransportPolicy: 'relay' });
    if (relay !== undefined) trials.push(relay);
    const server = await look(parts, relay?.ice === true);
    return {
      ...findings,
      viaEndpointHost: { ...viaEndpointHost, host },
      ...(relay === undefined ? {} : { relay: { ...relay, hasCandidate: relay.hasRelayCandidate } }),
      server,
    };
  } catch (cause) {
    const error = toRtmError(cause);
    return { offerError: { error, isUnreachable: isUnreachable(error) } };
  } finally {
    for (const trial of trials) trial.close();
  }
}

/** What the server sees; where packets should come, it is given the time to get some. */
async function look({ call, roomId }: DiagnoseParts, isUp: boolean): Promise<NonNullable<Findings['server']>> {
  for (let looks = 1; ; looks += 1) {
    const seen = await call('checkRTCNetwork', { rid: roomId });
    if (!isUp || seen.videoPackets > 0 || looks === LOOKS_MAX) return seen;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function isUnreachable({ code }: RtmError): boolean {
  return UNREACHABLE.has(code);
}

/** Frames drawn in a second. */
const FRAMES_PER_SECOND = 10;

/** A track without a device: a small picture that changes. Sound would need a click of the user first. */
function createPicture(): { track: MediaStreamTrack; stop(): void } {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  let frame = 0;
  const draw = () => {
    if (context !== null) context.fillStyle = (frame += 1) % 2 === 0 ? 'black' : 'gray';
    context?.fillRect(0, 0, canvas.width, canvas.height);
  };
  const track = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks()[0]!;
  const timer = setInterval(draw, 1000 / FRAMES_PER_SECOND);
  return {
    track,
    stop: () => {
      clearInterval(timer);
      track.stop();
    },
  };
}
