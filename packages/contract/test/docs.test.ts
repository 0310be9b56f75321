import { readFileSync } from 'node:fs';
import * as fpnn from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import * as contract from '../src/index.ts';

const ROOT = new URL('../../../', import.meta.url);
const PAGES = ['docs/wire-reference.md', 'docs/errors.md'];

const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** The generator is plain JavaScript; the address is not written as an import so that it needs no types. */
async function loadGenerator(): Promise<{ renderPages(...exports: object[]): Map<string, string> }> {
  return import(/* @vite-ignore */ new URL('scripts/generate-docs.mjs', ROOT).href);
}

/** The first cells of the table rows in a text. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| ([^|]+) \|/gm)].map((match) => match[1] ?? '');
}

describe('the generated pages', () => {
  test.each(PAGES)('%s is what the declarations give', async (path) => {
    const { renderPages } = await loadGenerator();
    expect(read(path)).toBe(renderPages(contract, fpnn).get(path));
  });

  test('every code has one line in errors.md', () => {
    const [travelling = '', local = ''] = read('docs/errors.md').split('## Codes below the methods');
    const codes = firstCells(travelling).filter((cell) => /^\d+$/.test(cell));
    expect(codes.map(Number)).toEqual(Object.values(contract.ERROR_CODES));
    const others = firstCells(local).filter((cell) => /^\d+$/.test(cell));
    const known = new Set([...codes, ...others].map(Number));
    for (const code of Object.values(fpnn.FPNN_CODES)) expect(known.has(code) || code === 0).toBe(true);
    expect(known.size).toBe(codes.length + others.length);
  });

  test('every method has a heading, or is named as the older name of one', () => {
    const page = read('docs/wire-reference.md');
    for (const [name, { summary, ...declaration }] of Object.entries(contract.methods)) {
      if ('aliasOf' in declaration) expect(page).toContain(`\nOlder name: \`${name}\`.\n`);
      else expect(page).toContain(`\n### ${name}\n\n${summary}\n`);
    }
    for (const [name, { summary }] of Object.entries(contract.clientMethods)) {
      expect(page).toContain(`\n### client ${name}\n\n${summary}\n`);
    }
    for (const [name, { summary }] of Object.entries(contract.fileGateMethods)) {
      expect(page).toContain(`\n### ${name}\n\n${summary}\n`);
    }
    for (const [name, { summary }] of Object.entries(contract.pushes)) {
      expect(page).toContain(`\n### push ${name}\n\n${summary}\n`);
    }
  });

  test('every link of the reference leads to one heading', () => {
    const page = read('docs/wire-reference.md');
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(new Set(anchors).size).toBe(anchors.length);
    for (const [, anchor] of page.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(anchor);
  });

  test('every parameter and answer field stands in a table', () => {
    const cells = new Set(firstCells(read('docs/wire-reference.md')));
    const gates = [contract.methods, contract.clientMethods, contract.fileGateMethods];
    for (const { params, answer } of gates.flatMap((gate) => Object.values<contract.MethodDeclaration>(gate))) {
      for (const name of [...Object.keys(params), ...Object.keys(answer)]) expect(cells).toContain(`\`${name}\``);
    }
    for (const { params } of Object.values(contract.pushes)) {
      for (const name of Object.keys(params)) expect(cells).toContain(`\`${name}\``);
    }
    for (const name of ['rid', 'administartors', 'clean', 'toid', 'strategyId']) expect(cells).toContain(`\`${name}\``);
  });

  test('every limit stands in the table of limits', () => {
    const cells = firstCells(read('docs/wire-reference.md'));
    for (const name of Object.keys(contract.DEFAULT_LIMITS)) expect(cells).toContain(`\`${name}\``);
  });
});
