import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HttpConnection } from './http-connection.ts';
import { parseServicePath } from './http-quest.ts';
import type { ListenerContext } from './listener-context.ts';
import { ownerOf, stopReading } from './socket-owner.ts';
import { WebSocketConnection } from './websocket-connection.ts';
import { WebSocketFrames } from './websocket-frame.ts';

const CLOSE_HANDSHAKE_MS = 5000;

/** Takes the sockets that turn out to speak HTTP: answers requests and upgrades to WebSocket. It never listens itself. */
export class HttpFront {
  /** Set while draining: responses then ask clients to come back on another connection. */
  isDraining = false;
  readonly #context: ListenerContext;
  readonly #server: Server;
  readonly #webSockets: WebSocketServer;
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
    this.#webSockets = createWebSocketServer(context.packetMaxBytes);
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
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      const http = ownerOf(socket);
      if (http instanceof HttpConnection) http.release();
      new WebSocketConnection(this.#context, socket, webSocket, this.#frames);
    });
  }
}

function createWebSocketServer(messageMaxBytes: number): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageMaxBytes,
    // A text message holds a packet, which is no text.
    skipUTF8Validation: true,
    // Pongs leave with everything else of their turn, and count as output.
    autoPong: false,
    // Not yet known to the types of ws.
    closeTimeout: CLOSE_HANDSHAKE_MS,
  };
  return new WebSocketServer(options);
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
