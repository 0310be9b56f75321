import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HttpConnection } from './http-connection.ts';
import { parseServicePath } from './http-quest.ts';
import type { ListenerContext } from './listener-context.ts';
import { ownerOf, stopReading } from './socket-owner.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import { WebSocketFrames } from './websocket-frame.ts';
import { acceptWebSocket } from './websocket-handshake.ts';

/** Takes the sockets that turn out to speak HTTP: answers requests and upgrades to WebSocket. It never listens itself. */
export class HttpFront {
  /** Set while draining: responses then ask clients to come back on another connection. */
  isDraining = false;
  readonly #context: ListenerContext;
  readonly #server: Server;
  readonly #frames = new WebSocketFrames();

  constructor(context: ListenerContext) {
    this.#context = context;
    // The idle timeout of the connection covers what these timeouts are for.
    this.#server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
    this.#server.on('request', (request, response) => {
      const owner = ownerOf(request.socket);
      if (!(owner instanceof HttpConnection)) return;
      if (this.isDraining) response.setHeader('Connection', 'close');
      owner.handleRequest(request, response);
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('clientError', handleClientError);
  }

  /** Takes a socket over, with the bytes read so far. */
  take(socket: Socket, firstBytes: Buffer): void {
    stopReading(socket);
    socket.pause();
    new HttpConnection(this.#context, socket);
    socket.unshift(firstBytes);
    this.#server.emit('connection', socket);
    socket.resume();
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const socket = stream as Socket;
    if (parseServicePath(request.url ?? '') === undefined) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const accepted = acceptWebSocket(request);
    if (accepted === undefined) {
      socket.end(
        'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    socket.write(accepted);
    const http = ownerOf(socket);
    if (http instanceof HttpConnection) http.release();
    new WebSocketConnection(this.#context, socket, this.#frames, head);
  }
}

/** Errors of the socket end the connection by themselves, errors of the parser have to. */
function handleClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const owner = ownerOf(socket as Socket);
  if (owner instanceof HttpConnection && error.code?.startsWith('HPE_')) {
    owner.handleMalformed(error.code === 'HPE_HEADER_OVERFLOW');
  } else {
    socket.destroy();
  }
}
