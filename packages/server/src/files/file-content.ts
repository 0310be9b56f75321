import { MTYPES } from '@parley/contract';

/** What the first bytes of a file say that it is. */
export type FileContent = {
  /** 40 image, 41 audio, 42 video, 50 anything else. */
  mtype: number;
  /** Safe to show: nothing of these types is run by a browser. */
  contentType: string;
  /** The usual ending of such a file; undefined when the content is not known. */
  ext: string | undefined;
};

const UNKNOWN: FileContent = { mtype: MTYPES.otherFile, contentType: 'application/octet-stream', ext: undefined };

type Kind = 'image' | 'audio' | 'video';
const MTYPE_OF: Readonly<Record<Kind, number>> = {
  image: MTYPES.imageFile,
  audio: MTYPES.audioFile,
  video: MTYPES.videoFile,
};

type Pattern = { at: number; bytes: string };
type Rule = { contentType: `${Kind}/${string}`; ext: string; all: readonly Pattern[] };

function rule(contentType: Rule['contentType'], ext: string, ...all: readonly (readonly [number, string])[]): Rule {
  return { contentType, ext, all: all.map(([at, bytes]) => ({ at, bytes })) };
}

/** Texts are compared as latin1; the first rule that fits counts. */
const RULES: readonly Rule[] = [
  rule('image/jpeg', 'jpg', [0, '\xff\xd8\xff']),
  rule('image/png', 'png', [0, '\x89PNG\r\n\x1a\n']),
  rule('image/gif', 'gif', [0, 'GIF87a']),
  rule('image/gif', 'gif', [0, 'GIF89a']),
  rule('image/webp', 'webp', [0, 'RIFF'], [8, 'WEBP']),
  rule('image/bmp', 'bmp', [0, 'BM'], [14, '\x28\0\0\0']),
  rule('image/bmp', 'bmp', [0, 'BM'], [14, '\x7c\0\0\0']),
  rule('image/tiff', 'tif', [0, 'II*\0']),
  rule('image/tiff', 'tif', [0, 'MM\0*']),
  ...['avif', 'avis'].map((brand) => rule('image/avif', 'avif', [4, `ftyp${brand}`])),
  ...['heic', 'heix', 'mif1', 'msf1'].map((brand) => rule('image/heic', 'heic', [4, `ftyp${brand}`])),
  rule('audio/wav', 'wav', [0, 'RIFF'], [8, 'WAVE']),
  rule('audio/flac', 'flac', [0, 'fLaC']),
  rule('audio/amr-wb', 'awb', [0, '#!AMR-WB\n']),
  rule('audio/amr', 'amr', [0, '#!AMR\n']),
  rule('audio/mpeg', 'mp3', [0, 'ID3']),
  ...['\xfb', '\xfa', '\xf3', '\xf2'].map((second) => rule('audio/mpeg', 'mp3', [0, `\xff${second}`])),
  ...['\xf1', '\xf9'].map((second) => rule('audio/aac', 'aac', [0, `\xff${second}`])),
  rule('audio/mp4', 'm4a', [4, 'ftypM4A ']),
  rule('audio/ogg', 'ogg', [0, 'OggS'], [28, 'OpusHead']),
  rule('audio/ogg', 'ogg', [0, 'OggS'], [28, '\x01vorbis']),
  rule('video/ogg', 'ogv', [0, 'OggS'], [28, '\x80theora']),
  rule('video/webm', 'webm', [0, '\x1a\x45\xdf\xa3'], [31, 'webm']),
  rule('video/webm', 'webm', [0, '\x1a\x45\xdf\xa3'], [24, 'webm']),
  rule('video/x-matroska', 'mkv', [0, '\x1a\x45\xdf\xa3']),
  rule('video/x-msvideo', 'avi', [0, 'RIFF'], [8, 'AVI ']),
  rule('video/quicktime', 'mov', [4, 'ftypqt  ']),
  rule('video/3gpp', '3gp', [4, 'ftyp3gp']),
  ...['isom', 'iso2', 'iso4', 'iso5', 'iso6', 'mp41', 'mp42', 'avc1', 'dash', 'M4V ', 'MSNV'].map((brand) =>
    rule('video/mp4', 'mp4', [4, `ftyp${brand}`]),
  ),
];

const LOOKED_AT_BYTES = 64;

/** Tells images, audio and video by their first bytes; never by what the sender says. */
export function recogniseContent(file: Uint8Array): FileContent {
  const start = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, LOOKED_AT_BYTES)).toString('latin1');
  const found = RULES.find(({ all }) => all.every(({ at, bytes }) => start.startsWith(bytes, at)));
  if (found === undefined) return UNKNOWN;
  const { contentType, ext } = found;
  return { mtype: MTYPE_OF[contentType.split('/', 1)[0] as Kind], contentType, ext };
}
