/** Why bytes from a peer break the protocol. Each is a label for a counter. */
export const VIOLATION_REASONS = [
  'bad-magic',
  'bad-flag',
  'bad-mtype',
  'oversize',
  'empty-method',
  'empty-payload',
  'bad-payload',
  'root-not-map',
  'bad-key',
  'bad-envelope',
  'plain-quest',
  'partial-packet',
  'extra-packet',
  'bad-http',
  'bad-websocket',
] as const;

/** One of {@link VIOLATION_REASONS}. */
export type ViolationReason = (typeof VIOLATION_REASONS)[number];

/** What is wrong with a payload: bytes that do not parse, a root that is no map, or a value that has no wire form. */
export type WireErrorReason = 'bad-payload' | 'root-not-map' | 'not-encodable';

/** A payload that cannot be decoded or encoded. */
export class WireError extends Error {
  /** What is wrong. Decoders give `bad-payload` or `root-not-map`, encoders `not-encodable`. */
  readonly reason: WireErrorReason;

  constructor(message: string, reason: WireErrorReason = 'bad-payload', options?: ErrorOptions) {
    super(message, options);
    this.name = 'WireError';
    this.reason = reason;
  }
}

/**
 * Bytes from a peer that break the protocol. FPNN does not answer them: whoever reads the socket closes the connection
 * and counts `reason`.
 */
export class ProtocolViolation extends Error {
  /** The label to count. */
  readonly reason: ViolationReason;

  constructor(reason: ViolationReason, message: string = reason, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtocolViolation';
    this.reason = reason;
  }
}

/**
 * A quest that failed: an error answer of the other side, or a local failure (closed, timed out, cancelled).
 * The message is the `ex` text of the answer.
 */
export class FpnnError extends Error {
  /** A code of `FPNN_CODES`, or an application code of the other side. Compare this, never the message. */
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FpnnError';
    this.code = code;
  }
}
