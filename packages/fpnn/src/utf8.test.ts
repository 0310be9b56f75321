import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, decodeUtf8Strictly, encodeUtf8Into } from './utf8.ts';

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

function encodeText(text: string): Uint8Array {
  const target = new Uint8Array(text.length * 3 + 10);
  return target.slice(3, 3 + encodeUtf8Into(text, target, 3));
}

describe('UTF-8', () => {
  it('reads any bytes as the platform does, at every offset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(3), (bytes, start) => {
        const from = Math.min(start, bytes.length);
        expect(decodeUtf8(bytes, from, bytes.length)).toBe(lenient.decode(bytes.subarray(from)));
      }),
    );
  });

  it('writes any text as the platform does, lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.boolean(), (text, hasLone) => {
        const whole = hasLone ? `${text}\ud800` : text;
        expect(encodeText(whole)).toEqual(new TextEncoder().encode(whole));
      }),
    );
  });

  it('agrees with the platform on both sides of the inline length', () => {
    for (const length of [0, 1, 23, 24, 25, 26]) {
      for (const end of ['a', 'é', '你', '😀', '\udc00']) {
        const text = 'x'.repeat(length) + end;
        const bytes = new TextEncoder().encode(text);
        expect(encodeText(text)).toEqual(bytes);
        expect(decodeUtf8(bytes, 0, bytes.length)).toBe(lenient.decode(bytes));
      }
    }
  });

  it('keeps a byte order mark, as it is part of the text', () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
    expect(decodeUtf8(bytes, 0, 4)).toBe('\ufeffa');
    expect(decodeUtf8Strictly(bytes, 0, 4)).toBe('\ufeffa');
  });

  it('tells strictly what is no UTF-8', () => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      expect(decodeUtf8Strictly(Uint8Array.from(bytes), 0, bytes.length)).toBeUndefined();
    }
  });
});
