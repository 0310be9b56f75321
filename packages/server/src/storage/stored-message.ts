/** A message as it is stored. `body` and `attrs` are views into what the database sent. */
export type StoredMessage = {
  /** The cursor id: from 1, rising in the order of the conversation. */
  id: number;
  sender: bigint;
  mid: bigint;
  mtype: number;
  /** The body came as binary, not as text. */
  isBinary: boolean;
  body: Uint8Array;
  attrs: Uint8Array;
  /** Milliseconds; never falls while the id rises. */
  mtime: number;
};

/**
 * SQL that packs the row `m` of `messages` into one bytea. Rows joined into one value cost the process well under half of
 * what rows of columns cost.
 *
 * ```
 * int64 id | int64 sender | int64 mid | int64 mtime | int16 mtype | bool is binary
 * int32 body bytes | int32 attrs bytes | body | attrs
 * ```
 */
export const PACKED_MESSAGE = `int8send(m.id) || int8send(m.sender) || int8send(m.mid) || int8send(m.mtime)
  || int2send(m.mtype) || boolsend(m.is_binary) || int4send(length(m.body)) || int4send(length(m.attrs))
  || m.body || m.attrs`;

const HEADER_BYTES = 43;
const TWO_POW_32 = 0x1_0000_0000;

/** Reads packed messages that follow each other. */
export function unpackMessages(bytes: Uint8Array): StoredMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const messages: StoredMessage[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const bodyAt = offset + HEADER_BYTES;
    const attrsAt = bodyAt + view.getInt32(offset + 35);
    const end = attrsAt + view.getInt32(offset + 39);
    messages.push({
      id: view.getUint32(offset) * TWO_POW_32 + view.getUint32(offset + 4),
      sender: view.getBigInt64(offset + 8),
      mid: view.getBigInt64(offset + 16),
      mtype: view.getInt16(offset + 32),
      isBinary: view.getUint8(offset + 34) !== 0,
      body: bytes.subarray(bodyAt, attrsAt),
      attrs: bytes.subarray(attrsAt, end),
      mtime: view.getUint32(offset + 24) * TWO_POW_32 + view.getUint32(offset + 28),
    });
    offset = end;
  }
  return messages;
}
