import type { MemberLevel } from '../media-engine.ts';

/** A smoothed level that only speech reaches: about -57 dBov. */
const SPEECH_LEVEL = 0.55;
/** Weight of the newest level. */
const SMOOTHING = 0.4;
/** So much louder, for so many turns, must somebody be to take over from one who still speaks. */
const LEAD = 0.05;
const TURNS_TO_TAKE_OVER = 2;
/** A speaker pauses between words for less than this. */
const TURNS_OF_SILENCE = 6;
const FORGET_BELOW = 0.01;

/** Who of a room speaks. Levels come in turns of 200 ms. */
export class SpeakerDetector {
  readonly #scores = new Map<string, number>();
  #speaker: string | undefined;
  #challenger: string | undefined;
  #challengerTurns = 0;
  #silentTurns = 0;

  get speaker(): string | undefined {
    return this.#speaker;
  }

  /** Takes one turn. @returns whether the speaker changed. */
  handleLevels(levels: readonly MemberLevel[]): boolean {
    for (const [member, score] of this.#scores) {
      if (score < FORGET_BELOW) this.#scores.delete(member);
      else this.#scores.set(member, score * (1 - SMOOTHING));
    }
    for (const { member, level } of levels) {
      this.#scores.set(member, (this.#scores.get(member) ?? 0) + level * SMOOTHING);
    }
    const before = this.#speaker;
    this.#decide();
    return this.#speaker !== before;
  }

  #decide(): void {
    let loudest: string | undefined;
    let loudestScore = SPEECH_LEVEL;
    for (const [member, score] of this.#scores) {
      if (score < loudestScore) continue;
      loudest = member;
      loudestScore = score;
    }
    const speakerScore = this.#speaker === undefined ? 0 : (this.#scores.get(this.#speaker) ?? 0);
    this.#silentTurns = speakerScore >= SPEECH_LEVEL ? 0 : this.#silentTurns + 1;
    if (loudest === undefined) {
      if (this.#silentTurns >= TURNS_OF_SILENCE) this.#speaker = undefined;
      this.#challenger = undefined;
      return;
    }
    if (loudest === this.#speaker) {
      this.#challenger = undefined;
      return;
    }
    this.#challengerTurns = loudest === this.#challenger ? this.#challengerTurns + 1 : 1;
    this.#challenger = loudest;
    const isAhead = loudestScore > speakerScore + LEAD && this.#challengerTurns >= TURNS_TO_TAKE_OVER;
    if (this.#speaker === undefined || isAhead) {
      this.#speaker = loudest;
      this.#silentTurns = 0;
    }
  }
}
