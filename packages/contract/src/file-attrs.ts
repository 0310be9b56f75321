import {
  type Encodable,
  parseJson,
  RawString,
  stringifyJson,
  WireError,
  type WireMap,
  type WireValue,
} from '@parley/fpnn';

/** The attrs of a file as its sender wrote them. */
export type FileAttrs = {
  /** Undefined when there is none. */
  sign: string | undefined;
  /** The name of the file, when the sender tells it. */
  filename: string | undefined;
  /** What receivers get: JSON text `{"rtm": {…}, "custom": …}`, both always there, without the sign. */
  shared: string;
};

/**
 * The text whose MD5, in lower-case hex, is the sign of a file: the MD5 of its bytes, in lower-case hex too, a colon,
 * the token.
 */
export function fileSignText(fileMd5: string, token: string): string {
  return `${fileMd5}:${token}`;
}

/**
 * Reads the attrs of a file: `{"rtm": {"sign", "ext", "filename", …}, "custom": …}`, or `{"sign", "ext"}` as one SDK
 * writes them.
 *
 * The sign is left out for the receivers: it proves nothing to them, and a message that is sent again, with another
 * token, stays the same message. Everything else is handed on.
 *
 * @returns undefined for what is no JSON object.
 */
export function readFileAttrs(attrs: RawString): FileAttrs | undefined {
  const all = objectIn(attrs);
  if (all === undefined) return undefined;
  const { rtm, others } = split(all);
  const sign = textOf(rtm.get('sign')) ?? textOf(all.get('sign'));
  for (const map of [rtm, others]) map.delete('sign');
  const custom = others.get('custom') ?? new RawString(new Uint8Array());
  const shared: WireMap = new Map<string, WireValue>([['rtm', rtm], ...others, ['custom', custom]]);
  // Parsed JSON holds no ext, the one decoded kind that has no wire form.
  return { sign, filename: textOf(rtm.get('filename')), shared: stringifyJson(shared as Encodable) };
}

/** Details that stand at the top in the form without `rtm`. */
const FLAT_DETAILS = ['ext', 'filename'];

/** The part that SDKs call `rtm`, and the rest. */
function split(all: WireMap): { rtm: WireMap; others: WireMap } {
  const rtm = all.get('rtm');
  const others = new Map([...all].filter(([name]) => name !== 'rtm'));
  if (rtm instanceof Map) return { rtm: new Map(rtm), others };
  const isDetail = ([name]: [string, WireValue]) => FLAT_DETAILS.includes(name);
  return {
    rtm: new Map([...others].filter(isDetail)),
    others: new Map([...others].filter((entry) => !isDetail(entry))),
  };
}

/** The body of a file message, as receivers of every SDK parse it. @param surl - The thumbnail of an image. */
export function formatFileMessage(file: { url: string; size: number; surl?: string | undefined }): string {
  return JSON.stringify({ url: file.url, size: file.size, surl: file.surl });
}

function objectIn(json: RawString): WireMap | undefined {
  try {
    const value = parseJson(json.bytes);
    return value instanceof Map ? value : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function textOf(value: WireValue | undefined): string | undefined {
  return value instanceof RawString && value.bytes.length > 0 ? value.text : undefined;
}
