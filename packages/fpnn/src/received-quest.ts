import type { IncomingQuest } from './incoming-quest.ts';
import { type Encoding, encodeAnswer, encodeErrorAnswer, type QuestPacket } from './packet.ts';
import type { Encodable, WireMap } from './value.ts';

/** The quest that a `Peer` gives to its handler. */
export class ReceivedQuest implements IncomingQuest {
  readonly method: string;
  readonly params: WireMap;
  readonly encoding: Encoding;
  readonly isOneWay: boolean;
  readonly payload: Uint8Array;
  private readonly seq: number;
  private readonly send: (packet: Uint8Array) => void;
  private isAnswered: boolean;

  constructor(packet: QuestPacket, params: WireMap, send: (packet: Uint8Array) => void) {
    this.method = packet.method;
    this.params = params;
    this.encoding = packet.encoding;
    this.isOneWay = packet.isOneWay;
    this.payload = packet.payload;
    this.seq = packet.seq;
    this.send = send;
    this.isAnswered = packet.isOneWay;
  }

  answer(result: Encodable): void {
    if (this.isAnswered) return;
    this.send(encodeAnswer(this.seq, result, this.encoding));
    this.isAnswered = true;
  }

  fail(code: number, ex: string): void {
    if (this.isAnswered) return;
    this.send(encodeErrorAnswer(this.seq, code, ex, this.encoding));
    this.isAnswered = true;
  }
}
