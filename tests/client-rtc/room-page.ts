import { fileURLToPath } from 'node:url';
import type { RtcMember, StreamState, StreamStatistics } from '@parley/client-sdk/rtc';
import type { ParleyUnderTest } from '@parley/testkit';
import type { BrowserContext, Page } from 'playwright-core';
import { bundleForPage } from '../support/bundle-for-page.ts';

export type RoomPageState = {
  /** Events, in order. */
  readonly log: readonly string[];
  readonly members: readonly (Omit<RtcMember, 'uid'> & { uid: number })[];
  readonly streams: Readonly<
    Record<number, ({ state: StreamState; isSpeaking: boolean } & Partial<StreamStatistics>) | undefined>
  >;
  readonly isMicrophoneOpen: boolean;
  readonly isCameraOpen: boolean;
  readonly activeSpeaker: number | undefined;
  readonly quality: string | undefined;
  /** How often the streams were measured. */
  readonly samples: number;
  readonly ended: string | undefined;
};

const ORIGIN = 'http://localhost/';
const SCRIPT = fileURLToPath(new URL('room-page-script.mjs', import.meta.url));

/** They come four times a second, and voice fifty times. */
const STILL_SAMPLES = 3;
/** Before the runner does, which could not tell why. */
const GIVE_UP_MS = 25_000;

/** A page of a real browser with a user of the client SDK, and the room that it is in. */
export class RoomPage {
  readonly page: Page;
  readonly uid: number;

  private constructor(page: Page, uid: number) {
    this.page = page;
    this.uid = uid;
  }

  /** Opens a page and logs its user in. */
  static async open(context: BrowserContext, parley: ParleyUnderTest, uid: number, rtc = {}): Promise<RoomPage> {
    const code = await bundleForPage(SCRIPT);
    // The page comes from no server, so that the browser takes it for a public one that reaches into a private network.
    await context.grantPermissions(['local-network-access', 'camera', 'microphone']);
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.route(ORIGIN, (route) =>
      route.fulfill({ contentType: 'text/html', body: `<!doctype html><body><script>${code}</script></body>` }),
    );
    await page.goto(ORIGIN);
    const opened = new RoomPage(page, uid);
    const { clientGate, rtcGatePlain, pid } = parley;
    await opened.call('login', {
      endpoint: `ws://${clientGate.host}:${clientGate.port}`,
      rtc: { endpoint: `ws://${rtcGatePlain.host}:${rtcGatePlain.port}`, ...rtc },
      pid,
      uid,
      token: await parley.token(uid),
    });
    return opened;
  }

  join(kind: 'voice' | 'video', roomId: number, options = {}): Promise<void> {
    return this.call('join', kind, roomId, options);
  }

  state(): Promise<RoomPageState> {
    return this.call('state');
  }

  /** Calls a function of the page's script. */
  async call<Result = void>(name: string, ...args: unknown[]): Promise<Result> {
    const call = `driver.${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
    try {
      return await this.page.evaluate<Result>(call);
    } catch (error) {
      // Its stack names places in the page, where no test runner finds a source.
      throw new Error(`${call}: ${(error as Error).message.split('\n')[0]}`);
    }
  }

  /** Waits until its state is as wanted. */
  async until(isWanted: (state: RoomPageState) => boolean): Promise<RoomPageState> {
    const startedAt = performance.now();
    for (;;) {
      const state = await this.state();
      if (isWanted(state)) return state;
      if (performance.now() - startedAt > GIVE_UP_MS) {
        throw new Error(`waiting for ${isWanted} of ${this.uid}: ${JSON.stringify(state, undefined, 1)}`);
      }
      await this.page.waitForTimeout(20);
    }
  }

  /** Waits until so many more packets of voice and frames of video of a member have come. */
  async untilMore(uid: number, wanted: { audio?: number; frames?: number }): Promise<void> {
    const of = ({ streams }: RoomPageState) => ({
      audio: streams[uid]?.audioPackets ?? 0,
      frames: streams[uid]?.frames ?? 0,
    });
    let base = of(await this.state());
    await this.until((state) => {
      const now = of(state);
      // A new connection counts from 0.
      base = { audio: Math.min(base.audio, now.audio), frames: Math.min(base.frames, now.frames) };
      return now.audio - base.audio >= (wanted.audio ?? 0) && now.frames - base.frames >= (wanted.frames ?? 0);
    });
  }

  /** Waits until some samples in a row show that nothing of a kind has come of a member. */
  async untilStill(uid: number, kind: 'audio' | 'frames'): Promise<void> {
    let last = { count: -1, samples: 0 };
    await this.until(({ streams, samples }) => {
      const count = (kind === 'audio' ? streams[uid]?.audioPackets : streams[uid]?.frames) ?? 0;
      if (count !== last.count) last = { count, samples };
      return samples - last.samples >= STILL_SAMPLES;
    });
  }

  /** Waits until the picture of a member has changed. */
  async untilMoving(uid: number): Promise<void> {
    const pictures = new Set<string>();
    while (pictures.size < 2) {
      const picture = await this.call<string>('picture', uid);
      if (picture !== 'none') pictures.add(picture);
      await this.page.waitForTimeout(20);
    }
  }
}
