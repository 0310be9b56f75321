import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as native from 'node-datachannel';

/**
 * The UDP port of a worker. Its peers share it; it is held from the start, so that a port in use is known at once.
 *
 * Whoever opens it keeps it: the collector would end the native listener, and requests that reach a listener while it
 * ends abort the process.
 */
export class UdpPort {
  readonly number: number;
  readonly #listener: native.IceUdpMuxListener;

  private constructor(number: number, bindAddress: string | undefined) {
    this.number = number;
    this.#listener = new native.IceUdpMuxListener(number, bindAddress);
  }

  /** @param number 0 for a free one @throws Error when the port is in use */
  static async open(number: number, bindAddress: string | undefined): Promise<UdpPort> {
    return new UdpPort(number === 0 ? await findFreePort(bindAddress) : number, bindAddress);
  }

  close(): void {
    this.#listener.stop();
  }
}

async function findFreePort(bindAddress: string | undefined): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, bindAddress);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
