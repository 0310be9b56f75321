/** Why a frame was not relayed. */
export type FrameLoss =
  /** The receiver does not read fast enough. */
  | 'slow-receiver'
  /** The sender sends more frames than it may. */
  | 'rate'
  /** The sender may not be heard or seen. */
  | 'forbidden'
  /** The sender is in no such room or call. */
  | 'not-in';

/** Frames of the media gate. */
export class FrameCounters {
  received = 0;
  sent = 0;
  readonly #lost = new Map<FrameLoss, number>();

  countLoss(reason: FrameLoss): void {
    this.#lost.set(reason, (this.#lost.get(reason) ?? 0) + 1);
  }

  *losses(): Iterable<readonly [{ reason: string }, number]> {
    for (const [reason, count] of this.#lost) yield [{ reason }, count];
  }
}
