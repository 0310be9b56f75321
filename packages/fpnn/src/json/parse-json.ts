import { WireError } from '../errors.ts';
import { decodeKey } from '../key-cache.ts';
import { DECODED_VALUES_MAX, NESTING_MAX } from '../limits.ts';
import { RawString } from '../raw-string.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import type { WireMap, WireValue } from '../value.ts';
import { parseJsonNumber } from './json-number.ts';
import { unescapeJsonString } from './json-string.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const ZERO = 0x30;
const NINE = 0x39;

const LITERALS: readonly (readonly [text: string, value: null | boolean])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Parses JSON text as RFC 8259 has it, in one pass. Integers of up to 64 bits stay exact; longer ones and all with a
 * fraction or an exponent are floats. Strings keep their bytes, views into the text where they hold no escape; a lone
 * surrogate escape becomes U+FFFD. Of equal keys the last counts.
 *
 * @param source - UTF-8. Bytes inside strings that are not UTF-8 are kept.
 * @throws WireError `bad-payload` for anything that is no JSON, for a number too large for a float, and past 64 levels
 * or 262,144 values.
 */
export function parseJson(source: Uint8Array | string): WireValue {
  const parser = new JsonParser(typeof source === 'string' ? encodeUtf8(source) : source);
  const value = parser.readValue();
  parser.expectEnd();
  return value;
}

class JsonParser {
  private readonly bytes: Uint8Array;
  private position = 0;
  private depth = 0;
  private valuesLeft = DECODED_VALUES_MAX;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  expectEnd(): void {
    if (this.peek() !== undefined) throw this.unexpected();
  }

  readValue(): WireValue {
    const byte = this.peek();
    if (byte === undefined) throw this.unexpected();
    if (--this.valuesLeft < 0) throw new WireError(`more than ${DECODED_VALUES_MAX} values`);
    if (byte === QUOTE) return this.readString();
    if (byte === OPEN_BRACE) return this.readMap();
    if (byte === OPEN_BRACKET) return this.readArray();
    if (byte === MINUS || isDigit(byte)) return this.readNumber();
    return this.readLiteral();
  }

  private readMap(): WireMap {
    const map: WireMap = new Map();
    this.enter();
    if (!this.accept(CLOSE_BRACE)) {
      do {
        const key = this.readKey();
        this.expect(COLON);
        map.set(key, this.readValue());
      } while (this.accept(COMMA));
      this.expect(CLOSE_BRACE);
    }
    this.depth--;
    return map;
  }

  private readArray(): WireValue[] {
    const array: WireValue[] = [];
    this.enter();
    if (!this.accept(CLOSE_BRACKET)) {
      do array.push(this.readValue());
      while (this.accept(COMMA));
      this.expect(CLOSE_BRACKET);
    }
    this.depth--;
    return array;
  }

  private enter(): void {
    this.position++;
    if (++this.depth > NESTING_MAX) throw new WireError(`deeper than ${NESTING_MAX} levels`);
  }

  private readKey(): string {
    if (this.peek() !== QUOTE) throw this.unexpected();
    if (--this.valuesLeft < 0) throw new WireError(`more than ${DECODED_VALUES_MAX} values`);
    const start = this.position + 1;
    const hasEscapes = this.skipString();
    const end = this.position - 1;
    if (!hasEscapes) return decodeKey(this.bytes, start, end);
    const text = unescapeJsonString(this.bytes, start, end);
    return decodeUtf8(text, 0, text.length);
  }

  private readString(): RawString {
    const start = this.position + 1;
    const hasEscapes = this.skipString();
    const end = this.position - 1;
    if (hasEscapes) return new RawString(unescapeJsonString(this.bytes, start, end));
    return new RawString(new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, end - start));
  }

  /** Moves past the closing quote and tells whether there were escapes; those are checked when they are resolved. */
  private skipString(): boolean {
    const bytes = this.bytes;
    let hasEscapes = false;
    let at = this.position + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        hasEscapes = true;
        at++;
      } else if (byte === undefined || byte < 0x20) {
        this.position = at;
        throw this.unexpected();
      }
      at++;
    }
    this.position = at + 1;
    return hasEscapes;
  }

  private readNumber(): number | bigint {
    const start = this.position;
    if (this.bytes[start] === MINUS) this.position++;
    if (this.bytes[this.position] === ZERO) this.position++;
    else this.skipDigits();
    const integerEnd = this.position;
    if (this.bytes[this.position] === POINT) {
      this.position++;
      this.skipDigits();
    }
    if (((this.bytes[this.position] ?? 0) | 0x20) === 0x65) {
      this.position++;
      const sign = this.bytes[this.position];
      if (sign === MINUS || sign === 0x2b) this.position++;
      this.skipDigits();
    }
    return parseJsonNumber(this.bytes, start, this.position, this.position === integerEnd);
  }

  private skipDigits(): void {
    const start = this.position;
    while (isDigit(this.bytes[this.position] ?? 0)) this.position++;
    if (this.position === start) throw this.unexpected();
  }

  private readLiteral(): null | boolean {
    for (const [text, value] of LITERALS) {
      if (this.bytes[this.position] !== text.charCodeAt(0)) continue;
      for (let i = 0; i < text.length; i++) {
        if (this.bytes[this.position] !== text.charCodeAt(i)) throw this.unexpected();
        this.position++;
      }
      return value;
    }
    throw this.unexpected();
  }

  private accept(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.position++;
    return true;
  }

  private expect(byte: number): void {
    if (!this.accept(byte)) throw this.unexpected();
  }

  /** The next byte that is no white space, not consumed. */
  private peek(): number | undefined {
    for (;;) {
      const byte = this.bytes[this.position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.position++;
    }
  }

  private unexpected(): WireError {
    const isEnd = this.position >= this.bytes.length;
    return new WireError(isEnd ? 'the JSON text ends early' : `unexpected byte at ${this.position} of the JSON text`);
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
