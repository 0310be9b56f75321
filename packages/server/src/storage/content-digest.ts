import { createHash } from 'node:crypto';

export type MessageContent = { mtype: number; isBinary: boolean; body: Uint8Array; attrs: Uint8Array };

/** What tells a repeat from another message under the same mid; the database function `content_digest` gives the same. */
export function contentDigest(content: MessageContent): Buffer {
  const head = Buffer.alloc(7);
  head.writeInt16BE(content.mtype, 0);
  head.writeUInt8(content.isBinary ? 1 : 0, 2);
  head.writeInt32BE(content.attrs.length, 3);
  return createHash('sha256').update(head).update(content.attrs).update(content.body).digest();
}
