export type BitrateLimits = {
  /** Below this a picture is of no use: a viewer that cannot take it must do without. */
  readonly floorBps: number;
  readonly capBps: number;
};

/** What a viewer reported of what it gets. */
export type ViewerReport = {
  /** What it can take, as far as it knows; undefined until it has said so. */
  readonly estimateBps: number | undefined;
  /** What it was sent over the last two seconds, the lower of the two. */
  readonly sentBps: number;
  /** Of the packets since its last report but one, 0 to 1. */
  readonly fractionLost: number;
};

/** Loss that is more than chance; below it retransmission copes. */
const HEAVY_LOSS = 0.1;
/**
 * A viewer that is not at its limit knows of no more than it gets, so that its estimate says nothing. One at its limit
 * estimates 0.85 of what reaches it.
 */
const LIMITING = 0.9;
/** A second. Browsers raise their rate by 1.08. */
const GROWTH = 1.1;

/** How much a publisher is told to send: as much as the weakest of its viewers can take. To be asked once a second. */
export class BitrateAdvice {
  readonly #limits: BitrateLimits;
  #adviceBps: number;

  constructor(limits: BitrateLimits) {
    this.#limits = limits;
    this.#adviceBps = limits.capBps;
  }

  /** @param currentBps what the publisher sends now */
  update(reports: Iterable<ViewerReport>, currentBps: number): number {
    let limitBps = Number.POSITIVE_INFINITY;
    for (const { estimateBps, sentBps, fractionLost } of reports) {
      if (estimateBps !== undefined && estimateBps < sentBps * LIMITING) limitBps = Math.min(limitBps, estimateBps);
      if (fractionLost > HEAVY_LOSS) limitBps = Math.min(limitBps, currentBps * (1 - fractionLost / 2));
    }
    const { floorBps, capBps } = this.#limits;
    const wanted = Math.min(limitBps, this.#adviceBps * GROWTH);
    this.#adviceBps = Math.min(capBps, Math.max(floorBps, Math.round(wanted)));
    return this.#adviceBps;
  }
}
