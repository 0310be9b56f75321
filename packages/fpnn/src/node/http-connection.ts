import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ByteStream } from '../byte-stream.ts';
import { FPNN_CODES } from '../codes.ts';
import { ProtocolViolation } from '../errors.ts';
import type { Packet } from '../packet.ts';
import { PacketReader } from '../packet-reader.ts';
import { Peer } from '../peer.ts';
import type { Connection, ConnectionHandlers } from './connection.ts';
import { type BodyEvents, type HttpQuest, HttpRefusal, readHttpQuest } from './http-quest.ts';
import { allowCrossOrigin, sendJson, sendRefusal } from './http-response.ts';
import type { PartialInput } from './partial-inputs.ts';
import { isPrivateAddress, remoteAddressOf } from './remote-address.ts';
import { SocketOwner } from './socket-owner.ts';

/**
 * Requests of one connection that are worked on at once. Browsers do not pipeline at all; for those that do, finished
 * responses have to wait in memory for the ones before them.
 */
const ACTIVE_MAX = 16;
/** Requests that wait for that; one read of the socket, after which reading pauses, holds some 2000 at most. */
const WAITING_MAX = 10_000;
const SEQ_MAX = 0xffff_ffff;

/**
 * A connection that speaks HTTP. Every request is a two-way quest in JSON, handed to an ordinary peer; the packet with
 * its answer becomes the response.
 *
 * Whole request heads, good pieces of bodies and finished responses count as traffic. So a head or a body that trickles
 * in is cut off by the idle timeout, without timers of its own.
 */
export class HttpConnection extends SocketOwner implements Connection, ByteStream, PartialInput {
  readonly transport = 'http';
  partialBytes = 0;
  readonly #responses = new Map<number, ServerResponse>();
  #peer: Peer | undefined;
  #handlers: ConnectionHandlers | undefined;
  #remoteAddress = '';
  #lastSeq = 0;
  #active = 0;
  readonly #waiting: (readonly [IncomingMessage, ServerResponse])[] = [];
  readonly #bodyEvents: BodyEvents = {
    onProgress: () => this.touch(),
    onKept: (bytes) => this.#noteBody(bytes),
  };

  get peer(): Peer {
    if (this.#peer === undefined) throw new Error('the connection is not open yet');
    return this.#peer;
  }

  get remoteAddress(): string {
    return this.#remoteAddress;
  }

  get isEncrypted(): boolean {
    return (this.socket as TLSSocket).encrypted === true;
  }

  get bufferedBytes(): number {
    return this.socket.writableLength;
  }

  /** Answers the request that a packet belongs to. */
  write(bytes: Uint8Array): void {
    for (const packet of new PacketReader({ packetMaxBytes: Number.MAX_SAFE_INTEGER }).push(bytes)) {
      if (packet.kind === 'quest') this.#refusePush(packet.seq, packet.isOneWay);
      else this.#respond(packet.seq, packet.status, packet.payload);
    }
  }

  /** As `Connection.close`: requests that still wait for their answer get none. */
  close(): void {
    this.closeFor('local');
  }

  destroy(): void {
    this.markClosing('local');
    this.socket.destroy();
  }

  override handleClosed(): void {
    super.handleClosed();
    this.context.partialInputs.note(this, 0, false);
    this.release();
  }

  /** Ends the peer without ending the socket: it has become a WebSocket, or is gone. */
  release(): void {
    this.#responses.clear();
    this.#waiting.length = 0;
    this.socket.off('resume', this.#pauseAgain);
    this.#peer?.handleClose(this.socket.errored ?? undefined);
    try {
      this.#handlers?.onClose?.();
    } catch (error) {
      this.context.onError(error);
    }
  }

  handleInputFull(): void {
    this.markClosing('input-full');
    this.socket.destroy();
  }

  /** Takes one request, whose head has been read. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    if (this.isClosing) return;
    this.touch();
    if (this.#active < ACTIVE_MAX) {
      void this.#serve(request, response);
    } else if (this.#waiting.length < WAITING_MAX) {
      this.#waiting.push([request, response]);
      if (this.#waiting.length === 1) this.#pause();
    } else {
      this.context.onViolation('bad-http');
      this.closeFor('violation');
    }
  }

  /** Bytes that node:http could not read as a request. */
  handleMalformed(isHeadTooLarge: boolean): void {
    this.context.onViolation('bad-http');
    // Behind an open response the refusal would be taken for a part of it.
    if (this.#active === 0 && this.socket.writable) {
      const status = isHeadTooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
      this.socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
    this.closeFor('violation');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#active += 1;
    response.once('close', () => this.#handleServed());
    allowCrossOrigin(request, response);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    try {
      const quest = await readHttpQuest(request, this.context.packetMaxBytes, this.#bodyEvents);
      this.#ask(quest, response);
    } catch (error) {
      this.#refuse(error, response);
    }
  }

  #noteBody(bytes: number): void {
    // Of a connection that was closed for its memory nothing is counted any more.
    if (!this.socket.destroyed) this.context.partialInputs.note(this, this.partialBytes + bytes, false);
  }

  #handleServed(): void {
    this.touch();
    this.#active -= 1;
    const next = this.#waiting.shift();
    if (next === undefined || this.isClosing || this.socket.destroyed) return;
    void this.#serve(...next);
    if (this.#waiting.length === 0) this.#resume();
  }

  #pause(): void {
    this.socket.on('resume', this.#pauseAgain);
    this.socket.pause();
  }

  #resume(): void {
    this.socket.off('resume', this.#pauseAgain);
    this.socket.resume();
  }

  /** node:http resumes the socket after every request that it has read, and with every response. */
  readonly #pauseAgain = (): void => {
    this.socket.pause();
  };

  #ask(quest: HttpQuest, response: ServerResponse): void {
    if (this.isClosing || this.socket.destroyed) return;
    if (this.#peer === undefined) this.#open();
    this.#lastSeq = this.#lastSeq === SEQ_MAX ? 1 : this.#lastSeq + 1;
    const seq = this.#lastSeq;
    const packet: Packet = { kind: 'quest', isOneWay: false, seq, encoding: 'json', ...quest };
    this.#responses.set(seq, response);
    try {
      this.#peer?.handlePacket(packet);
    } catch (error) {
      this.#responses.delete(seq);
      throw error;
    }
  }

  #open(): void {
    const { packetMaxBytes, now, builtins, onError } = this.context;
    this.#remoteAddress = remoteAddressOf(this.socket);
    this.#peer = new Peer(this, {
      onQuest: (quest) => this.#handlers?.onQuest(quest),
      onHandlerError: onError,
      packetMaxBytes,
      now,
      isPrivatePeer: isPrivateAddress(this.#remoteAddress),
      ...(builtins === undefined ? {} : { builtins }),
    });
    try {
      this.#handlers = this.context.onConnection(this);
    } catch (error) {
      this.context.onError(error);
      this.closeFor('error');
    }
  }

  #respond(seq: number, status: number, json: Uint8Array): void {
    const response = this.#responses.get(seq);
    if (response === undefined) return;
    this.#responses.delete(seq);
    sendJson(response, status === 0 ? 200 : 500, json);
    if (this.bufferedBytes > this.context.outputMaxBytes) {
      this.markClosing('slow-reader');
      this.socket.destroy();
    }
  }

  #refusePush(seq: number, isOneWay: boolean): void {
    if (isOneWay) return;
    const payload = Buffer.from(JSON.stringify({ code: FPNN_CODES.invalidConnection, ex: 'HTTP carries no pushes' }));
    // Not at once: the peer is still busy asking.
    queueMicrotask(() => this.#peer?.handlePacket({ kind: 'answer', seq, status: 1, encoding: 'json', payload }));
  }

  #refuse(error: unknown, response: ServerResponse): void {
    if (this.socket.destroyed) return;
    if (error instanceof HttpRefusal) {
      sendRefusal(response, error);
    } else if (error instanceof ProtocolViolation) {
      this.context.onViolation(error.reason);
      sendRefusal(response, new HttpRefusal(400, `the request is refused: ${error.reason}`));
    } else {
      this.context.onError(error);
      sendRefusal(response, new HttpRefusal(500, 'internal error', FPNN_CODES.unknown));
    }
  }
}
