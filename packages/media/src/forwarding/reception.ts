import { compactNtp, type ReportBlock, type SenderReport } from '../rtcp/reports.ts';

/** What a receiver counts of one stream in order to report it (RFC 3550 section 6.4 and appendix A). */
export class Reception {
  packets = 0;
  /** Of payload. */
  bytes = 0;
  readonly #clockRate: number;
  #first = -1;
  #highest = -1;
  #expectedBefore = 0;
  #packetsBefore = 0;
  #earlierPackets = 0;
  #jitter = 0;
  #transit: number | undefined;
  #senderReport: { readonly compact: number; readonly arrivedMs: number } | undefined;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Adds what was counted of the same publisher before it numbered anew. Reports speak of the new numbers alone. */
  continueFrom(packets: number, bytes: number): void {
    this.packets = packets;
    this.bytes = bytes;
    this.#earlierPackets = packets;
    this.#packetsBefore = packets;
  }

  /** Counts a packet that is no duplicate. */
  handlePacket(index: number, timestamp: number, payloadBytes: number, nowMs: number): void {
    this.packets += 1;
    this.bytes += payloadBytes;
    if (this.#first < 0) this.#first = index;
    if (index <= this.#highest) return; // it was sent again: its delay says nothing of the path
    this.#highest = index;
    const transit = (nowMs * this.#clockRate) / 1000 - timestamp;
    // A timestamp that wraps or jumps is no jitter.
    const change = this.#transit === undefined ? 0 : Math.abs(transit - this.#transit);
    if (change < this.#clockRate) this.#jitter += (change - this.#jitter) / 16;
    this.#transit = transit;
  }

  handleSenderReport(report: SenderReport, nowMs: number): void {
    this.#senderReport = { compact: compactNtp(report.ntpSeconds, report.ntpFraction), arrivedMs: nowMs };
  }

  /** @returns the report since the last call, or undefined before the first packet. */
  takeReport(ssrc: number, nowMs: number): ReportBlock | undefined {
    if (this.#first < 0) return undefined;
    const expected = this.#highest - this.#first + 1;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = Math.max(0, expectedNow - (this.packets - this.#packetsBefore));
    this.#expectedBefore = expected;
    this.#packetsBefore = this.packets;
    const report = this.#senderReport;
    return {
      ssrc,
      fractionLost: expectedNow === 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
      cumulativeLost: expected - (this.packets - this.#earlierPackets),
      // The count starts one wrap up; see SequenceUnwrapper.
      highestSequenceNumber: (this.#highest - 0x10000) >>> 0,
      jitter: Math.round(this.#jitter),
      lastSenderReport: report?.compact ?? 0,
      delaySinceLastSenderReport: report === undefined ? 0 : Math.round((nowMs - report.arrivedMs) * 65.536),
    };
  }
}
