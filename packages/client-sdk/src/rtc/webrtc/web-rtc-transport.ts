import type { LinkSample } from '../link-sample.ts';
import type { IceServer, MediaTransport, Offer, PlayLink, PublishLink } from '../media-transport.ts';
import type { DeviceKind } from '../member.ts';
import type { LinkEvents } from '../stream-keeper.ts';
import { readSample } from './read-sample.ts';

export type WebRtcTransportOptions = {
  /** `relay` sends all media through the TURN server. Default `all`. */
  iceTransportPolicy?: RTCIceTransportPolicy | undefined;
};

const SECTIONS = { microphone: 'audio', camera: 'video' } as const;

/**
 * Media over the WebRTC of the browser: a connection for each stream, made by one offer without candidates and one answer
 * with all of the server's. It is never renegotiated; what changes later is a track.
 */
export function webRtcTransport(options: WebRtcTransportOptions = {}): MediaTransport<MediaStreamTrack> {
  return {
    publish: async ({ tracks, events, iceServers, offer }) => {
      const connection = createConnection(options, iceServers);
      const senders = {} as Record<DeviceKind, RTCRtpSender>;
      for (const device of ['microphone', 'camera'] as const) {
        const from = tracks[device] ?? SECTIONS[device];
        senders[device] = connection.addTransceiver(from, { direction: 'sendonly' }).sender;
      }
      await negotiate(connection, offer, events);
      return publishLink(connection, senders);
    },
    play: async ({ events, iceServers, offer }) => {
      const connection = createConnection(options, iceServers);
      const receivers = (['audio', 'video'] as const).map(
        (kind) => connection.addTransceiver(kind, { direction: 'recvonly' }).receiver,
      );
      await negotiate(connection, offer, events);
      return playLink(connection, receivers);
    },
  };
}

function createConnection(
  { iceTransportPolicy = 'all' }: WebRtcTransportOptions,
  iceServers: readonly IceServer[],
): RTCPeerConnection {
  return new RTCPeerConnection({ iceServers: [...iceServers], iceTransportPolicy, bundlePolicy: 'max-bundle' });
}

/** @throws what `offer` throws; then the connection is closed. */
async function negotiate(connection: RTCPeerConnection, offer: Offer, events: LinkEvents): Promise<void> {
  connection.addEventListener('connectionstatechange', () => {
    switch (connection.connectionState) {
      case 'connected':
        return events.onConnected();
      case 'disconnected':
        return events.onInterrupted();
      case 'failed':
        return events.onFailed();
      default:
        return undefined;
    }
  });
  try {
    await connection.setLocalDescription();
    const sdp = await offer(connection.localDescription?.sdp ?? '');
    await connection.setRemoteDescription({ type: 'answer', sdp });
  } catch (error) {
    connection.close();
    throw error;
  }
}

function publishLink(
  connection: RTCPeerConnection,
  senders: Readonly<Record<DeviceKind, RTCRtpSender>>,
): PublishLink<MediaStreamTrack> {
  return {
    setTrack: (device, track) => senders[device].replaceTrack(track),
    sample: (): Promise<LinkSample> => readSample(connection),
    close: () => connection.close(),
  };
}

function playLink(connection: RTCPeerConnection, receivers: readonly RTCRtpReceiver[]): PlayLink<MediaStreamTrack> {
  return {
    tracks: receivers.map(({ track }) => track),
    sample: (): Promise<LinkSample> => readSample(connection),
    close: () => connection.close(),
  };
}
