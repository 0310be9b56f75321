import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { recogniseContent } from './file-content.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const pad = (text: string, at: number, more: string) => latin1(text.padEnd(at, '\0') + more);

describe('content is told by its first bytes', () => {
  test.each(['png', 'jpeg', 'gif', 'webp', 'tiff', 'avif'] as const)('a real %s', async (format) => {
    const image = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#f00' } })
      .toFormat(format)
      .toBuffer();
    expect(recogniseContent(image)).toMatchObject({ mtype: 40, contentType: `image/${format}` });
  });

  test.each([
    [latin1('RIFF\x10\0\0\0WAVEfmt '), 41, 'audio/wav'],
    [latin1('ID3\x04\0\0'), 41, 'audio/mpeg'],
    [latin1('\xff\xfb\x90\x00'), 41, 'audio/mpeg'],
    [latin1('\xff\xf1\x50\x80'), 41, 'audio/aac'],
    [latin1('fLaC\0\0'), 41, 'audio/flac'],
    [latin1('#!AMR\n\x3c'), 41, 'audio/amr'],
    [latin1('#!AMR-WB\n\x04'), 41, 'audio/amr-wb'],
    [latin1('\0\0\0\x1cftypM4A \0\0\0\0'), 41, 'audio/mp4'],
    [pad('OggS', 28, 'OpusHead'), 41, 'audio/ogg'],
    [pad('OggS', 28, '\x80theora'), 42, 'video/ogg'],
    [latin1('\0\0\0\x20ftypisom\0\0\x02\0'), 42, 'video/mp4'],
    [latin1('\0\0\0\x14ftypqt  '), 42, 'video/quicktime'],
    [pad('\x1a\x45\xdf\xa3', 31, 'webm'), 42, 'video/webm'],
    [latin1('RIFF\x10\0\0\0AVI LIST'), 42, 'video/x-msvideo'],
  ])('%j is %i %s', (bytes, mtype, contentType) => {
    expect(recogniseContent(bytes)).toMatchObject({ mtype, contentType });
  });

  test.each([
    '',
    'P',
    'plain text',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<html><script>',
    '%PDF-1.7',
    'RIFF1234',
    'BM',
  ])('%j is any file, and never shown', (text) => {
    expect(recogniseContent(latin1(text))).toEqual({
      mtype: 50,
      contentType: 'application/octet-stream',
      ext: undefined,
    });
  });

  test('only the view counts, not what lies beside it', () => {
    const whole = latin1('xx\x89PNG\r\n\x1a\n');
    expect(recogniseContent(whole.subarray(2)).contentType).toBe('image/png');
    expect(recogniseContent(whole.subarray(2, 6)).mtype).toBe(50);
  });
});
