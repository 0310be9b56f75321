import type { Curve } from '../../src/node/encryption/curve.ts';
import type { KeyBits } from '../../src/node/encryption/session-cipher.ts';
import { VECTORS, type Vector } from '../vectors.ts';

/** The secrets of a captured encrypted connection, in hex. */
export interface Handshake {
  readonly curve: Curve;
  readonly serverPrivateKey: string;
  readonly serverPublicKey: string;
  readonly clientPublicKey: string;
  readonly sharedSecret: string;
  readonly bits: KeyBits;
  readonly streamMode: boolean;
  readonly aesKey: string;
  readonly iv: string;
}

/** One packet of it, in hex. */
export interface CapturedPacket {
  readonly dir: string;
  readonly plain: string;
  readonly wire: string;
}

/** The captured connections with encryption. */
export const ENCRYPTED_VECTORS: readonly Vector[] = VECTORS.filter(({ name }) => name.includes('/encrypted-'));

/** The secrets behind a captured connection. */
export function handshakeOf(vector: Vector): Handshake {
  return (vector.decoded as unknown as { handshake: Handshake }).handshake;
}

/** The encrypted packets of one direction: all but the `*key` quest itself, which is plain. */
export function packetsOf(vector: Vector, direction: 'c2s' | 's2c'): readonly CapturedPacket[] {
  const packets = (vector.decoded.packets ?? []).filter(({ dir }) => dir === direction);
  return direction === 'c2s' ? packets.slice(1) : packets;
}
