import { type ChatBody, isFileMtype, MTYPES } from '@parley/contract';
import { type FileInfo, readFileContent, readMessageBody } from '@parley/contract/sdk';
import type { RawString } from '@parley/fpnn';
import type { Conversation } from '../conversation.ts';

/** What a message says, by its `type`. */
export type MessageContent =
  | {
      readonly type: 'chat';
      readonly text: string;
      /** Only when the server translated it. */
      readonly translation?: { readonly source: string; readonly target: string; readonly text: string };
    }
  | { readonly type: 'audio'; readonly body: string | Uint8Array }
  /** Text for programs, not shown to people. */
  | { readonly type: 'command'; readonly text: string }
  | { readonly type: 'file'; readonly file: FileInfo }
  /** Any other message type; text stays text and bytes stay bytes. */
  | { readonly type: 'custom'; readonly body: string | Uint8Array };

/** A message. */
export type Message = MessageContent & {
  readonly conversation: Conversation;
  readonly from: bigint;
  /** The id that the sender gave. With `from` and the conversation it names the message. */
  readonly mid: bigint;
  readonly mtype: number;
  /** When the server accepted the message, in epoch milliseconds. */
  readonly mtime: number;
  /** Free text beside the content; of a file the sender's own part. */
  readonly attrs: string;
  /** The user of this client sent it. As an event: from another connection. */
  readonly isOwn: boolean;
  /** Rises inside a conversation. Only for messages that were read from history. */
  readonly cursorId?: bigint;
};

/** A message as it comes over the wire, from a push or from history. */
export type MessageParts = {
  readonly conversation: Conversation;
  readonly from: bigint;
  readonly mid: bigint;
  readonly mtype: number;
  readonly mtime: number;
  readonly msg: RawString | Uint8Array | ChatBody;
  readonly attrs: string;
  readonly cursorId?: bigint;
};

export function toMessage(parts: MessageParts, uid: bigint): Message {
  const { msg, ...rest } = parts;
  return { ...rest, isOwn: parts.from === uid, ...contentOf(parts) };
}

function contentOf({ mtype, msg, attrs }: MessageParts): MessageContent & { attrs?: string } {
  if ('sourceText' in msg) return chatContent(msg);
  const body = readMessageBody(msg);
  const text = () => (typeof body === 'string' ? body : new TextDecoder().decode(body));
  if (mtype === MTYPES.chat) return { type: 'chat', text: text() };
  if (mtype === MTYPES.command) return { type: 'command', text: text() };
  if (mtype === MTYPES.audio) return { type: 'audio', body };
  const file = isFileMtype(mtype) ? readFileContent(text(), attrs) : undefined;
  return file === undefined ? { type: 'custom', body } : { type: 'file', file: file.fileInfo, attrs: file.attrs };
}

function chatContent({ source, target, sourceText, targetText }: ChatBody): MessageContent {
  if (target === '') return { type: 'chat', text: sourceText };
  return { type: 'chat', text: sourceText, translation: { source, target, text: targetText } };
}
