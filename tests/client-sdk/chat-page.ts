import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import { bundleClient } from '../support/bundle-client.ts';

/** What the page keeps for the test. */
type PageState = {
  client: import('@parley/client-sdk').ParleyClient;
  received: string[];
  states: string[];
  waiters: (() => void)[];
};

export type PageLogin = { endpoint: string; pid: number; uid: number; token: string };

const PAGE = `<!doctype html><title>chat</title><script type="module">
  import * as sdk from '/sdk.js';
  globalThis.sdk = sdk;
</script>`;

/** Serves a blank page and the bundled SDK on localhost. */
export async function serveSdk(): Promise<{ url: string; close(): Promise<void> }> {
  const code = await bundleClient();
  const server: Server = createServer((request, response) => {
    const isScript = request.url === '/sdk.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? code : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A page with a client that is logged in. */
export class ChatPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(context: BrowserContext, url: string, login: PageLogin): Promise<ChatPage> {
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(async (options) => {
      const { ParleyClient } = (globalThis as unknown as { sdk: typeof import('@parley/client-sdk') }).sdk;
      const reconnect = { delayMaxMs: 200, delaySteps: 1, stableAfterMs: 0 };
      const client = new ParleyClient({ ...options, reconnect });
      const state: PageState = { client, received: [], states: [], waiters: [] };
      Object.assign(globalThis, { chat: state });
      const wake = () => {
        for (const waiter of state.waiters.splice(0)) waiter();
      };
      client.on('message', (message) => {
        state.received.push(message.type === 'chat' ? message.text : message.type);
        wake();
      });
      client.on('stateChange', (change) => {
        state.states.push(change.state);
        wake();
      });
      await client.login();
    }, login);
    return new ChatPage(page);
  }

  enterRoom(roomId: number): Promise<void> {
    return this.page.evaluate(
      (id) => (globalThis as unknown as { chat: PageState }).chat.client.rooms.enter(id),
      roomId,
    );
  }

  /** Resolves when the message is stored. */
  async send(place: { peerUid: number } | { roomId: number }, text: string): Promise<void> {
    await this.page.evaluate(
      async ([to, body]) => {
        await (globalThis as unknown as { chat: PageState }).chat.client.sendChat(to, body);
      },
      [place, text] as const,
    );
  }

  /** Waits until the client is in a state. */
  async state(wanted: string): Promise<void> {
    await this.page.evaluate(async (state) => {
      const { chat } = globalThis as unknown as { chat: PageState };
      while (chat.client.state !== state) await new Promise<void>((resolve) => chat.waiters.push(resolve));
    }, wanted);
  }

  /** Waits until so many messages have come, and gives their texts. */
  received(count: number): Promise<string[]> {
    return this.page.evaluate(async (wanted) => {
      const { chat } = globalThis as unknown as { chat: PageState };
      while (chat.received.length < wanted) await new Promise<void>((resolve) => chat.waiters.push(resolve));
      return chat.received;
    }, count);
  }

  /** All texts of a conversation, oldest first. */
  history(place: { peerUid: number } | { roomId: number }): Promise<string[]> {
    return this.page.evaluate(async (conversation) => {
      const { client } = (globalThis as unknown as { chat: PageState }).chat;
      const texts: string[] = [];
      for await (const message of client.history.walk(conversation)) {
        texts.push(message.type === 'chat' ? message.text : message.type);
      }
      return texts;
    }, place);
  }
}
