import fc from 'fast-check';
import { expect } from 'vitest';
import { chosen, pick, steps, user } from './step.ts';

const CONNECTIONS_PER_USER_MAX = 3;

export const logIn = steps('log in', fc.record({ user }), ({ user }, model) => {
  if (model.of(user).length >= CONNECTIONS_PER_USER_MAX) return undefined;
  return async (model, live) => {
    const code = model.loginCode(user);
    const connection = code === 0 ? model.logIn(user) : undefined;
    expect(await live.logIn(user, connection?.key)).toBe(code);
  };
});

export const logOut = steps(
  'log out',
  fc.record({ pick, how: fc.constantFrom('bye' as const, 'close' as const) }),
  ({ pick, how }, model) => {
    const connection = chosen(model.connections, pick);
    return (
      connection &&
      (async (model, live) => {
        await live.logOut(connection, how);
        model.logOut(connection);
      })
    );
  },
);

/** Closes and opens a connection without waiting for the server to notice the close. */
export const reconnect = steps('reconnect', fc.record({ pick }), ({ pick }, model) => {
  const connection = chosen(model.connections, pick);
  if (connection === undefined || model.loginCode(connection.user) !== 0) return undefined;
  // Rooms that were given end with the last connection: whether this is the last one, only the server knows.
  if (model.givenTo(connection.user).size > 0) return undefined;
  return async (model, live) => {
    await live.logOut(connection, 'close');
    model.logOut(connection);
    expect(await live.logIn(connection.user, model.logIn(connection.user).key)).toBe(0);
  };
});

export const kick = steps('back end: kick', fc.record({ user }), ({ user }) => async (model, live) => {
  expect((await live.call('kickout', { uid: live.id(user) })).code).toBe(0);
  model.kick(user);
});

export const kickOther = steps('kick', fc.record({ pick, other: pick }), ({ pick, other }, model) => {
  const connection = chosen(model.connections, pick);
  if (connection === undefined) return undefined;
  const victim = chosen(model.of(connection.user), other)!;
  return async (model, live) => {
    const code = victim === connection ? 200_012 : 0;
    expect((await live.callFrom(connection, 'kickout', { ce: live.ceOf(victim) })).code).toBe(code);
    if (code === 0) model.kickConnection(victim);
  };
});
