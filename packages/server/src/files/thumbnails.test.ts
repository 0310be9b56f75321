import sharp from 'sharp';
import { beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../telemetry/logger.ts';
import { Thumbnails } from './thumbnails.ts';

let thumbnails: Thumbnails;
beforeEach(() => {
  thumbnails = new Thumbnails({ log: silentLogger });
});

const image = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#08f' } });

test.each(['jpeg', 'png', 'gif', 'webp'] as const)('a %s becomes a JPEG of 320 pixels at most', async (format) => {
  const made = await thumbnails.make(await image(1000, 500).toFormat(format).toBuffer(), `image/${format}`);
  expect(await sharp(made).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 160 });
});

test('a small image is not made larger, and one that lies on its side is put upright', async () => {
  const small = await thumbnails.make(await image(10, 20).png().toBuffer(), 'image/png');
  expect(await sharp(small).metadata()).toMatchObject({ width: 10, height: 20 });
  const rotated = await image(40, 20).jpeg().withMetadata({ orientation: 6 }).toBuffer();
  expect(await sharp(await thumbnails.make(rotated, 'image/jpeg')).metadata()).toMatchObject({ width: 20, height: 40 });
});

test('nothing is made of other types, nor of what only claims to be an image', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  expect(await thumbnails.make(svg, 'image/svg+xml')).toBeUndefined();
  expect(thumbnails.failures).toBe(0);
  for (const bytes of [svg, Buffer.alloc(0), await image(9, 9).tiff().toBuffer()]) {
    expect(await thumbnails.make(bytes, 'image/png')).toBeUndefined();
  }
  expect(thumbnails.failures).toBe(3);
});

test('more pixels than are allowed are not decoded', async () => {
  // 60 megapixels of one colour: 60 kB as a file, 180 MB when decoded.
  const bomb = await image(10_000, 6000).png({ compressionLevel: 9 }).toBuffer();
  expect(bomb.length).toBeLessThan(1_000_000);
  expect(await thumbnails.make(bomb, 'image/png')).toBeUndefined();
  expect(thumbnails.failures).toBe(1);
});

test('many at once all come out', async () => {
  const png = await image(100, 100).png().toBuffer();
  const made = await Promise.all(Array.from({ length: 20 }, () => thumbnails.make(png, 'image/png')));
  expect(made.filter((each) => each !== undefined)).toHaveLength(20);
});
