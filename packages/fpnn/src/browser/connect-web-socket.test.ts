import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../codes.ts';
import { encodeAnswer, encodeQuest } from '../packet.ts';
import { PacketReader } from '../packet-reader.ts';
import { type ConnectWebSocketOptions, connectWebSocket } from './connect-web-socket.ts';
import type { WebSocketLike } from './web-socket-like.ts';

/** A WebSocket whose other side is the test. */
class TestWebSocket implements WebSocketLike {
  static last: TestWebSocket;
  readonly url: string;
  readonly protocols: string | string[] | undefined;
  readonly sent: Uint8Array[] = [];
  binaryType = 'blob';
  readyState = 0;
  bufferedAmount = 0;
  closeCode: number | undefined;
  readonly #listeners: { readonly type: string; readonly listener: (event: { data: unknown }) => void }[] = [];

  constructor(url: string, protocols?: string | string[]) {
    this.url = url;
    this.protocols = protocols;
    TestWebSocket.last = this;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners.push({ type, listener });
  }

  open(): void {
    this.readyState = 1;
    this.#emit('open');
  }

  receive(bytes: Uint8Array | string): void {
    const data = typeof bytes === 'string' ? bytes : Uint8Array.from(bytes).buffer;
    this.#emit('message', data);
  }

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  close(code?: number): void {
    if (this.readyState === 3) return;
    this.closeCode = code;
    this.readyState = 3;
    this.#emit('close');
  }

  #emit(type: string, data?: unknown): void {
    for (const { type: wanted, listener } of this.#listeners) {
      if (wanted === type) listener({ data });
    }
  }
}

async function open(options: Partial<ConnectWebSocketOptions> = {}) {
  const connecting = connectWebSocket({ url: 'ws://host/service/websocket', WebSocket: TestWebSocket, ...options });
  const socket = TestWebSocket.last;
  socket.open();
  return { peer: await connecting, socket };
}

describe('connectWebSocket', () => {
  it('sends each packet as one message', async () => {
    const { peer, socket } = await open();
    peer.notify('a', {});
    peer.notify('b', {});
    expect(socket.binaryType).toBe('arraybuffer');
    expect(socket.sent.map((message) => new PacketReader().push(message).length)).toEqual([1, 1]);
  });

  it('takes packets whatever the messages they come in', async () => {
    const methods: string[] = [];
    const { socket } = await open({ onQuest: (quest) => void methods.push(quest.method) });
    const two = [encodeQuest({ method: 'a', params: {} }), encodeQuest({ method: 'b', params: {} })];
    const bytes = Uint8Array.from(two.flatMap((packet) => [...packet]));
    socket.receive(bytes);
    for (const byte of bytes) socket.receive(Uint8Array.of(byte));
    for (let split = 0; split <= bytes.length; split++) {
      socket.receive(bytes.subarray(0, split));
      socket.receive(bytes.subarray(split));
    }
    expect(methods).toEqual(Array.from({ length: bytes.length + 3 }, () => ['a', 'b']).flat());
  });

  it('resolves quests with their answers', async () => {
    const { peer, socket } = await open();
    const answer = peer.quest('m', {});
    socket.receive(encodeAnswer(1, { n: 7 }));
    expect((await answer).get('n')).toBe(7);
  });

  it.each([
    ['garbage', new Uint8Array(20)],
    ['a text message', 'hello'],
  ])('closes on %s and tells why', async (_, message) => {
    let reason: unknown;
    const onClose = (error?: Error) => {
      reason = error;
    };
    const { peer, socket } = await open({ onClose });
    socket.receive(message);
    socket.receive(encodeQuest({ method: 'ignored', params: {} }));
    expect(socket.closeCode).toBe(1000);
    expect(peer.isClosed).toBe(true);
    expect(reason).toMatchObject({ name: 'ProtocolViolation' });
  });

  it('ends its peer with the socket', async () => {
    let ends = 0;
    const onClose = () => {
      ends += 1;
    };
    const { peer, socket } = await open({ onClose });
    const quest = peer.quest('m', {});
    socket.close();
    await expect(quest).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
    peer.notify('late', {});
    expect([ends, socket.sent.length]).toEqual([1, 1]);
  });

  it('closes the socket with its peer', async () => {
    const { peer, socket } = await open();
    peer.close();
    expect(socket.closeCode).toBe(1000);
  });

  it('passes the subprotocols on', async () => {
    expect((await open({ protocols: 'a' })).socket.protocols).toBe('a');
    expect((await open({ protocols: ['a', 'b'] })).socket.protocols).toEqual(['a', 'b']);
    expect((await open()).socket.protocols).toEqual([]);
  });

  it('fails with 20002 when the socket closes before it opens', async () => {
    let ends = 0;
    const onClose = () => {
      ends += 1;
    };
    const connecting = connectWebSocket({ url: 'ws://x', WebSocket: TestWebSocket, onClose });
    TestWebSocket.last.close();
    await expect(connecting).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
    expect(ends).toBe(0);
  });

  it('fails with 20003 when it takes too long', async () => {
    const connecting = connectWebSocket({ url: 'ws://x', WebSocket: TestWebSocket, connectTimeoutMs: 1 });
    await expect(connecting).rejects.toMatchObject({ code: FPNN_CODES.timeout });
    expect(TestWebSocket.last.readyState).toBe(3);
  });

  it('fails with 20015 when it is aborted', async () => {
    const options = { url: 'ws://x', WebSocket: TestWebSocket };
    const before = connectWebSocket({ ...options, signal: AbortSignal.abort('why') });
    await expect(before).rejects.toMatchObject({ code: FPNN_CODES.cancelled, cause: 'why' });
    const controller = new AbortController();
    const during = connectWebSocket({ ...options, signal: controller.signal });
    controller.abort();
    await expect(during).rejects.toMatchObject({ code: FPNN_CODES.cancelled });
  });

  it('needs a WebSocket class', async () => {
    const original = (globalThis as { WebSocket?: unknown }).WebSocket;
    (globalThis as { WebSocket?: unknown }).WebSocket = undefined;
    try {
      await expect(connectWebSocket({ url: 'ws://x' })).rejects.toThrow(TypeError);
    } finally {
      (globalThis as { WebSocket?: unknown }).WebSocket = original;
    }
  });
});
