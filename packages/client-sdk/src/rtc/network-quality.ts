/** How well media comes through. `unknown` before anything was measured. */
export type NetworkQuality = 'unknown' | 'good' | 'fair' | 'poor';

export type QualityInput = {
  readonly isConnected: boolean;
  readonly lossRatio: number;
  readonly rttMs: number | undefined;
  readonly jitterMs: number | undefined;
};

/** Above these speech is heard to suffer; Opus hides less loss than that. */
const FAIR = { lossRatio: 0.02, rttMs: 250, jitterMs: 40 };
/** Above these a conversation is hardly possible. */
const POOR = { lossRatio: 0.1, rttMs: 600, jitterMs: 120 };

/** The worst of what was measured decides. */
export function qualityOf(input: QualityInput): NetworkQuality {
  if (!input.isConnected || exceeds(input, POOR)) return 'poor';
  return exceeds(input, FAIR) ? 'fair' : 'good';
}

/** The worst of several. */
export function worstOf(qualities: Iterable<NetworkQuality>): NetworkQuality {
  const order: readonly NetworkQuality[] = ['unknown', 'good', 'fair', 'poor'];
  let worst = 0;
  for (const quality of qualities) worst = Math.max(worst, order.indexOf(quality));
  return order[worst]!;
}

function exceeds({ lossRatio, rttMs = 0, jitterMs = 0 }: QualityInput, limits: typeof FAIR): boolean {
  return lossRatio > limits.lossRatio || rttMs > limits.rttMs || jitterMs > limits.jitterMs;
}
