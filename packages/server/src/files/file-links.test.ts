import { expect, test } from 'vitest';
import { FileLinks, parseFileLink } from './file-links.ts';

const NAME = 'A1-_'.repeat(8);

test('a link that was made is read back', () => {
  const links = new FileLinks('https://files.example/chat/');
  expect(links.file(NAME, 'PNG')).toBe(`https://files.example/chat/files/${NAME}.png`);
  expect(links.thumbnail(NAME)).toBe(`https://files.example/chat/thumbnails/${NAME}.jpg`);
  expect(parseFileLink(`/files/${NAME}.png`)).toEqual({ name: NAME, isThumbnail: false });
  expect(parseFileLink(`/files/${NAME}`)).toEqual({ name: NAME, isThumbnail: false });
  expect(parseFileLink(`/thumbnails/${NAME}.jpg`)).toEqual({ name: NAME, isThumbnail: true });
});

test.each([undefined, '', 'a/b', '../x', 'tar.gz', 'ü', 'x'.repeat(11)])('the ending %j is left out', (ext) => {
  expect(new FileLinks('http://h:1').file(NAME, ext)).toBe(`http://h:1/files/${NAME}`);
});

test.each([
  ...['/', '', '/files/', '/files/short', `/files/${NAME}x`, `/files/${NAME}/`, `//files/${NAME}`, `/files/../${NAME}`],
  ...[
    `/files/${NAME}.`,
    `/files/${NAME}.a/b`,
    `/files/%2e%2e/${NAME}`,
    `/thumbnails/${NAME}`,
    `/files/${NAME}.thumbnail.x`,
  ],
])('%s is no link', (path) => {
  expect(parseFileLink(path)).toBeUndefined();
});
