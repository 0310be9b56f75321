import type { Socket } from 'node:net';
import type { CloseReason } from './connection.ts';
import type { ListenerContext, OpenSocket } from './listener-context.ts';

const OWNER = Symbol('owner');

interface OwnedSocket extends Socket {
  [OWNER]?: SocketOwner;
}

/**
 * Whoever reads a socket of a listener at the moment: first the one that tells the protocol from the first bytes, then
 * the connection. One set of static listeners serves all sockets, which saves four closures on each.
 */
export abstract class SocketOwner implements OpenSocket {
  deadlineTick = 0;
  protected readonly context: ListenerContext;
  protected readonly socket: Socket;
  #closeReason: CloseReason | undefined;
  #waitingAtDeadline = 0;

  /** Takes the socket over from its present owner, if there is one. */
  constructor(context: ListenerContext, socket: Socket) {
    this.context = context;
    this.socket = socket;
    const previous = ownerOf(socket);
    if (previous !== undefined) context.sweep.delete(previous);
    (socket as OwnedSocket)[OWNER] = this;
    context.sweep.add(this);
  }

  /** True as soon as this side has decided to close. */
  protected get isClosing(): boolean {
    return this.#closeReason !== undefined;
  }

  handleData(_chunk: Buffer): void {}

  /** The other side will send no more. */
  handleEnd(): void {
    this.socket.end();
  }

  /** The socket is gone, to be counted once. */
  handleClosed(): void {
    this.context.sweep.delete(this);
    this.context.onClosed(this.#closeReason ?? 'peer');
  }

  handleDeadline(): void {
    if (this.isClosing) this.socket.destroy();
    else if (this.#isSending()) this.touch();
    else this.closeFor('idle');
  }

  shutDown(): void {
    if (!this.isClosing) this.closeFor('shutdown');
  }

  /** Ends the connection for a reason of this side; the first reason counts. */
  protected closeFor(reason: CloseReason): void {
    this.markClosing(reason);
    this.socket.destroySoon();
  }

  protected markClosing(reason: CloseReason): void {
    this.#closeReason ??= reason;
    this.deadlineTick = this.context.sweep.closingDeadline;
  }

  /** True when a long write has made progress since the last deadline: a slow network is not an idle one. */
  #isSending(): boolean {
    const before = this.#waitingAtDeadline;
    this.#waitingAtDeadline = bytesInSystem(this.socket);
    return this.#waitingAtDeadline !== before && this.#waitingAtDeadline > 0;
  }

  /** Something has moved on the connection. */
  protected touch(): void {
    if (!this.isClosing) this.deadlineTick = this.context.sweep.idleDeadline;
  }
}

/**
 * Bytes of the current write that the system has not taken. A stream counts a write as a whole until it is done, so this
 * asks the handle, as the socket timeouts of Node itself do; without the answer a write counts as idle.
 */
function bytesInSystem(socket: Socket): number {
  return (socket as { _handle?: { writeQueueSize?: number } | null })._handle?.writeQueueSize ?? 0;
}

/** Whoever reads the socket at the moment; undefined for a socket that no listener has accepted. */
export function ownerOf(socket: Socket): SocketOwner | undefined {
  return (socket as OwnedSocket)[OWNER];
}

/** Starts to pass the events of a socket to its owner. */
export function listenToSocket(socket: Socket): void {
  socket.on('data', handleData);
  socket.on('end', handleEnd);
  socket.on('close', handleClose);
  socket.on('error', handleError);
}

/** Leaves data and end to others, here node:http; the owner still hears of the close. */
export function stopReading(socket: Socket): void {
  socket.off('data', handleData);
  socket.off('end', handleEnd);
}

/** Gives data and end to the owner again. */
export function readAgain(socket: Socket): void {
  socket.on('data', handleData);
  socket.on('end', handleEnd);
}

function handleData(this: OwnedSocket, chunk: Buffer): void {
  this[OWNER]?.handleData(chunk);
}

function handleEnd(this: OwnedSocket): void {
  this[OWNER]?.handleEnd();
}

function handleClose(this: OwnedSocket): void {
  this[OWNER]?.handleClosed();
}

// ECONNRESET, EPIPE and their kind: `close` follows and ends the connection.
function handleError(): void {}
