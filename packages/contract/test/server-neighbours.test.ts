import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isMethodName, type MethodDeclaration, methods, type ParamField } from '../src/index.ts';
import { byName, type DocumentedField, expectNames, typeOf } from './documented-fields.ts';

type Documented = {
  method: string;
  params: (DocumentedField & { required: boolean })[];
  answer: DocumentedField[];
};

const file = new URL('./fixtures/server-neighbours.json', import.meta.url);
const documented: Documented[] = JSON.parse(readFileSync(file, 'utf8')).methods;
/** Sent by two SDKs to say what they are, of no use to the server and ignored like any undeclared parameter. */
const IGNORED = ['version'];

test('there are 52', () => {
  expect(documented).toHaveLength(52);
});

test.each(documented)('$method has the parameters and answer fields of the SDKs', ({ method, ...seen }) => {
  expect(isMethodName(method)).toBe(true);
  const declaration: MethodDeclaration = methods[method as keyof typeof methods];
  const sent = seen.params.filter(({ name }) => !IGNORED.includes(name));
  expectNames(
    declaration.params,
    sent.map(({ name }) => name),
  );
  expectNames(
    declaration.answer,
    seen.answer.map(({ name }) => name),
  );
  const params = byName<ParamField>(declaration.params);
  for (const { name, type, required } of sent) {
    expect(typeOf(params.get(name)), name).toBe(type);
    expect(params.get(name)?.presence === 'required', `${name} may be missing`).toBe(required);
  }
  const answer = byName(declaration.answer);
  for (const { name, type } of seen.answer) expect(typeOf(answer.get(name)), name).toBe(type);
});

test('an answer field may be missing only where SDKs take that', () => {
  const optional = documented.flatMap(({ method }) => {
    const { answer }: MethodDeclaration = methods[method as keyof typeof methods];
    return Object.entries(answer).flatMap(([name, { presence }]) =>
      presence === 'required' ? [] : [`${method} ${name}`],
    );
  });
  expect(optional).toEqual(['dataget val']);
});
