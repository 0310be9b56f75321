import { readFileSync } from 'node:fs';
import { methods } from '@parley/contract';
import { expect, test } from 'vitest';
import { RtmServerClient } from '../src/index.ts';

type Row = { document: string; function: string; wireMethod: string; ours: string };

const documented: Row[] = JSON.parse(
  readFileSync(new URL('fixtures/documented-functions.json', import.meta.url), 'utf8'),
);
const page = readFileSync(new URL('../../../docs/sdk-mapping.md', import.meta.url), 'utf8');
const HEADINGS: Readonly<Record<string, string>> = {
  'Go: real-time rooms': 'Go RTC',
  'Python: voice rooms': 'Python RTC',
  'Go: messages': 'Go Messages',
  'Python: rooms': 'Python Rooms',
  'C++: chat': 'C++ Chat',
};

/** The rows of the page's tables, the last table apart. */
function rowsOf(markdown: string): { documented: Row[]; beside: { ours: string; wireMethod: string }[] } {
  const rows: Row[] = [];
  const beside: { ours: string; wireMethod: string }[] = [];
  for (const section of markdown.split('\n## ').slice(1)) {
    const document = HEADINGS[section.split('\n', 1)[0]!];
    for (const line of section.split('\n').filter((text) => text.startsWith('| `'))) {
      const [first, second, third] = line.split(' | ').map(nameIn);
      if (document === undefined) beside.push({ ours: first!, wireMethod: second! });
      else rows.push({ document, function: first!, wireMethod: third!, ours: second! });
    }
  }
  return { documented: rows, beside };
}

/** The name at the start of a cell such as "`sendChat(fromUid, …)`", null for "-". */
function nameIn(cell: string): string | null {
  return /`([\w.]+)/.exec(cell)?.[1] ?? null;
}

test('the page lists each of the 72 documented functions with its wire method', () => {
  expect(documented).toHaveLength(72);
  expect(rowsOf(page).documented).toEqual(documented);
});

test('every function of the page exists in the client, and every wire method in the contract', () => {
  const client = new RtmServerClient({ pid: 1, secret: 's', endpoint: 'localhost:1' });
  const { documented: rows, beside } = rowsOf(page);
  for (const { ours, wireMethod } of [...rows, ...beside]) {
    expect(client[ours as keyof RtmServerClient], ours).toBeTypeOf('function');
    expect(Object.keys(methods)).toContain(wireMethod);
  }
});

test('the client has no call that the page leaves out', () => {
  const names = new Set(['constructor', 'call', 'connect', 'close', 'isConnected', 'nextMid', 'walkMessages']);
  const { documented: rows, beside } = rowsOf(page);
  for (const { ours } of [...rows, ...beside]) names.add(ours);
  // What the classes of the subjects share.
  for (const name of ['sendToUser', 'sendToUsers', 'sendToGroup', 'sendToRoom', 'sendToAll', 'deleteMessage'])
    names.add(name);
  expect(callsOf(RtmServerClient.prototype).filter((name) => !names.has(name))).toEqual([]);
});

function callsOf(prototype: object): string[] {
  const parent = Object.getPrototypeOf(prototype);
  const own = Object.getOwnPropertyNames(prototype);
  return parent === Object.prototype ? own : [...own, ...callsOf(parent)];
}
