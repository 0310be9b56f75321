import { readFileSync } from 'node:fs';

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8');

/** Offers of a real browser; see `fixtures/README.md`. */
export const PUBLISH_OFFER: string = fixture('chromium-156-publish');
export const PLAY_OFFER: string = fixture('chromium-156-play');
