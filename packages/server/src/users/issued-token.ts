import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * ```
 * 4 bytes  minutes since 2020-01-01T00:00Z when it was issued, rounded down
 * 20 bytes HMAC-SHA256, cut off; key: the secret of the project; text: pid:uid:minutes:generation
 * ```
 * As base64url that is 32 characters. SDKs take what stands behind the 33rd character of a token for something else.
 */
const EPOCH_MS = Date.UTC(2020, 0, 1);
const MINUTE_MS = 60_000;
const TIME_BYTES = 4;
const MAC_BYTES = 20;
const TOKEN = /^[\w-]{32}$/;

/** Who a token is for. It is good until the generation of the user's tokens rises. */
export type TokenOwner = { pid: number; secret: string; uid: bigint; generation: bigint };

/** A token that says when it was issued. */
export function issueToken(owner: TokenOwner, nowMs: number): string {
  const minutes = Math.max(0, Math.floor((nowMs - EPOCH_MS) / MINUTE_MS));
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUInt32BE(minutes);
  return Buffer.concat([time, macOf(owner, minutes)]).toString('base64url');
}

/** When the token was issued, at most a minute later than in truth; undefined when it is not one of this owner. */
export function issuedAt(owner: TokenOwner, token: string): number | undefined {
  if (!TOKEN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const minutes = bytes.readUInt32BE();
  if (!timingSafeEqual(bytes.subarray(TIME_BYTES), macOf(owner, minutes))) return undefined;
  return EPOCH_MS + (minutes + 1) * MINUTE_MS;
}

function macOf({ pid, secret, uid, generation }: TokenOwner, minutes: number): Buffer {
  const text = `${pid}:${uid}:${minutes}:${generation}`;
  return createHmac('sha256', secret).update(text).digest().subarray(0, MAC_BYTES);
}
