import { GateCalls } from './gate-calls.ts';
import { GATE_RULES } from './gates.ts';
import { mediaSubject } from './media-subjects/media.ts';

/** Every method of the media gate, by wire name. */
export const mediaMethods = mediaSubject;

export type MediaMethodName = keyof typeof mediaMethods;

/** Checks, encodes and decodes what goes over the media gate. */
export const mediaCalls: GateCalls<typeof mediaMethods> = new GateCalls(mediaMethods, GATE_RULES.media);

const namesInLowerCase = new Map(
  Object.keys(mediaMethods).map((name) => [name.toLowerCase(), name as MediaMethodName]),
);

/** The method of the media gate that `name` means, whatever the case of its letters: one SDK misspells some. */
export function mediaMethodOf(name: string): MediaMethodName | undefined {
  return namesInLowerCase.get(name.toLowerCase());
}
