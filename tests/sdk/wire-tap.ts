import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Address } from '@parley/server';

/** Stands between a client and a server. */
export type WireTap = {
  readonly address: Address;
  /** Every byte that has passed, in either direction. */
  readonly passed: Buffer;
  /** What the server says next is lost, and with it the connection: the client cannot know whether it was heard. */
  loseNextAnswer(): void;
  close(): void;
};

export async function tapWire(server: Address): Promise<WireTap> {
  const chunks: Buffer[] = [];
  const sockets: Socket[] = [];
  let isLosing = false;
  const tap = createServer((near) => {
    const far = connect(server);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.push(from);
      from.on('data', (chunk) => {
        if (isLosing && from === far) {
          isLosing = false;
          far.destroy();
          return;
        }
        chunks.push(chunk);
        to.write(chunk);
      });
      from.on('close', () => to.destroy());
      from.on('error', () => {}); // `close` follows.
    }
  });
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve));
  const { port } = tap.address() as AddressInfo;
  return {
    address: { host: '127.0.0.1', port },
    get passed() {
      return Buffer.concat(chunks);
    },
    loseNextAnswer() {
      isLosing = true;
    },
    close() {
      tap.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
