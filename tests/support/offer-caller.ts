import { FpnnError, type Peer } from '@parley/fpnn';
import { connectWebSocket, type WebSocketConstructor } from '@parley/fpnn/browser';
import type { Address } from '@parley/server';
import type { ParleyUnderTest } from '@parley/testkit/internal';
import { WebSocket } from 'ws';
import offers from '../fixtures/chromium-offers.json' with { type: 'json' };

/** A stream by its ids, which may be of any type that a test wants to send. */
export type StreamIds = {
  readonly rid: unknown;
  readonly uid: unknown;
  readonly pid?: unknown;
  readonly token?: string;
};

/** Takes the self-signed certificate of a server under test. */
class TrustingWebSocket extends WebSocket {
  constructor(url: string) {
    super(url, { rejectUnauthorized: false });
  }
}

/** Brings the offers of a real Chromium to the web RTC gate, each over a connection of its own as the official SDK does. */
export class OfferCaller {
  readonly #parley: ParleyUnderTest;
  readonly #peers: Peer[] = [];

  constructor(parley: ParleyUnderTest) {
    this.#parley = parley;
  }

  publish(ids: StreamIds, sdp: string = offers.publish): Promise<string> {
    return this.call('OnUserPublish', { streamurl: this.urlOf(ids), sdp });
  }

  play(ids: StreamIds, sdp: string = offers.play): Promise<string> {
    return this.call('OnUserPlay', { streamurl: this.urlOf(ids), sdp });
  }

  urlOf({ pid = this.#parley.pid, rid, uid, token }: StreamIds): string {
    return `webrtc://127.0.0.1:13706/${pid}/${rid}/${uid}${token === undefined ? '' : `?token=${token}`}`;
  }

  /** @returns the SDP answer. */
  async call(method: string, params: Record<string, string>): Promise<string> {
    const peer = await this.connect(this.#parley.rtcGate, 'wss');
    const answer = await peer.quest(method, { api: 'x', tid: 'f00', clientip: '', ...params });
    return (answer.get('sdp') as { text: string }).text;
  }

  async connect({ host, port }: Address, scheme: 'ws' | 'wss', onClose?: () => void): Promise<Peer> {
    const peer = await connectWebSocket({
      url: `${scheme}://${host}:${port}/service/websocket`,
      WebSocket: TrustingWebSocket as unknown as WebSocketConstructor,
      ...(onClose === undefined ? {} : { onClose }),
    });
    this.#peers.push(peer);
    return peer;
  }

  close(): void {
    for (const peer of this.#peers.splice(0)) peer.close();
  }
}

/** The code that a call is refused with, 0 when it is served. */
export async function codeOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 0;
  } catch (error) {
    if (error instanceof FpnnError) return error.code;
    throw error;
  }
}
