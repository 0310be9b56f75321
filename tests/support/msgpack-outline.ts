/** What a MessagePack value is on the wire. */
export type WireKind = 'nil' | 'bool' | 'int' | 'float' | 'str' | 'bin' | 'ext' | 'list' | 'map';

/** Where a value and its parts lie in the bytes that hold it. Offsets are from the start of those bytes. */
export type Outline = {
  readonly kind: WireKind;
  readonly start: number;
  /** Where the content of a str, bin or ext begins, or the digits of a number behind its format byte. */
  readonly contentStart: number;
  readonly end: number;
  /** The elements of a list; key, value, key, value of a map. */
  readonly items: readonly Outline[];
};

/** Kinds and sizes of the formats c0..df: bytes of the number, or of the length that leads the content. */
const FORMATS: Readonly<Record<number, readonly [kind: WireKind, width: number]>> = {
  192: ['nil', 0],
  194: ['bool', 0],
  195: ['bool', 0],
  196: ['bin', 1],
  197: ['bin', 2],
  198: ['bin', 4],
  202: ['float', 4],
  203: ['float', 8],
  204: ['int', 1],
  205: ['int', 2],
  206: ['int', 4],
  207: ['int', 8],
  208: ['int', 1],
  209: ['int', 2],
  210: ['int', 4],
  211: ['int', 8],
  217: ['str', 1],
  218: ['str', 2],
  219: ['str', 4],
  220: ['list', 2],
  221: ['list', 4],
  222: ['map', 2],
  223: ['map', 4],
};

/**
 * Reads where each part of a MessagePack value lies, without decoding it: tests change bytes in place with it and see
 * formats that a decoder hides. It trusts its input.
 *
 * @throws Error for an extension or the unused format c1.
 */
export function outlineOf(bytes: Uint8Array, start = 0): Outline {
  const format = bytes[start]!;
  const leaf = (kind: WireKind, contentStart: number, length: number): Outline => ({
    kind,
    start,
    contentStart,
    end: contentStart + length,
    items: [],
  });
  if (format < 0x80 || format >= 0xe0) return leaf('int', start, 1);
  if (format < 0x90) return container(bytes, start, 'map', start + 1, 2 * (format & 0x0f));
  if (format < 0xa0) return container(bytes, start, 'list', start + 1, format & 0x0f);
  if (format < 0xc0) return leaf('str', start + 1, format & 0x1f);
  const known = FORMATS[format];
  if (known === undefined) throw new Error(`format ${format.toString(16)} at ${start} is not outlined`);
  const [kind, width] = known;
  if (kind === 'nil' || kind === 'bool' || kind === 'int' || kind === 'float') return leaf(kind, start + 1, width);
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUIntBE(start + 1, width);
  if (kind === 'map') return container(bytes, start, kind, start + 1 + width, 2 * length);
  if (kind === 'list') return container(bytes, start, kind, start + 1 + width, length);
  return leaf(kind, start + 1 + width, length);
}

/** The values of a map by key. */
export function entriesOf(bytes: Uint8Array, map: Outline): Map<string, Outline> {
  const entries = new Map<string, Outline>();
  for (let i = 0; i < map.items.length; i += 2) {
    const key = map.items[i]!;
    entries.set(Buffer.from(bytes.subarray(key.contentStart, key.end)).toString(), map.items[i + 1]!);
  }
  return entries;
}

function container(
  bytes: Uint8Array,
  start: number,
  kind: 'list' | 'map',
  contentStart: number,
  count: number,
): Outline {
  const items: Outline[] = [];
  let end = contentStart;
  for (let i = 0; i < count; i += 1) {
    const item = outlineOf(bytes, end);
    items.push(item);
    end = item.end;
  }
  return { kind, start, contentStart, end, items };
}
