import { decodePayload, type Packet, PacketReader, ProtocolViolation, WireError } from '@parley/fpnn';

/** What bytes on a connection must lead to. */
export type Foretold = {
  /** The sequence numbers that want an answer, up to the violation if there is one. */
  readonly asked: readonly number[];
  /** Why the connection is closed; undefined when the bytes are no violation, whole or not. */
  readonly violation: string | undefined;
};

const MAGIC = 'FPNN';
const HTTP_STARTS = ['GET ', 'POST', 'OPTI', 'HEAD', 'PUT ', 'DELE', 'PATC', 'TRAC', 'CONN'];
const NOTHING: Foretold = { asked: [], violation: undefined };

/**
 * Foretells what a server does with all the bytes of a TCP connection: packet reader and decoders, which have tests of
 * their own, say where the first violation is.
 *
 * @returns Undefined when the bytes speak HTTP or may begin with a `*key`.
 */
export function foretellTcp(bytes: Uint8Array): Foretold | undefined {
  const start = Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1');
  const protocol = [MAGIC, ...HTTP_STARTS].find((known) => known.startsWith(start));
  if (protocol === undefined) return { asked: [], violation: 'bad-magic' };
  if (start.length < MAGIC.length) return NOTHING;
  if (protocol !== MAGIC || Buffer.from(bytes).includes('*key')) return undefined;
  return foretell(packetsIn(bytes));
}

/** The same for the messages of a WebSocket, each of which must be one packet. */
export function foretellWebSocket(messages: readonly Uint8Array[]): Foretold {
  return foretell(onePacketEach(messages));
}

function foretell(packets: Iterable<Packet>): Foretold {
  const asked: number[] = [];
  try {
    for (const packet of packets) {
      if (packet.kind === 'answer') continue;
      decodePayload(packet);
      if (packet.method === '*key') throw new ProtocolViolation('bad-key');
      if (!packet.isOneWay) asked.push(packet.seq);
    }
    return { asked, violation: undefined };
  } catch (error) {
    if (error instanceof ProtocolViolation || error instanceof WireError) return { asked, violation: error.reason };
    throw error;
  }
}

function* packetsIn(bytes: Uint8Array): Iterable<Packet> {
  const reader = new PacketReader();
  reader.append(bytes);
  for (let packet = reader.next(); packet !== undefined; packet = reader.next()) yield packet;
}

function* onePacketEach(messages: readonly Uint8Array[]): Iterable<Packet> {
  for (const message of messages) {
    const reader = new PacketReader();
    reader.append(message);
    const packet = reader.next();
    if (packet === undefined) throw new ProtocolViolation('partial-packet');
    if (reader.bufferedBytes > 0) throw new ProtocolViolation('extra-packet');
    yield packet;
  }
}
