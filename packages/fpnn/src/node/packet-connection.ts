import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ByteStream } from '../byte-stream.ts';
import { ProtocolViolation } from '../errors.ts';
import { MTYPE_ANSWER, type Packet } from '../packet.ts';
import { Peer } from '../peer.ts';
import type { QuestBatch } from '../quest-batch.ts';
import type { CloseReason, Connection, ConnectionHandlers, Transport } from './connection.ts';
import type { Flushable } from './flush-queue.ts';
import type { ListenerContext } from './listener-context.ts';
import { Outbox } from './outbox.ts';
import type { PartialInput } from './partial-inputs.ts';
import { isPrivateAddress, remoteAddressOf } from './remote-address.ts';
import { SocketOwner } from './socket-owner.ts';

/** Where the type of a packet stands in its header. */
const MTYPE_OFFSET = 6;
/** More than this does not wait for the end of the turn. */
const FLUSH_AT_BYTES = 256 * 1024;
/** A connection that carries packets both ways, over TCP or WebSocket: limits, flow control and closing. */
export abstract class PacketConnection extends SocketOwner implements Connection, ByteStream, Flushable, PartialInput {
  abstract readonly transport: Transport;
  partialBytes = 0;
  readonly #outbox: Outbox;
  #peer: Peer | undefined;
  #handlers: ConnectionHandlers | undefined;
  #remoteAddress = '';
  /** Two-way quests of the other side without an answer yet. */
  #inFlight = 0;
  #isPumping = false;
  #isPaused = false;
  #isAwaitingDrain = false;
  #hasPeerEnded = false;

  constructor(context: ListenerContext, socket: Socket) {
    super(context, socket);
    this.#outbox = new Outbox(socket);
  }

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
    return this.#outbox.bufferedBytes;
  }

  /** Queues one packet; all packets of this turn leave together. */
  write(packet: Uint8Array): void {
    if (this.isClosing) return;
    if (packet[MTYPE_OFFSET] === MTYPE_ANSWER) this.#inFlight -= 1;
    this.send(this.encodeForWire(packet));
  }

  /** Queues the packets of a batch, which are shared with other connections. */
  writeBatch(batch: QuestBatch): void {
    if (!this.isClosing) this.send(this.encodeBatchForWire(batch));
  }

  /** As `Connection.close`. */
  close(): void {
    if (this.isClosing) return;
    this.markClosing('local');
    this.#outbox.flush();
    this.endOutput();
    // To read the end of the other side, and to drop what comes before it.
    if (this.#isPaused) this.resumeInput();
  }

  destroy(): void {
    this.markClosing('local');
    this.#outbox.discard();
    this.socket.destroy();
  }

  flush(): void {
    if (this.isClosing) return;
    this.touch();
    this.#outbox.flush();
    if (this.#isPaused) this.#resume();
    this.#endAfterPeer();
  }

  override handleEnd(): void {
    this.#hasPeerEnded = true;
    this.#endAfterPeer();
  }

  handleInputFull(): void {
    this.closeFor('input-full');
  }

  override handleClosed(): void {
    this.markClosing('peer');
    if (this.partialBytes > 0) this.context.partialInputs.note(this, 0, false);
    this.#outbox.discard();
    super.handleClosed();
    this.#peer?.handleClose(this.socket.errored ?? undefined);
    try {
      this.#handlers?.onClose?.();
    } catch (error) {
      this.context.onError(error);
    }
  }

  /** Ends at once, for a reason of this side. What is queued is sent, unless memory is to be freed. */
  protected override closeFor(reason: CloseReason): void {
    this.markClosing(reason);
    if (reason === 'slow-reader' || reason === 'input-full') {
      this.#outbox.discard();
      this.socket.destroy();
      return;
    }
    this.#outbox.flush();
    this.endOutput(reason);
    this.socket.destroySoon();
  }

  /** The other side closes in good order: nothing more is sent. */
  protected abandon(): void {
    this.markClosing('peer');
    this.#outbox.discard();
  }

  /** Hands the connection to the owner of the listener. From here on packets may be sent. */
  protected open(): void {
    const { packetMaxBytes, now, builtins, onError } = this.context;
    this.#remoteAddress = remoteAddressOf(this.socket);
    this.#peer = new Peer(this, {
      onQuest: (quest) => this.#handlers?.onQuest(quest),
      onStrayAnswers: (firstSeq, count) => this.#handlers?.onStrayAnswers?.(firstSeq, count),
      onHandlerError: onError,
      packetMaxBytes,
      now,
      isPrivatePeer: isPrivateAddress(this.#remoteAddress),
      ...(builtins === undefined ? {} : { builtins }),
    });
    try {
      this.#handlers = this.context.onConnection(this);
    } catch (error) {
      onError(error);
      this.closeFor('error');
    }
  }

  protected get isOpen(): boolean {
    return this.#peer !== undefined;
  }

  /** Handles packets until there are none or the other side has to wait. */
  protected pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    let hasPacket = false;
    try {
      while (!this.isClosing) {
        if (this.#mustPause()) {
          this.#pause();
          break;
        }
        const packet = this.nextPacket();
        if (packet === undefined) break;
        hasPacket = true;
        this.handlePacket(packet);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isPumping = false;
      this.#notePartial(hasPacket);
    }
  }

  #notePartial(isNew: boolean): void {
    // A connection that is being closed keeps what it has until it is gone.
    if (this.isClosing) return;
    const bytes = this.inputPartialBytes;
    if (bytes !== this.partialBytes || (isNew && bytes > 0)) this.context.partialInputs.note(this, bytes, isNew);
  }

  protected handlePacket(packet: Packet): void {
    if (packet.kind === 'quest' && !packet.isOneWay) this.#inFlight += 1;
    this.peer.handlePacket(packet);
  }

  /** Queues bytes that are ready for the wire. */
  protected send(bytes: Uint8Array): void {
    const { flushQueue, outputMaxBytes } = this.context;
    if (this.#outbox.isEmpty) flushQueue.add(this);
    this.#outbox.push(bytes, flushQueue.root);
    if (this.#outbox.queuedBytes > FLUSH_AT_BYTES || this.bufferedBytes > outputMaxBytes) this.#offer(bytes.length);
  }

  /** Much was queued within one turn: only what the system does not take counts against the reader. */
  #offer(lastBytes: number): void {
    const { outputMaxBytes } = this.context;
    if (lastBytes <= outputMaxBytes) this.#outbox.flush();
    if (this.bufferedBytes > outputMaxBytes) this.closeFor('slow-reader');
  }

  /** Memory that the input keeps for what is not whole yet. */
  protected abstract get inputPartialBytes(): number;
  /** The next packet that has come in. May throw ProtocolViolation. */
  protected abstract nextPacket(): Packet | undefined;
  protected abstract encodeForWire(packet: Uint8Array): Uint8Array;
  /** Gives connections that write the same the same bytes. */
  protected abstract encodeBatchForWire(batch: QuestBatch): Uint8Array;
  /** Tells the other side that nothing more will come. Called once, with all queued bytes written. */
  protected abstract endOutput(reason?: CloseReason): void;

  protected pauseInput(): void {
    this.socket.pause();
  }

  protected resumeInput(): void {
    this.socket.resume();
  }

  /** A peer that does not read its answers, or asks more than is answered, has to wait: memory stays bounded. */
  #mustPause(): boolean {
    const { inFlightMax, outputPauseBytes } = this.context;
    return this.#inFlight >= inFlightMax || this.bufferedBytes > outputPauseBytes;
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.pauseInput();
  }

  #resume(): void {
    if (this.#mustPause()) {
      // Unanswered quests come back here by the flush of their answer, waiting output only when the socket has drained.
      if (!this.socket.writableNeedDrain || this.#isAwaitingDrain) return;
      this.#isAwaitingDrain = true;
      this.socket.once('drain', () => {
        this.#isAwaitingDrain = false;
        this.flush();
      });
      return;
    }
    this.#isPaused = false;
    this.resumeInput();
    this.pump();
  }

  /** A peer that has closed its sending half still gets the answers that it waits for. */
  #endAfterPeer(): void {
    if (!this.#hasPeerEnded || this.#inFlight > 0 || this.#isPaused || this.isClosing) return;
    this.#outbox.flush();
    this.socket.end();
  }

  #fail(error: unknown): void {
    if (error instanceof ProtocolViolation) {
      this.context.onViolation(error.reason);
      this.closeFor('violation');
    } else {
      this.context.onError(error);
      this.closeFor('error');
    }
  }
}
