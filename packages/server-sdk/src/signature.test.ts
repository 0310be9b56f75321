import { expect, test } from 'vitest';
import { signQuest } from './signature.ts';

test('a quest is signed over pid, secret, salt, method and time', () => {
  expect(signQuest({ pid: 1, secret: 'abc' }, 'sendmsg', 2n, 3)).toBe('FB3DEFD4796530C0E2AFFEFA1DEADF4D');
});

test('the signature of a captured quest is reproduced', () => {
  // Captured from the official Go SDK 0.9.20, AddGroupMembers.
  const project = { pid: 80_000_001, secret: 'test-secret' };
  expect(signQuest(project, 'addgroupmembers', 7_529_781_450_522_280_065n, 1_795_239_794)).toBe(
    'D3CB8545F442D8C209C7E5F493AAB25A',
  );
});
