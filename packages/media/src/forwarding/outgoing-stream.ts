import type { MediaKind } from '../media-engine.ts';
import { END_OF_EXTENSIONS_ID } from '../rtp/header-extensions.ts';
import { nearestIndex } from '../rtp/sequence-numbers.ts';
import { FORWARDED_HEADER_BYTES, type ForwardedPacket, writeSendTime } from './forwarded-packet.ts';
import type { PacketRing } from './packet-ring.ts';

/** Where packets go. It copies what it is given and never throws. */
export type PacketSink = {
  /** @returns false when the packet could not be sent. */
  send(bytes: Buffer): boolean;
};

export type OutgoingStreamOptions = {
  readonly kind: MediaKind;
  readonly ssrc: number;
  /** As the viewer's offer numbers the codec. */
  readonly payloadType: number;
  /** Id of the one extension that is sent; undefined when the viewer's offer has none. */
  readonly extensionId: number | undefined;
  readonly sink: PacketSink;
  /** Below 0x8000, so that loss at the start cannot hide a wrap from the receiver's SRTP. */
  readonly firstSequenceNumber: number;
};

/**
 * A stretch of packets that was forwarded without a pause. What is between two stretches was never sent, and the viewer's
 * numbers do not show it.
 */
type Run = { readonly firstIndex: number; readonly firstOut: number };

/** Packets lost just before a pause are still asked for after it. */
const RUNS_MAX = 8;
/** A request for one packet costs the asker 4 bytes at most for 17 packets, so what it can cause is bounded. */
const RETRANSMISSIONS_PER_SECOND_MAX = 2000;

/** One stream to one viewer: renumbers, pauses, resumes at key frames, and sends again what was lost. */
export class OutgoingStream {
  readonly kind: MediaKind;
  readonly ssrc: number;
  packets = 0;
  /** Of payload. */
  bytes = 0;
  retransmitted = 0;
  /** Requests for packets that are no longer kept or never came. */
  notFound = 0;
  /** Set while the viewer has blocked the member. */
  isBlocked = false;
  readonly #payloadType: number;
  readonly #extensionBits: number;
  readonly #sink: PacketSink;
  readonly #ssrcBytes: readonly [number, number, number, number];
  readonly #runs: Run[] = [];
  /** Undefined while nothing is forwarded. */
  #run: Run | undefined;
  #earliestIndex = 0;
  #highestOut: number;
  #retransmissionsLeft = RETRANSMISSIONS_PER_SECOND_MAX;

  constructor(options: OutgoingStreamOptions) {
    this.kind = options.kind;
    this.ssrc = options.ssrc;
    this.#payloadType = options.payloadType;
    this.#extensionBits = (options.extensionId ?? END_OF_EXTENSIONS_ID) << 4;
    this.#sink = options.sink;
    this.#highestOut = 0x10000 + options.firstSequenceNumber - 1;
    const { ssrc } = options;
    this.#ssrcBytes = [ssrc >>> 24, (ssrc >>> 16) & 0xff, (ssrc >>> 8) & 0xff, ssrc & 0xff];
  }

  /** Whether anything was sent yet. */
  get hasStarted(): boolean {
    return this.packets > 0;
  }

  /** Whether video waits for a key frame to go on with. */
  get isWaitingForKeyFrame(): boolean {
    return this.kind === 'video' && this.#run === undefined;
  }

  /** Nothing that came before this index is forwarded from now on; video goes on with the next key frame. */
  pauseUntil(index: number): void {
    this.#run = undefined;
    this.#earliestIndex = index;
  }

  /** Forwards a packet that has just come and is in the ring already. */
  forward(packet: ForwardedPacket, ring: PacketRing, highestIndex: number): void {
    const run = this.#run;
    if (run === undefined) this.#begin(packet, ring, highestIndex);
    else if (packet.index >= run.firstIndex) this.#send(packet, packet.index - run.firstIndex + run.firstOut);
  }

  /** Sends again what the viewer misses. */
  retransmit(sequenceNumbers: readonly number[], ring: PacketRing, nowMs: number): void {
    for (const sequenceNumber of sequenceNumbers) {
      if (this.#retransmissionsLeft === 0) return;
      const out = nearestIndex(this.#highestOut, sequenceNumber);
      const run = this.#runs.findLast(({ firstOut }) => firstOut <= out);
      const packet =
        run === undefined || out > this.#highestOut ? undefined : ring.get(out - run.firstOut + run.firstIndex);
      if (packet === undefined) {
        this.notFound += 1;
        continue;
      }
      if (this.kind === 'video') writeSendTime(packet.bytes, nowMs);
      this.#retransmissionsLeft -= 1;
      this.retransmitted += 1;
      this.#send(packet, out);
    }
  }

  /** To be called once a second. */
  renewRetransmissions(): void {
    this.#retransmissionsLeft = RETRANSMISSIONS_PER_SECOND_MAX;
  }

  sendControl(bytes: Buffer): void {
    this.#sink.send(bytes);
  }

  #begin(packet: ForwardedPacket, ring: PacketRing, highestIndex: number): void {
    if (packet.index < this.#earliestIndex) return;
    if (this.kind === 'video' && !packet.startsKeyFrame) return;
    const run = { firstIndex: packet.index, firstOut: this.#highestOut + 1 };
    this.#run = run;
    if (this.#runs.push(run) > RUNS_MAX) this.#runs.shift();
    // The first packet of a key frame may come last, when it had to be asked for again.
    for (let index = packet.index; index <= highestIndex; index += 1) {
      const kept = index === packet.index ? packet : ring.get(index);
      if (kept !== undefined) this.#send(kept, index - run.firstIndex + run.firstOut);
    }
  }

  #send(packet: ForwardedPacket, out: number): void {
    const bytes = packet.bytes;
    bytes[1] = (bytes[1]! & 0x80) | this.#payloadType;
    bytes[2] = out >> 8;
    bytes[3] = out;
    const ssrc = this.#ssrcBytes;
    bytes[8] = ssrc[0];
    bytes[9] = ssrc[1];
    bytes[10] = ssrc[2];
    bytes[11] = ssrc[3];
    bytes[16] = (bytes[16]! & 0x0f) | this.#extensionBits;
    if (out > this.#highestOut) this.#highestOut = out;
    if (!this.#sink.send(bytes)) return;
    this.packets += 1;
    this.bytes += bytes.length - FORWARDED_HEADER_BYTES;
  }
}
