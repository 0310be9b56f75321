export type BitrateLimits = {
  /** Below this a picture is of no use: a viewer that cannot take it must do without. */
  readonly floorBps: number;
  readonly capBps: number;
};

/** What a viewer reported of the video it gets. */
export type ViewerReport = {
  /** Undefined until it has said so. */
  readonly estimateBps: number | undefined;
  /** Of the packets since its last report but one, 0 to 1. */
  readonly fractionLost: number;
};

/** Loss that is more than chance; below it retransmission copes. */
const HEAVY_LOSS = 0.1;

/**
 * What to tell a publisher: as much as the weakest of its viewers can take, within the limits.
 *
 * @param currentBps what it sends now
 */
export function adviseBitrate(reports: Iterable<ViewerReport>, currentBps: number, limits: BitrateLimits): number {
  let advice = limits.capBps;
  for (const { estimateBps, fractionLost } of reports) {
    if (estimateBps !== undefined && estimateBps < advice) advice = estimateBps;
    if (fractionLost > HEAVY_LOSS) advice = Math.min(advice, currentBps * (1 - fractionLost / 2));
  }
  return Math.min(limits.capBps, Math.max(limits.floorBps, Math.round(advice)));
}
