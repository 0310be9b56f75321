import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isClientMethodName } from '@parley/contract';
import { decodePayload, type Encodable, encodeQuest, type Packet, PacketReader } from '@parley/fpnn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { answerOf, capturedAnswerOf, toFixtureForm, valuesOf } from './support/captured-answers.ts';
import { type CapturedCall, questOf } from './support/captures.ts';
import { entriesOf, type Outline, outlineOf, type WireKind } from './support/msgpack-outline.ts';
import { useParley } from './support/parley-fixture.ts';

const UID = 101;
const GROUP = 5001;
/** The calls of the browser SDK, in the order in which it made them; see `fixtures/README.md`. */
const calls: readonly CapturedCall[] = JSON.parse(
  readFileSync(new URL('./fixtures/client-captures.json', import.meta.url), 'utf8'),
);
const fixture = useParley();
let browser: BrowserSocket;

beforeAll(async () => {
  await fixture.caller.call('addgroupmembers', { gid: GROUP, uids: [UID] });
  browser = await BrowserSocket.open(fixture.parley.clientGate);
});

afterAll(() => browser?.close());

test('every captured quest is read as the SDK meant it, and its method is declared', () => {
  expect(calls).toHaveLength(22);
  for (const call of calls) {
    const quest = questOf(call);
    expect(quest).toMatchObject({ method: call.wireMethod, isOneWay: false, encoding: 'msgpack' });
    expect(toFixtureForm(decodePayload(quest)), call.function).toEqual(call.questDecoded);
    expect(isClientMethodName(call.wireMethod), call.wireMethod).toBe(true);
  }
});

/** The calls build on each other: a room that was entered, messages that were sent. */
test('they are served byte by byte as the browser wrote them, but for the login, and answered as it decodes them', async () => {
  for (const call of calls) {
    const name = `${call.function} ${call.wireMethod}`;
    const packet = await browser.ask(await toPacket(call));
    expect(packet, name).toMatchObject({ kind: 'answer', seq: questOf(call).seq, encoding: 'msgpack' });
    const [answer, captured] = [answerOf(packet), capturedAnswerOf(call)];
    expect(answer, name).toMatchObject({ code: 0 });
    expect(kindsOf(answer.payload), name).toEqual(kindsOf(captured.payload));
    expect(valuesOf(answer), name).toEqual(valuesOf(captured));
    expectDecodable(answer.payload, name);
  }
});

/** The captured packet; the login with the project and a token of this server. */
async function toPacket(call: CapturedCall): Promise<Uint8Array> {
  if (call.wireMethod !== 'auth') return Buffer.from(call.questHex, 'hex');
  const quest = questOf(call);
  const params = decodePayload(quest) as Map<string, Encodable>;
  params.set('pid', fixture.parley.pid);
  params.set('token', (await fixture.caller.call('gettoken', { uid: UID })).get('token') as Encodable);
  return encodeQuest({ method: call.wireMethod, params, seq: quest.seq });
}

/** The SDK decodes by kinds: of fields, and of the elements of a unit. Answers to the same call have the same ones. */
function kindsOf(payload: Uint8Array): Record<string, WireKind | WireKind[][]> {
  const fields = [...entriesOf(payload, outlineOf(payload))].map(([field, outline]) => [
    field,
    field === 'msgs' ? outline.items.map(({ items }) => items.map(({ kind }) => kind)) : outline.kind,
  ]);
  return Object.fromEntries(fields);
}

function expectDecodable(payload: Uint8Array, name: string): void {
  const visit = (node: Outline) => {
    expect(['nil', 'float', 'ext'], name).not.toContain(node.kind);
    if (node.kind === 'int') expect(payload[node.start], `${name}: a negative fixint`).toBeLessThan(0xe0);
    node.items.forEach(visit);
  };
  visit(outlineOf(payload));
}

/** A WebSocket that sends one packet in a message, as browsers do. */
class BrowserSocket {
  readonly #socket: WebSocket;
  readonly #reader = new PacketReader();
  readonly #answers: Packet[] = [];
  #wake = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#answers.push(...this.#reader.push(data).filter(({ kind }) => kind === 'answer'));
      this.#wake();
    });
  }

  static async open({ host, port }: { host: string; port: number }): Promise<BrowserSocket> {
    const socket = new WebSocket(`ws://${host}:${port}/service/websocket`);
    await once(socket, 'open');
    return new BrowserSocket(socket);
  }

  async ask(packet: Uint8Array): Promise<Packet> {
    this.#socket.send(packet);
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.terminate();
  }
}
