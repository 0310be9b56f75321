export {
  type ConnectWebSocketOptions,
  connectWebSocket,
  type WebSocketConstructor,
  type WebSocketLike,
} from './connect-web-socket.ts';
