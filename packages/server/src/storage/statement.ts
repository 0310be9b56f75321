/** A statement with a name of its own, so that each connection prepares it once. */
export type Statement = {
  /** At most 63 bytes, and never used for another text. */
  readonly name: string;
  readonly text: string;
  /** How long the answer is waited for. Default 35,000 ms for reads and 60,000 ms for everything else. */
  readonly timeoutMs?: number;
};
