import type { ForwardedPacket } from './forwarded-packet.ts';

/** How many packets of a stream are kept to be sent again: 20 s of voice, some seconds of video. */
export const RING_PACKETS = 1024;

/** The last packets of a channel by index. */
export class PacketRing {
  readonly #slots: (ForwardedPacket | undefined)[] = new Array(RING_PACKETS).fill(undefined);

  add(packet: ForwardedPacket): void {
    this.#slots[packet.index % RING_PACKETS] = packet;
  }

  get(index: number): ForwardedPacket | undefined {
    const packet = this.#slots[index % RING_PACKETS];
    return packet?.index === index ? packet : undefined;
  }

  clear(): void {
    this.#slots.fill(undefined);
  }
}
