import type { IceServer } from '../media-transport.ts';
import type { ConnectionFinding } from './diagnosis.ts';

export type TrialOptions = {
  readonly iceServers: readonly IceServer[];
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  /** What is sent to see whether it arrives. */
  readonly track: MediaStreamTrack;
  /** Brings the offer to the server. */
  readonly offer: (sdp: string) => Promise<string>;
  /** Changes the answer before it is used. */
  readonly rewrite?: (sdp: string) => string;
  /** How long checks may take. */
  readonly timeoutMs: number;
};

export type Trial = ConnectionFinding & {
  /** The addresses that the answer names. */
  readonly candidates: readonly string[];
  /** The TURN server has given an address. */
  readonly hasRelayCandidate: boolean;
  close(): void;
};

/** Publishes a track, and sees how far the connection comes. @throws what `offer` throws. */
export async function tryConnection(options: TrialOptions): Promise<Trial> {
  const { iceServers, iceTransportPolicy, track, offer, rewrite = (sdp: string) => sdp, timeoutMs } = options;
  const connection = new RTCPeerConnection({ iceServers: [...iceServers], iceTransportPolicy });
  let hasRelayCandidate = false;
  connection.addEventListener('icecandidate', ({ candidate }) => {
    hasRelayCandidate ||= candidate?.type === 'relay';
  });
  try {
    connection.addTransceiver('audio', { direction: 'sendonly' });
    connection.addTransceiver(track, { direction: 'sendonly' });
    await connection.setLocalDescription();
    const sdp = await offer(connection.localDescription?.sdp ?? '');
    await connection.setRemoteDescription({ type: 'answer', sdp: rewrite(sdp) });
    await settled(connection, timeoutMs);
    const { iceConnectionState, connectionState } = connection;
    return {
      ice: iceConnectionState === 'connected' || iceConnectionState === 'completed',
      dtls: connectionState === 'connected',
      candidates: candidatesOf(sdp).map(({ address, port }) => `${address}:${port}`),
      hasRelayCandidate,
      close: () => connection.close(),
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

const CANDIDATE = /^(a=candidate:\S+ \d+ udp \d+) (\S+) (\d+)/gim;

/** The UDP addresses in an answer. */
export function candidatesOf(sdp: string): { address: string; port: number }[] {
  return [...sdp.matchAll(CANDIDATE)].map(([, , address, port]) => ({ address: address!, port: Number(port) }));
}

/** Puts another host in place of the addresses in an answer; the ports stay. */
export function withHost(sdp: string, host: string): string {
  return sdp.replace(CANDIDATE, (_, start: string, _address: string, port: string) => `${start} ${host} ${port}`);
}

/** Up, failed, or out of time. */
function settled(connection: RTCPeerConnection, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    const look = () => {
      if (connection.connectionState !== 'connected' && connection.connectionState !== 'failed') return;
      clearTimeout(timer);
      resolve();
    };
    connection.addEventListener('connectionstatechange', look);
    look();
  });
}
