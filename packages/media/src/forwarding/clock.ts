/** 1900 to 1970, where NTP and Unix begin. */
const NTP_EPOCH_SECONDS = 2_208_988_800;
const FRACTION = 2 ** 32;

/** A moment of NTP as ms of Unix time. Its fraction of a ms is exact to half a microsecond. */
export function ntpToMs(ntpSeconds: number, ntpFraction: number): number {
  return (ntpSeconds - NTP_EPOCH_SECONDS) * 1000 + (ntpFraction / FRACTION) * 1000;
}

export function msToNtp(ms: number): { ntpSeconds: number; ntpFraction: number } {
  const seconds = Math.floor(ms / 1000);
  return {
    ntpSeconds: (seconds + NTP_EPOCH_SECONDS) >>> 0,
    ntpFraction: Math.floor(((ms - seconds * 1000) / 1000) * FRACTION) >>> 0,
  };
}

/** Unix time in ms with fractions, which never goes back. */
export function monotonicNowMs(): number {
  return performance.timeOrigin + performance.now();
}
