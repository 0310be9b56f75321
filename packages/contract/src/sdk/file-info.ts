import {
  type Encodable,
  parseJson,
  RawString,
  stringifyJson,
  WireError,
  type WireMap,
  type WireValue,
} from '@parley/fpnn';

/** What a file message says about its file. Absent details are empty or 0. */
export type FileInfo = {
  url: string;
  /** Bytes. */
  size: number;
  /** The thumbnail of an image. */
  surl: string;
  /** True for audio that was recorded for messaging; the fields below then describe it. */
  isRtmAudio: boolean;
  codec: string;
  /** Samples per second. */
  srate: number;
  lang: string;
  /** Milliseconds. */
  duration: number;
};

export type FileContent = {
  fileInfo: FileInfo;
  /** What the sender gave as attrs: the `custom` part, an object as JSON text, "" when there is none. */
  attrs: string;
};

/**
 * Reads the message and the attrs of a file message.
 *
 * The message is `{"url", "size", "surl"}`, the attrs are `{"rtm": {…}, "custom": …}`. Attrs of another form are the
 * sender's own and stay as they are.
 *
 * @returns undefined when the message is not of this form; it is then like any other.
 */
export function readFileContent(message: string, attrs: string): FileContent | undefined {
  const file = objectIn(message);
  const url = textOf(file?.get('url'));
  if (file === undefined || url === '') return undefined;
  const envelope = objectIn(attrs);
  const rtm = envelope?.get('rtm');
  const audio: WireMap = rtm instanceof Map && textOf(rtm.get('type')) === 'audiomsg' ? rtm : new Map();
  const isEnvelope = rtm instanceof Map || envelope?.has('custom');
  return {
    fileInfo: {
      url,
      size: numberOf(file.get('size')),
      surl: textOf(file.get('surl')),
      isRtmAudio: audio.size > 0,
      codec: textOf(audio.get('codec')),
      srate: numberOf(audio.get('srate')),
      lang: textOf(audio.get('lang')),
      duration: numberOf(audio.get('duration')),
    },
    attrs: isEnvelope ? customText(envelope?.get('custom')) : attrs,
  };
}

function objectIn(json: string): WireMap | undefined {
  try {
    const value = parseJson(json);
    return value instanceof Map ? value : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function customText(custom: WireValue | undefined): string {
  if (custom === undefined || custom === null) return '';
  // Parsed JSON holds no ext, the one decoded kind that has no wire form.
  return custom instanceof RawString ? custom.text : stringifyJson(custom as Encodable);
}

function textOf(value: WireValue | undefined): string {
  return value instanceof RawString ? value.text : '';
}

function numberOf(value: WireValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}
