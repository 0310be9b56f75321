import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFileContent } from './file-info.ts';

const picture = JSON.stringify({
  url: 'https://files.example.com/a.jpg',
  size: 12_345,
  surl: 'https://files.example.com/a.s.jpg',
});
const noAudio = { isRtmAudio: false, codec: '', srate: 0, lang: '', duration: 0 };

test('a file message tells address, size and thumbnail', () => {
  expect(readFileContent(picture, '{"rtm":{"ext":"jpg"},"custom":""}')).toEqual({
    fileInfo: {
      url: 'https://files.example.com/a.jpg',
      size: 12_345,
      surl: 'https://files.example.com/a.s.jpg',
      ...noAudio,
    },
    attrs: '',
  });
});

test('audio recorded for messaging is described by its attrs', () => {
  const attrs =
    '{"rtm":{"type":"audiomsg","codec":"AMR_WB","srate":16000,"lang":"zh-CN","duration":1200},"custom":{"k":1}}';
  const content = readFileContent('{"url":"u","size":5}', attrs);
  expect(content).toEqual({
    fileInfo: {
      url: 'u',
      size: 5,
      surl: '',
      isRtmAudio: true,
      codec: 'AMR_WB',
      srate: 16_000,
      lang: 'zh-CN',
      duration: 1_200,
    },
    attrs: '{"k":1}',
  });
});

test.each([
  ['a text is given as it is', '{"rtm":{},"custom":"hi \\"you\\""}', 'hi "you"'],
  ['an object is given as JSON text, ids unrounded', '{"custom":{"id":9007199254740993}}', '{"id":9007199254740993}'],
  ['a list is given as JSON text', '{"custom":[1,"a"]}', '[1,"a"]'],
  ['nothing is empty', '{"rtm":{}}', ''],
  ['null is empty', '{"rtm":{},"custom":null}', ''],
])('of the custom part %s', (_what, attrs, expected) => {
  expect(readFileContent(picture, attrs)!.attrs).toBe(expected);
});

test.each(['', 'plain text', '{"k":"v"}', '[1]', '5', '{"rtm":5}'])(
  'attrs %j of another form stay as they are',
  (attrs) => {
    expect(readFileContent(picture, attrs)).toMatchObject({ attrs, fileInfo: noAudio });
  },
);

test.each(['', 'https://a', '{}', '{"size":1}', '{"url":5}', '[]', 'null', '{"url":"a"'])(
  '%j is no file message',
  (message) => {
    expect(readFileContent(message, '{"rtm":{},"custom":"a"}')).toBeUndefined();
  },
);

test('fields of the wrong type count as absent', () => {
  const content = readFileContent('{"url":"u","size":"5","surl":null}', '{"rtm":{"type":"audiomsg","srate":"x"}}');
  expect(content!.fileInfo).toEqual({ url: 'u', size: 0, surl: '', ...noAudio, isRtmAudio: true });
});

test('no message and no attrs make it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.oneof(fc.string(), fc.json()), (message, attrs) => {
      readFileContent(message, attrs);
    }),
    { numRuns: 300 },
  );
});
