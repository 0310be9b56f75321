import type Sharp from 'sharp';
import type { Logger } from '../telemetry/logger.ts';

/** Longest side in pixels. */
const SIDE_MAX = 320;
/** A small file can claim any size; larger images get no thumbnail. */
const PIXELS_MAX = 50_000_000;
const TIME_MAX_SECONDS = 5;
/** Each takes a thread of the pool that files and name look-ups need too. */
const AT_ONCE_MAX = 2;
/** Only these are decoded; every other decoder of the library is switched off. */
const CONTENT_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const DECODERS = ['Jpeg', 'Png', 'Nsgif', 'Webp'].map((name) => `VipsForeignLoad${name}Buffer`);

/** Makes small JPEGs of images, on threads of the library and not on the event loop. */
export class Thumbnails {
  readonly #log: Logger;
  #library: Promise<typeof Sharp | undefined> | undefined;
  #atOnce = 0;
  readonly #waiting: (() => void)[] = [];
  /** Images of a known type of which none could be made: damaged, too large, too slow. */
  failures = 0;

  constructor(parts: { log: Logger }) {
    this.#log = parts.log;
  }

  /** Never rejects: undefined when none can be made. Waiting is bounded by whoever calls. */
  async make(image: Uint8Array, contentType: string): Promise<Uint8Array | undefined> {
    if (!CONTENT_TYPES.includes(contentType)) return undefined;
    const sharp = await (this.#library ??= this.#load());
    if (sharp === undefined) return undefined;
    if (this.#atOnce >= AT_ONCE_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#atOnce += 1;
    try {
      return await shrink(sharp, image);
    } catch {
      // What the decoder says of a stranger's file helps nobody; that it happens is counted.
      this.failures += 1;
      return undefined;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#atOnce -= 1;
      else next();
    }
  }

  async #load(): Promise<typeof Sharp | undefined> {
    try {
      const { default: sharp } = await import('sharp');
      sharp.concurrency(1);
      sharp.cache(false);
      sharp.block({ operation: ['VipsForeignLoad'] });
      sharp.unblock({ operation: DECODERS });
      return sharp;
    } catch (error) {
      this.#log.warn('images get no thumbnails: the image library does not load', { cause: String(error) });
      return undefined;
    }
  }
}

function shrink(sharp: typeof Sharp, image: Uint8Array): Promise<Uint8Array> {
  return sharp(image, { limitInputPixels: PIXELS_MAX, failOn: 'error', sequentialRead: true })
    .autoOrient()
    .resize({ width: SIDE_MAX, height: SIDE_MAX, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 75 })
    .timeout({ seconds: TIME_MAX_SECONDS })
    .toBuffer();
}
