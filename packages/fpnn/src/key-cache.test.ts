import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeKey } from './key-cache.ts';

const encoder = new TextEncoder();

function decodeText(text: string): string {
  const bytes = encoder.encode(text);
  return decodeKey(bytes, 0, bytes.length);
}

describe('decodeKey', () => {
  it('gives the text, however often keys push each other out', () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `key${i}`);
    for (let round = 0; round < 2; round++) {
      for (const key of keys) expect(decodeText(key)).toBe(key);
    }
  });

  it('gives the text of any bytes, twice', () => {
    const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = lenient.decode(bytes);
        expect(decodeKey(bytes, 0, bytes.length)).toBe(text);
        expect(decodeKey(bytes, 0, bytes.length)).toBe(text);
      }),
    );
  });

  it('does not take bytes that are no UTF-8 for the cached replacement characters', () => {
    const broken = Uint8Array.of(0xff, 0xfe);
    expect(decodeKey(broken, 0, 2)).toBe('\ufffd\ufffd');
    expect(decodeKey(Uint8Array.of(0xfd, 0xfd), 0, 2)).toBe('\ufffd\ufffd');
    expect(decodeText('\ufffd\ufffd')).toBe('\ufffd\ufffd');
  });

  it('reads keys that are property names of every object', () => {
    for (const key of ['__proto__', 'constructor', 'toString', '0', '']) expect(decodeText(key)).toBe(key);
  });
});
