import { ERROR_CODES, RtmError } from '@parley/contract';

/** What `webrtc://host:port/pid/rid/uid?token=…` names. */
export type StreamUrl = {
  readonly pid: number;
  readonly rid: bigint;
  /** Who publishes the stream. */
  readonly uid: bigint;
  /** The ticket of whoever asks; undefined when there is none. */
  readonly token: string | undefined;
};

const FORM = /^webrtc:\/\/[^/?#]+\/(\d{1,10})\/(-?\d{1,19})\/(-?\d{1,19})(?:\?(.*))?$/s;
const INT64_MAX = 2n ** 63n - 1n;

/** @throws RtmError 200034 for a text of another form, or an id outside of int64. */
export function parseStreamUrl(text: string): StreamUrl {
  const match = FORM.exec(text);
  if (match === null) throw refusal('must be webrtc://host:port/pid/rid/uid with decimal ids');
  const [rid, uid] = [BigInt(match[2]!), BigInt(match[3]!)];
  for (const id of [rid, uid]) if (id > INT64_MAX || id < -INT64_MAX - 1n) throw refusal(`${id} is no int64`);
  if (uid < 1n) throw refusal(`the user must be 1 or more, not ${uid}`);
  const token = new URLSearchParams(match[4] ?? '').get('token') ?? undefined;
  return { pid: Number(match[1]), rid, uid, token };
}

function refusal(sentence: string): RtmError {
  return new RtmError(ERROR_CODES.invalidParameter, `streamurl: ${sentence}`);
}
