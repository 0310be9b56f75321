/** Bytes from `start` to before `end`. */
export type ByteRange = { start: number; end: number };

const SINGLE = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * Reads the Range header of a request for `size` bytes.
 *
 * @returns `whole` without a header, and for one that asks for several ranges or is malformed: those are ignored, as the
 * standard allows. `unsatisfiable` when no byte lies in the range.
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = header === undefined ? null : SINGLE.exec(header.trim());
  if (match === null) return 'whole';
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size };
  }
  const start = Number(first);
  const lastByte = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (lastByte < start) return 'whole';
  return start >= size ? 'unsatisfiable' : { start, end: Math.min(lastByte + 1, size) };
}
