import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type FieldDeclaration, isMethodName, type MethodDeclaration, methods, type ParamField } from '../src/index.ts';
import { byName } from './documented-fields.ts';

type SeedField = { name: string; type: string; required?: boolean; fixed?: unknown };
type SeedFunction = { document: string; function: string; method: string; params: SeedField[]; answer: SeedField[] };

const file = new URL('./fixtures/seed-functions.json', import.meta.url);
const seeds: SeedFunction[] = JSON.parse(readFileSync(file, 'utf8')).functions;

function declarationOf(method: string): MethodDeclaration {
  if (!isMethodName(method)) throw new Error(`${method} is not declared`);
  return methods[method];
}

/** Documents call a body `str` or `bin`, whichever the function sends. */
function expectType(field: FieldDeclaration | undefined, seed: SeedField): void {
  expect(field, `${seed.name} is declared`).toBeDefined();
  if (field?.wire === 'str or bin') expect(['str', 'bin', 'str or bin']).toContain(seed.type);
  else expect(field?.wire, seed.name).toBe(seed.type);
}

describe('the 72 functions of the documents', () => {
  test('there are 72, and they reach 41 wire methods', () => {
    expect(seeds).toHaveLength(72);
    expect(new Set(seeds.map((seed) => seed.method)).size).toBe(41);
  });

  test.each(seeds)('$document $function is covered by $method', (seed) => {
    const declaration = declarationOf(seed.method);
    const params = byName<ParamField>(declaration.params);
    for (const param of seed.params) {
      const field = params.get(param.name);
      expectType(field, param);
      if (param.required === false) expect(field?.presence, `${param.name} may be missing`).not.toBe('required');
      if (typeof param.fixed === 'number' && field?.kind === 'choice') expect(field.allowed).toContain(param.fixed);
    }
    const sent = new Set(seed.params.map((param) => param.name));
    for (const [name, field] of Object.entries(declaration.params)) {
      if (field.presence === 'required') expect(sent, 'every required parameter is sent').toContain(name);
    }
    const answer = byName(declaration.answer);
    for (const field of seed.answer) expectType(answer.get(field.name), field);
  });

  test('every answer field of a method that is no alias is documented', () => {
    for (const method of new Set(seeds.map((seed) => seed.method))) {
      const declaration = declarationOf(method);
      const documented = seeds.filter((seed) => seed.method === method).flatMap((seed) => seed.answer);
      if (declaration.aliasOf !== undefined) continue;
      expect([...byName(declaration.answer).keys()].sort(), method).toEqual(
        [...new Set(documented.map((field) => field.name))].sort(),
      );
    }
  });
});
