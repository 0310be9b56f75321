import { encodeClientFrame, OPCODES } from '../../packages/fpnn/test/support/raw-websocket.ts';
import { mutate, seededRandom } from '../../packages/fpnn/test/wire-generators.ts';
import { type Foretold, foretellWebSocket } from './foretell.ts';
import type { PacketInputs } from './packet-inputs.ts';

/** Frames to send on one WebSocket, and what they must lead to. */
export type WebSocketInput = {
  readonly label: string;
  readonly frames: readonly Uint8Array[];
  readonly foretold: Foretold;
};

type Random = (limit: number) => number;

/** Heads of frames that announce too much. */
const TOO_LARGE: readonly (readonly [label: string, frame: Uint8Array])[] = [
  ['a length of 8 MiB and one byte', Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x80, 0, 1, 0, 0, 0, 0])],
  ['a length beyond 2^53', Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
];
const TEXT = Buffer.from('text');

/** Frames that no client may send: RFC 6455, sections 5.1 to 5.5. */
const BROKEN_FRAMES: readonly (readonly [label: string, frame: Uint8Array])[] = [
  ['an unmasked frame', encodeClientFrame(OPCODES.binary, TEXT, { isMasked: false })],
  ['a reserved bit', withFirstByte(0xc2)],
  ['a reserved opcode', withFirstByte(0x83)],
  ['a reserved control opcode', withFirstByte(0x8b)],
  ['a continuation of nothing', withFirstByte(0x80)],
  ['a fragmented ping', withFirstByte(0x09)],
  ['a long ping', encodeClientFrame(OPCODES.ping, Buffer.alloc(126))],
  ['a close frame of one byte', encodeClientFrame(OPCODES.close, Buffer.of(3))],
  ['a close code out of range', encodeClientFrame(OPCODES.close, Buffer.of(0, 1))],
];

/** The same seed gives the same input, but for the times and signatures of its calls. */
export function makeWebSocketInput(seed: number, packets: PacketInputs): WebSocketInput {
  const random = seededRandom(seed);
  const good = () => packets.goodPacket(random);
  const messages = Array.from({ length: random(3) }, good);
  switch (random(5)) {
    case 0:
      return fromMessages('good messages', [...messages, good()], random);
    case 1:
      return fromMessages('a mutated message', [...messages, mutate(good(), random), good()], random);
    case 2:
      return fromMessages('a message of any kind', [...messages, packets.make(seed).bytes, good()], random);
    case 3:
      return broken(pick(BROKEN_FRAMES, random), 'bad-websocket', messages, random);
    default:
      return broken(pick(TOO_LARGE, random), 'oversize', messages, random);
  }
}

function broken(
  [label, frame]: readonly [string, Uint8Array],
  violation: string,
  messages: readonly Uint8Array[],
  random: Random,
): WebSocketInput {
  const before = fromMessages(label, messages, random);
  return { label, frames: [...before.frames, frame], foretold: { ...before.foretold, violation } };
}

function fromMessages(label: string, messages: readonly Uint8Array[], random: Random): WebSocketInput {
  const frames = messages.flatMap((message) => [...framesOf(message, random)]);
  return { label, frames, foretold: foretellWebSocket(messages) };
}

/** A message as text or binary, whole or in fragments, with a ping in between at times. */
function* framesOf(message: Uint8Array, random: Random): Iterable<Uint8Array> {
  const opcode = pick([OPCODES.binary, OPCODES.text], random);
  if (message.length < 2 || random(3) > 0) {
    yield encodeClientFrame(opcode, message);
    return;
  }
  const at = random(message.length);
  yield encodeClientFrame(opcode, message.subarray(0, at), { isFinal: false });
  if (random(2) === 0) yield encodeClientFrame(OPCODES.ping, TEXT);
  yield encodeClientFrame(OPCODES.continuation, message.subarray(at));
}

function withFirstByte(byte: number): Uint8Array {
  const frame = encodeClientFrame(OPCODES.binary, TEXT);
  frame[0] = byte;
  return frame;
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random(from.length)]!;
}
