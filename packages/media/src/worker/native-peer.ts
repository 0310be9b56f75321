import * as native from 'node-datachannel';
import type { PacketSink } from '../forwarding/outgoing-stream.ts';
import { EXTENSION_URIS } from '../rtp/header-extensions.ts';
import type { OfferedSection } from '../sdp/offer.ts';

/** How the peers of a worker reach the network. */
export type Transport = {
  readonly port: number;
  /** Undefined for every address of the host. */
  readonly bindAddress: string | undefined;
  /** STUN and TURN servers as `stun:host:port` and `turn:user:password@host:port`. */
  readonly iceServers: readonly string[];
};

export type NativePeerHandler = {
  handleConnected(): void;
  /** It is out of reach or has gone. Told once, and not after `close`. */
  handleLost(): void;
  /** A fault of ours: the worker goes on. */
  handleFault(error: unknown): void;
};

/** A short break of the network is no end. */
const DISCONNECTED_MAX_MS = 5000;

/**
 * A peer connection of libdatachannel.
 *
 * An exception that leaves a callback of the native module aborts the process, so each callback is wrapped and each send
 * guarded. A native object that JavaScript no longer holds is closed by the collector, so all are held here.
 */
export class NativePeer {
  readonly #connection: native.PeerConnection;
  readonly #tracks: NativeTrack[] = [];
  readonly #handler: NativePeerHandler;
  #disconnectTimer: NodeJS.Timeout | undefined;
  #isConnected = false;
  #isClosed = false;

  constructor(name: string, transport: Transport, handler: NativePeerHandler) {
    this.#handler = handler;
    this.#connection = new native.PeerConnection(name, {
      iceServers: [...transport.iceServers],
      ...(transport.bindAddress === undefined ? {} : { bindAddress: transport.bindAddress }),
      forceMediaTransport: true,
      enableIceUdpMux: true,
      portRangeBegin: transport.port,
      portRangeEnd: transport.port,
    });
    this.#connection.onStateChange((state) => this.#guard(() => this.#handleState(state)));
  }

  /** A track to send on, for a section of the offer that is answered next. */
  addSendingTrack(section: OfferedSection, { ssrc, name }: { ssrc: number; name: string }): NativeTrack {
    const media =
      section.kind === 'audio' ? new native.Audio(section.mid, 'SendOnly') : new native.Video(section.mid, 'SendOnly');
    if (section.kind === 'audio') {
      (media as native.Audio).addOpusCodec(section.payloadType, section.format);
      media.parseSdpLine(`a=rtcp-fb:${section.payloadType} nack`);
    } else {
      (media as native.Video).addVP8Codec(section.payloadType);
      // Lets the viewer ask for the time, and so learn after how long a lost packet can be asked for again.
      media.parseSdpLine(`a=rtcp-fb:${section.payloadType} rrtr`);
    }
    for (const line of extensionLines(section)) media.parseSdpLine(line);
    // One stream for both kinds, so that browsers keep them together.
    media.addSSRC(ssrc, name, name, `${name}-${section.kind}`);
    return this.#hold(this.#connection.addTrack(media));
  }

  /** Tells the tracks of those sections of the offer that the peer sends. Must be called before the offer is answered. */
  onReceivingTrack(handler: (mid: string, track: NativeTrack) => void): void {
    this.#connection.onTrack((track) => this.#guard(() => handler(track.mid(), this.#hold(track))));
  }

  /**
   * Takes the offer.
   *
   * @returns the answer with all candidates. @throws Error when the native module cannot serve it, or when it takes longer
   * than `timeoutMs` to gather them.
   */
  async answer(offer: string, timeoutMs: number): Promise<string> {
    this.#connection.setRemoteDescription(offer, 'offer');
    await this.#gather(timeoutMs);
    const description = this.#connection.localDescription();
    if (description === null) throw new Error('the transport gave no answer');
    return description.sdp;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#disconnectTimer);
    try {
      this.#connection.close();
    } catch (error) {
      this.#handler.handleFault(error);
    }
    for (const track of this.#tracks) track.forget();
  }

  /**
   * Addresses of the host are there at once. Each native callback costs every turn of the event loop a little, so one is
   * set only at need.
   */
  async #gather(timeoutMs: number): Promise<void> {
    const isComplete = () => this.#connection.gatheringState() === 'complete';
    if (isComplete()) return;
    const gathered = new Promise<void>((resolve) => {
      this.#connection.onGatheringStateChange(() => this.#guard(() => isComplete() && resolve()));
      if (isComplete()) resolve();
    });
    await withTimeout(gathered, timeoutMs);
  }

  #hold(track: native.Track): NativeTrack {
    const held = new NativeTrack(track, (error) => this.#handler.handleFault(error));
    this.#tracks.push(held);
    return held;
  }

  #handleState(state: string): void {
    if (this.#isClosed) return;
    clearTimeout(this.#disconnectTimer);
    if (state === 'connected') {
      if (this.#isConnected) return;
      this.#isConnected = true;
      this.#handler.handleConnected();
    } else if (state === 'failed' || state === 'closed') {
      this.#handler.handleLost();
    } else if (state === 'disconnected') {
      this.#disconnectTimer = setTimeout(() => this.#handler.handleLost(), DISCONNECTED_MAX_MS);
    }
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#handler.handleFault(error);
    }
  }
}

/** One direction of one section. */
export class NativeTrack implements PacketSink {
  readonly #handleFault: (error: unknown) => void;
  #track: native.Track | undefined;

  constructor(track: native.Track, handleFault: (error: unknown) => void) {
    this.#track = track;
    this.#handleFault = handleFault;
  }

  onMessage(handler: (bytes: Buffer) => void): void {
    this.#track?.onMessage((bytes) => {
      try {
        if (this.#track !== undefined) handler(bytes);
      } catch (error) {
        this.#handleFault(error);
      }
    });
  }

  /** A track that closes at this moment throws: the packet is lost, which is what would have become of it anyway. */
  send(bytes: Buffer): boolean {
    try {
      return this.#track?.sendMessageBinary(bytes) ?? false;
    } catch {
      return false;
    }
  }

  /** Lets go of the native track once its connection is closed. */
  forget(): void {
    this.#track = undefined;
  }
}

function extensionLines({ kind, audioLevelId, absSendTimeId }: OfferedSection): string[] {
  if (kind === 'audio') {
    return audioLevelId === undefined ? [] : [`a=extmap:${audioLevelId} ${EXTENSION_URIS.audioLevel}`];
  }
  return absSendTimeId === undefined ? [] : [`a=extmap:${absSendTimeId} ${EXTENSION_URIS.absSendTime}`];
}

async function withTimeout(promise: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('gathering of candidates took too long')), timeoutMs);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
