import { fileURLToPath } from 'node:url';
import type { ParleyUnderTest, RawCaller } from '@parley/testkit/internal';
import type { BrowserContext, Page } from 'playwright-core';
import { bundleForPage } from './bundle-for-page.ts';

export type PageState = {
  /** What it played and was told, in order. */
  readonly log: readonly string[];
  /** Whom it plays. */
  readonly playing: readonly number[];
  /** The last heartbeat of each. */
  readonly heartbeats: Readonly<Record<string, { cameraEnabled: number; microphoneEnabled: number } | undefined>>;
  readonly isKickedOut: boolean;
  readonly relogins: number;
};

/** Packets of voice and pictures of video that a page has got of one member. */
export type Received = { readonly audio: number; readonly frames: number };

const SCRIPT = fileURLToPath(new URL('official-page-script.mjs', import.meta.url));

/** A page of a real browser that behaves as the official web RTC SDK does on the wire. */
export class OfficialPage {
  readonly page: Page;
  readonly uid: number;

  private constructor(page: Page, uid: number) {
    this.page = page;
    this.uid = uid;
  }

  /** Opens a page and logs its user in. */
  static async open(
    context: BrowserContext,
    parley: ParleyUnderTest,
    caller: RawCaller,
    uid: number,
  ): Promise<OfficialPage> {
    const code = await bundleForPage(SCRIPT);
    // The page comes from no server, so that the browser takes it for a public one that reaches into a private network.
    await context.grantPermissions(['local-network-access']);
    const page = await context.newPage();
    await page.route('https://localhost/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<!doctype html><body><script>${code}</script></body>` }),
    );
    await page.goto('https://localhost/');
    const token = ((await caller.call('gettoken', { uid })).get('token') as { text: string }).text;
    const opened = new OfficialPage(page, uid);
    const { clientGateTls, rtcGate, pid } = parley;
    await opened.#call('login', {
      rtmEndpoint: `${clientGateTls.host}:${clientGateTls.port}`,
      rtcEndpoint: `${rtcGate.host}:${rtcGate.port}`,
      scheme: 'wss',
      pid,
      uid,
      token,
    });
    return opened;
  }

  enterRoom(rid: number): Promise<void> {
    return this.#call('enterRoom', rid);
  }

  leaveRoom(): Promise<void> {
    return this.#call('leaveRoom');
  }

  setDevice(device: 'camera' | 'microphone', isOpen: boolean): Promise<void> {
    return this.#call('setDevice', device, isOpen);
  }

  loseConnection(): Promise<void> {
    return this.#call('loseConnection');
  }

  publishAgain(): Promise<void> {
    return this.#call('publishAgain');
  }

  state(): Promise<PageState> {
    return this.#call('state');
  }

  /** The offer that it published with. */
  offer(): Promise<string> {
    return this.#call('offer');
  }

  received(uid: number): Promise<Received> {
    return this.#call('received', uid);
  }

  /** Waits until so much more of a member has come. */
  async waitFor(uid: number, wanted: Partial<Received>): Promise<void> {
    const before = await this.received(uid);
    for (;;) {
      const now = await this.received(uid);
      // Whoever is played anew counts from 0.
      const since = (kind: keyof Received) => now[kind] - (now[kind] < before[kind] ? 0 : before[kind]);
      if (since('audio') >= (wanted.audio ?? 0) && since('frames') >= (wanted.frames ?? 0)) return;
      await this.page.waitForTimeout(20);
    }
  }

  /** Waits until nothing more of a kind comes, while `frames` more pictures of the same member do. */
  async waitForSilence(uid: number, frames = 5): Promise<void> {
    for (;;) {
      const { audio } = await this.received(uid);
      await this.waitFor(uid, { frames });
      if ((await this.received(uid)).audio === audio) return;
    }
  }

  /** As {@link waitForSilence}, the other way round: voice comes and pictures do not. */
  async waitForDarkness(uid: number, packets = 15): Promise<void> {
    for (;;) {
      const { frames } = await this.received(uid);
      await this.waitFor(uid, { audio: packets });
      if ((await this.received(uid)).frames === frames) return;
    }
  }

  /** Waits until it gets nothing of a member any more, while another page gets both kinds of a member of its own. */
  async waitForNothing(uid: number, other: { page: OfficialPage; uid: number }): Promise<void> {
    for (;;) {
      const before = await this.received(uid);
      await other.page.waitFor(other.uid, { audio: 15, frames: 5 });
      const after = await this.received(uid);
      if (after.audio === before.audio && after.frames === before.frames) return;
    }
  }

  /** Waits until its state is as wanted. */
  async until(isWanted: (state: PageState) => boolean): Promise<PageState> {
    for (;;) {
      const state = await this.state();
      if (isWanted(state)) return state;
      await this.page.waitForTimeout(20);
    }
  }

  async #call<Result>(name: string, ...args: unknown[]): Promise<Result> {
    const call = `official.${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
    try {
      return await this.page.evaluate<Result>(call);
    } catch (error) {
      // Its stack names places in the page, where no test runner finds a source.
      throw new Error(`${call}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
}
