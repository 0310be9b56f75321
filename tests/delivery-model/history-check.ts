import { expect } from 'vitest';
import type { LiveWorld } from './live-world.ts';
import { conversationOf, describe, type Entry, type WorldModel } from './world-model.ts';

const PAGES = [
  { desc: false, num: 7 },
  { desc: true, num: 20 },
] as const;

/** Everybody who may read a conversation finds every message of it that was not recalled, once and in order, either way. */
export async function expectHistories(model: WorldModel, live: LiveWorld): Promise<void> {
  for (const connection of model.connections) {
    for (const target of readableBy(model, connection.user)) {
      if (target.kind === 'room' && !model.isIn(connection, target.id)) continue;
      for (const { desc, num } of PAGES) {
        const found = await live.walk(target, connection, desc, num);
        expect(found, `what user ${connection.user} reads`).toEqual(storedIn(model, connection.user, target));
      }
    }
  }
  for (const entries of model.conversations.values()) {
    const { send, target } = entries[0]!;
    for (const { desc, num } of PAGES) {
      expect(await live.walk(target, send.from, desc, num)).toEqual(storedIn(model, send.from, target));
    }
  }
}

/** The conversations of a user, also those without a message. */
function readableBy(model: WorldModel, user: number): Entry['target'][] {
  const others = new Set(model.entries().map(({ send }) => send.from));
  others.delete(user);
  const groups = [...model.groups].filter(([, members]) => members.has(user)).map(([id]) => id);
  return [
    { kind: 'broadcast' },
    ...[...others].map((to) => ({ kind: 'user', to }) as const),
    ...groups.map((id) => ({ kind: 'group', id }) as const),
    ...[...model.roomsOf(user)].map((id) => ({ kind: 'room', id }) as const),
  ];
}

function storedIn(model: WorldModel, user: number, target: Entry['target']): string[] {
  const entries = model.conversations.get(conversationOf(user, target)) ?? [];
  return entries.filter(({ isRemoved }) => !isRemoved).map(describe);
}
