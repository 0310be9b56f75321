import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach } from 'vitest';
import type { BrowserFixture } from '../support/browser-fixture.ts';
import { OfficialPage } from '../support/official-page.ts';
import type { ParleyFixture } from '../support/parley-fixture.ts';
import { RoomPage } from './room-page.ts';

/** What the suites share: one server and one browser. */
export type RtcFixture = { readonly parley: ParleyFixture; readonly browser: BrowserFixture };

let lastId = 500_000;

/** A number that no user and no room has got. */
export function freshId(): number {
  lastId += 1;
  return lastId;
}

/** Opens pages, each with a profile of its own, and closes them after each test or after the suite. */
export class RoomPages {
  readonly #fixture: RtcFixture;
  readonly #contexts: BrowserContext[] = [];

  constructor(fixture: RtcFixture, lifetime: 'test' | 'suite' = 'test') {
    this.#fixture = fixture;
    const close = async () => {
      for (const context of this.#contexts.splice(0)) await context.close();
    };
    if (lifetime === 'test') afterEach(close);
    else afterAll(close);
  }

  async newContext(): Promise<BrowserContext> {
    const context = await this.#fixture.browser.newContext();
    this.#contexts.push(context);
    return context;
  }

  /** A page of the client SDK. */
  async open(uid = freshId()): Promise<RoomPage> {
    return RoomPage.open(await this.newContext(), this.#fixture.parley.parley, uid);
  }

  /** A page that behaves as the official SDK. */
  async openOfficial(): Promise<OfficialPage> {
    const { parley, caller } = this.#fixture.parley;
    return OfficialPage.open(await this.newContext(), parley, caller, freshId());
  }
}
