import type { Timers } from './timers.ts';

/** Louder than breath and fans. */
const SPEAKING_LEVEL = 0.02;
/** Between words nobody has stopped speaking. */
const HANGOVER_MS = 600;
/** Somebody else has to be louder for so long to become the active speaker. */
const TAKEOVER_MS = 800;

export type SpeakersOptions = {
  readonly now: Timers['now'];
  readonly onSpeaking: (uid: bigint, isSpeaking: boolean) => void;
  /** Undefined while nobody speaks. */
  readonly onActiveSpeaker: (uid: bigint | undefined) => void;
};

type Voice = { level: number; lastLoudAt: number; isSpeaking: boolean };

/** Finds out from levels who speaks, and who leads. */
export class Speakers {
  readonly #options: SpeakersOptions;
  readonly #voices = new Map<bigint, Voice>();
  #active: bigint | undefined;
  /** Who is louder than the active speaker, and since when. */
  #challenger: { readonly uid: bigint; readonly since: number } | undefined;

  constructor(options: SpeakersOptions) {
    this.#options = options;
  }

  get active(): bigint | undefined {
    return this.#active;
  }

  /** 0 silence, 1 the loudest. */
  levelOf(uid: bigint): number {
    return this.#voices.get(uid)?.level ?? 0;
  }

  isSpeaking(uid: bigint): boolean {
    return this.#voices.get(uid)?.isSpeaking ?? false;
  }

  /** @param levels - Of all members that can be heard; others are silent. */
  handleLevels(levels: ReadonlyMap<bigint, number>): void {
    const now = this.#options.now();
    for (const uid of this.#voices.keys()) if (!levels.has(uid)) this.forget(uid);
    for (const [uid, level] of levels) {
      const voice = this.#voices.get(uid) ?? { level: 0, lastLoudAt: Number.NEGATIVE_INFINITY, isSpeaking: false };
      this.#voices.set(uid, voice);
      // Half of the old one: a bar that shows it neither jumps nor lags.
      voice.level = (voice.level + level) / 2;
      if (level >= SPEAKING_LEVEL) voice.lastLoudAt = now;
      const isSpeaking = now - voice.lastLoudAt < HANGOVER_MS;
      if (isSpeaking === voice.isSpeaking) continue;
      voice.isSpeaking = isSpeaking;
      this.#options.onSpeaking(uid, isSpeaking);
    }
    this.#chooseActive(now);
  }

  forget(uid: bigint): void {
    const voice = this.#voices.get(uid);
    this.#voices.delete(uid);
    if (voice?.isSpeaking) this.#options.onSpeaking(uid, false);
    if (this.#active === uid) this.#setActive(undefined);
  }

  #chooseActive(now: number): void {
    const speaking = [...this.#voices].filter(([, { isSpeaking }]) => isSpeaking);
    const [loudest] = speaking.sort(([, first], [, second]) => second.level - first.level);
    if (loudest === undefined || this.#active === undefined || !this.isSpeaking(this.#active)) {
      this.#challenger = undefined;
      this.#setActive(loudest?.[0]);
    } else if (loudest[0] === this.#active) {
      this.#challenger = undefined;
    } else if (this.#challenger?.uid !== loudest[0]) {
      this.#challenger = { uid: loudest[0], since: now };
    } else if (now - this.#challenger.since >= TAKEOVER_MS) {
      this.#challenger = undefined;
      this.#setActive(loudest[0]);
    }
  }

  #setActive(uid: bigint | undefined): void {
    if (this.#active === uid) return;
    this.#active = uid;
    this.#options.onActiveSpeaker(uid);
  }
}
