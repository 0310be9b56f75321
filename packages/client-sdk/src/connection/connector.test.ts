import { expect, test } from 'vitest';
import { webSocketUrl } from './connector.ts';

test.each([
  ['ws://127.0.0.1:13321', 'ws://127.0.0.1:13321/service/websocket'],
  ['wss://chat.example:13322/', 'wss://chat.example:13322/service/websocket'],
  ['wss://[::1]:13322', 'wss://[::1]:13322/service/websocket'],
  ['wss://chat.example/service/other', 'wss://chat.example/service/other'],
])('%s is reached at %s', (endpoint, url) => {
  expect(webSocketUrl(endpoint)).toBe(url);
});

test.each(['127.0.0.1:13321', 'chat.example', 'http://chat.example', 'tcp://127.0.0.1:13321', ''])(
  '%j is no address of a WebSocket',
  (endpoint) => {
    expect(() => webSocketUrl(endpoint)).toThrow(TypeError);
  },
);
