import type { ByteStream } from '../src/byte-stream.ts';
import { PacketReader } from '../src/packet-reader.ts';
import { Peer, type PeerOptions } from '../src/peer.ts';

/** A stream that keeps what is written, and notes how it ended. */
export class RecordingStream implements ByteStream {
  readonly written: Uint8Array[] = [];
  state: 'open' | 'closed' | 'destroyed' = 'open';
  bufferedBytes = 0;

  write(bytes: Uint8Array): void {
    this.written.push(bytes);
  }

  close(): void {
    this.state = 'closed';
  }

  destroy(): void {
    this.state = 'destroyed';
  }
}

/** Hands each write to the other peer at once, and an end to both. */
class LinkedStream implements ByteStream {
  readonly bufferedBytes = 0;
  private readonly ends: () => readonly [own: Peer, other: Peer];
  private readonly reader = new PacketReader();

  constructor(ends: () => readonly [own: Peer, other: Peer]) {
    this.ends = ends;
  }

  write(bytes: Uint8Array): void {
    const [, other] = this.ends();
    for (const packet of this.reader.push(bytes)) other.handlePacket(packet);
  }

  close(): void {
    for (const peer of this.ends()) peer.handleClose();
  }

  destroy(): void {
    this.close();
  }
}

/** Two peers on one connection without a socket. */
export function linkPeers(left: PeerOptions, right: PeerOptions): readonly [left: Peer, right: Peer] {
  const peers: Peer[] = [];
  peers.push(new Peer(new LinkedStream(() => [peers[0]!, peers[1]!]), left));
  peers.push(new Peer(new LinkedStream(() => [peers[1]!, peers[0]!]), right));
  return [peers[0]!, peers[1]!];
}
