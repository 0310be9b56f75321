import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileGateMethods, fileTokenParams, isFileGateMethodName, type MethodDeclaration } from '../src/index.ts';
import { byName, type DocumentedField, expectNames, typeOf } from './documented-fields.ts';

type Documented = {
  method: string;
  params: (DocumentedField & { optional: boolean })[];
  answer: DocumentedField[];
};

const file = new URL('./fixtures/file-gate-methods.json', import.meta.url);
const documented: Documented[] = JSON.parse(readFileSync(file, 'utf8')).methods;

test('the methods are those of the SDKs and no others', () => {
  expect(Object.keys(fileGateMethods).sort()).toEqual(documented.map(({ method }) => method).sort());
});

test.each(documented)('$method has the parameters and answer fields of the SDKs', ({ method, params, answer }) => {
  if (!isFileGateMethodName(method)) throw new Error(`${method} is not declared`);
  const declaration: MethodDeclaration = fileGateMethods[method];
  const declared = { ...fileTokenParams, ...declaration.params };
  expectNames(
    declared,
    params.map(({ name }) => name),
  );
  for (const { name, type, optional } of params) {
    expect(typeOf(byName(declared).get(name)), name).toBe(type);
    expect(byName(declared).get(name)?.presence === 'required', `${name} must be there`).toBe(!optional);
  }
  expectNames(
    declaration.answer,
    answer.map(({ name }) => name),
  );
  for (const { name, type } of answer) expect(typeOf(byName(declaration.answer).get(name)), name).toBe(type);
});
