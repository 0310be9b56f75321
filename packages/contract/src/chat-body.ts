import { type Encodable, RawString, type WireValue } from '@parley/fpnn';
import { isFileMtype, MTYPES } from './mtypes.ts';
import { toBody, toText } from './raw-values.ts';

/** A chat text with its translation, as pushes bring it to clients. Without a translation all but `sourceText` is "". */
export type ChatBody = {
  /** Language of the original; "" unless there is a translation. */
  readonly source: string;
  /** Language of the translation. */
  readonly target: string;
  readonly sourceText: string;
  readonly targetText: string;
};

/** What the pushing side gives for a {@link ChatBody}. */
export type ChatBodyInput = { readonly [Name in keyof ChatBody]: string | RawString };

/** The translation that a receiver gets beside a chat text. */
export type ChatTranslation = { readonly [Name in 'source' | 'target' | 'targetText']: string | RawString };

/** What a push carries as `msg`. */
export type PushBody = string | Uint8Array | RawString | ChatBodyInput;

const NO_TRANSLATION: ChatTranslation = { source: '', target: '', targetText: '' };

/**
 * The `msg` of a push to a client. Chat is always a map, since SDKs drop a plain text; commands and files are always
 * text; everything else stays str or bin as it was sent.
 *
 * @param translation - For chat only. Absent: none, with `source` "" too, since an SDK shows `targetText` when it is set.
 */
export function clientPushBody(
  mtype: number,
  msg: RawString | Uint8Array,
  translation: ChatTranslation = NO_TRANSLATION,
): PushBody {
  if (mtype === MTYPES.chat) {
    const { source, target, targetText } = translation;
    return { source, target, sourceText: asText(msg), targetText };
  }
  return mtype === MTYPES.command || isFileMtype(mtype) ? asText(msg) : msg;
}

/** The `msg` of a push to a server SDK: chat is plain text, everything else stays as it was sent. */
export function serverPushBody(mtype: number, msg: RawString | Uint8Array): RawString | Uint8Array {
  return mtype === MTYPES.chat ? asText(msg) : msg;
}

/** The wire form of what a push carries; undefined for anything else. */
export function encodePushBody(body: unknown): Encodable | undefined {
  if (typeof body === 'string' || body instanceof RawString || body instanceof Uint8Array) return body;
  if (typeof body !== 'object' || body === null) return undefined;
  const { source, target, sourceText, targetText } = body as ChatBodyInput;
  const areTexts = isText(source) && isText(target) && isText(sourceText) && isText(targetText);
  return areTexts ? { source, target, sourceText, targetText } : undefined;
}

/** Reads what a push carries; undefined for anything else. */
export function decodePushBody(value: WireValue): RawString | Uint8Array | ChatBody | undefined {
  if (!(value instanceof Map)) return toBody(value);
  const source = toText(value.get('source'));
  const target = toText(value.get('target'));
  const sourceText = toText(value.get('sourceText'));
  const targetText = toText(value.get('targetText'));
  if (source === undefined || target === undefined || sourceText === undefined || targetText === undefined) {
    return undefined;
  }
  return { source, target, sourceText, targetText };
}

function asText(msg: RawString | Uint8Array): RawString {
  return msg instanceof RawString ? msg : new RawString(msg);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || value instanceof RawString;
}
