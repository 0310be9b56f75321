import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FPNN_CODES } from '../src/codes.ts';
import { connectTcp, ServerKey } from '../src/node/index.ts';
import { encodeAnswer } from '../src/packet.ts';
import { cleanUp, closing, startListener } from './support/listener-fixture.ts';

/** A server that does with sockets what it is told. */
async function startRaw(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

const HOST = '127.0.0.1';
const ENCRYPTION = { publicKey: ServerKey.generate().publicBytes };

describe('connectTcp', () => {
  it('fails with 20002 where nobody listens', async () => {
    const fixture = await startListener();
    await fixture.listener.close();
    const failure = connectTcp({ host: HOST, port: fixture.port });
    await expect(failure).rejects.toMatchObject({
      name: 'FpnnError',
      code: FPNN_CODES.connectionClosed,
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('fails with 20003 when the key exchange takes too long', async () => {
    const port = await startRaw(() => {});
    const failure = connectTcp({ host: HOST, port, encryption: ENCRYPTION, connectTimeoutMs: 30 });
    await expect(failure).rejects.toMatchObject({ code: FPNN_CODES.timeout });
  });

  it('fails with 20002 when the server closes during the key exchange', async () => {
    const port = await startRaw((socket) => socket.end());
    const failure = connectTcp({ host: HOST, port, encryption: ENCRYPTION });
    await expect(failure).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
  });

  it('fails with 20002 when the server answers *key in plain', async () => {
    const port = await startRaw((socket) => socket.once('data', () => socket.write(encodeAnswer(1, {}))));
    const failure = connectTcp({ host: HOST, port, encryption: { ...ENCRYPTION, mode: 'stream' } });
    await expect(failure).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
  });

  it('fails with 20015 when it is aborted, before or while it connects', async () => {
    const port = await startRaw(() => {});
    const cause = new Error('enough');
    const before = connectTcp({ host: HOST, port, signal: AbortSignal.abort(cause) });
    await expect(before).rejects.toMatchObject({ code: FPNN_CODES.cancelled, cause });
    const controller = new AbortController();
    const during = connectTcp({ host: HOST, port, signal: controller.signal, encryption: ENCRYPTION });
    controller.abort(cause);
    await expect(during).rejects.toMatchObject({ code: FPNN_CODES.cancelled, cause });
  });

  it('keeps a connection whose signal is aborted later', async () => {
    const fixture = await startListener();
    const controller = new AbortController();
    const peer = closing(await connectTcp({ host: HOST, port: fixture.port, signal: controller.signal }));
    controller.abort();
    await peer.quest('echo', {});
  });

  it('does not call onClose for a connection that never was usable', async () => {
    const port = await startRaw((socket) => socket.end());
    let ends = 0;
    const onClose = () => {
      ends += 1;
    };
    await expect(connectTcp({ host: HOST, port, encryption: ENCRYPTION, onClose })).rejects.toThrow();
    await new Promise(setImmediate);
    expect(ends).toBe(0);
  });
});

describe('a peer over TCP', () => {
  it('ends with its socket: quests fail with 20002, onClose comes once', async () => {
    const fixture = await startListener({}, () => {});
    let ends = 0;
    const closed = new Promise<void>((resolve) => {
      const onClose = () => {
        ends += 1;
        resolve();
      };
      void connectTcp({ host: HOST, port: fixture.port, onClose }).then(async (peer) => {
        const quest = peer.quest('m', {});
        await fixture.until(() => fixture.quests.length === 1);
        fixture.connections[0]!.close();
        await expect(quest).rejects.toMatchObject({ code: FPNN_CODES.connectionClosed });
        expect(peer.isClosed).toBe(true);
      });
    });
    await closed;
    expect(ends).toBe(1);
  });

  it('sends what is queued before it closes', async () => {
    const fixture = await startListener();
    const peer = await connectTcp({ host: HOST, port: fixture.port });
    peer.notify('a', {});
    peer.notify('b', { text: 'x'.repeat(100_000) });
    peer.close();
    peer.close();
    await fixture.until(() => fixture.closed.length === 1);
    expect(fixture.quests.map(({ method }) => method)).toEqual(['a', 'b']);
    expect(fixture.closed).toEqual(['peer']);
  });

  it('writes the quests of one turn in one piece', async () => {
    const chunks: number[] = [];
    const port = await startRaw((socket) => {
      socket.on('data', (chunk) => {
        chunks.push(chunk.length);
        socket.end();
      });
    });
    await new Promise<void>((resolve) => {
      void connectTcp({ host: HOST, port, onClose: () => resolve() }).then((peer) => {
        for (let i = 0; i < 100; i++) peer.quest('m', {}).catch(() => {});
      });
    });
    // A quest without parameters has 18 bytes.
    expect(chunks).toEqual([100 * 18]);
  });

  it('survives a handler that throws, and reports it', async () => {
    const fixture = await startListener();
    const errors: unknown[] = [];
    const peer = closing(
      await connectTcp({
        host: HOST,
        port: fixture.port,
        onQuest: () => {
          throw new Error('mine');
        },
        onHandlerError: (error) => errors.push(error),
      }),
    );
    await peer.quest('hello', {});
    const push = fixture.connections[0]!.peer.quest('push', {});
    await expect(push).rejects.toMatchObject({ code: FPNN_CODES.unknown });
    expect(errors).toEqual([new Error('mine')]);
    await peer.quest('hello', {});
  });
});
