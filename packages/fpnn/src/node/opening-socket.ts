import type { Socket } from 'node:net';
import { classifyFirstBytes } from './first-bytes.ts';
import type { HttpFront } from './http-front.ts';
import type { ListenerContext } from './listener-context.ts';
import { listenToSocket, SocketOwner } from './socket-owner.ts';
import { TcpConnection } from './tcp-connection.ts';

/** A socket whose first bytes have not told yet what it speaks. */
export class OpeningSocket extends SocketOwner {
  readonly #http: HttpFront;
  #firstBytes: Buffer | undefined;

  constructor(context: ListenerContext, socket: Socket, http: HttpFront) {
    super(context, socket);
    this.#http = http;
    listenToSocket(socket);
  }

  override handleData(chunk: Buffer): void {
    if (this.isClosing) return;
    const bytes = this.#firstBytes === undefined ? chunk : Buffer.concat([this.#firstBytes, chunk]);
    switch (classifyFirstBytes(bytes)) {
      case 'undecided':
        this.#firstBytes = bytes;
        break;
      case 'fpnn':
        new TcpConnection(this.context, this.socket).handleData(bytes);
        break;
      case 'http':
        this.#http.take(this.socket, bytes);
        break;
      case 'unknown':
        this.context.onViolation('bad-magic');
        this.closeFor('violation');
        break;
    }
  }
}
