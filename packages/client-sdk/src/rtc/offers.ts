import type { WebRtcMethodName } from '@parley/contract';
import { decodeWebRtcAnswer, encodeWebRtcParams } from '@parley/contract/client-wire';
import { toRtmError } from '@parley/contract/sdk';
import type { Connector } from '../connection/connector.ts';

/** The stream that an offer is about, and who asks. */
export type StreamName = {
  readonly pid: number;
  readonly roomId: bigint;
  /** Who publishes it. */
  readonly uid: bigint;
  /** The ticket of whoever asks. */
  readonly token: string;
};

export type OffersOptions = {
  readonly connector: Connector;
  /** For the connection, and for the answer. */
  readonly timeoutMs: number;
};

/** Brings offers to the web RTC endpoint, each over a connection of its own. */
export class Offers {
  readonly #options: OffersOptions;

  constructor(options: OffersOptions) {
    this.#options = options;
  }

  /**
   * @param endpoint - As `wss://host:port`.
   * @returns the SDP answer. @throws RtmError the refusal, 20002 or 20003 when the endpoint cannot be reached.
   */
  async send(method: WebRtcMethodName, endpoint: string, stream: StreamName, sdp: string): Promise<string> {
    const { connector, timeoutMs } = this.#options;
    try {
      const peer = await connector({
        endpoint,
        connectTimeoutMs: timeoutMs,
        onQuest: (quest) => quest.answer({}),
        onClose: () => {},
        signal: new AbortController().signal,
      });
      try {
        const params = encodeWebRtcParams(method, { streamurl: streamUrl(endpoint, stream), sdp });
        return decodeWebRtcAnswer(method, await peer.quest(method, params, { timeoutMs })).sdp;
      } finally {
        peer.close();
      }
    } catch (error) {
      throw toRtmError(error);
    }
  }
}

function streamUrl(endpoint: string, { pid, roomId, uid, token }: StreamName): string {
  const { host } = new URL(endpoint);
  return `webrtc://${host}/${pid}/${roomId}/${uid}?token=${encodeURIComponent(token)}`;
}
