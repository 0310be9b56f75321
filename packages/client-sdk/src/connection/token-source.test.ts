import { expect, test, vi } from 'vitest';
import { TokenSource } from './token-source.ts';

test('a token is kept until it is discarded', async () => {
  const supplier = vi.fn().mockResolvedValueOnce('first').mockResolvedValueOnce({ token: 'second', ts: 5 });
  const tokens = new TokenSource(supplier);
  expect([await tokens.get(), await tokens.get()]).toEqual(['first', 'first']);
  tokens.discard();
  expect(await tokens.get()).toEqual({ token: 'second', ts: 5 });
  expect(supplier).toHaveBeenCalledTimes(2);
  expect(tokens.canRenew).toBe(true);
});

test('a text is the same for ever', async () => {
  const tokens = new TokenSource('token');
  tokens.discard();
  expect(await tokens.get()).toBe('token');
  expect(tokens.canRenew).toBe(false);
});

test.each([undefined, null, '', 5, { ts: 1 }, { token: '', ts: 1 }])('%j is no token', async (given) => {
  await expect(new TokenSource(() => given as unknown as string).get()).rejects.toThrow(TypeError);
});
