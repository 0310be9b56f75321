import { declareMethods } from '../declaration.ts';
import { flag, idList, list, optional, text } from '../declare-fields.ts';

const limit = 'listenedPerCallMax';
const eventName = text('name of an event', { limit: 'shortTextMaxBytes' });

const items = {
  gids: optional(idList('groups whose messages are pushed', { limit })),
  rids: optional(idList('rooms whose messages are pushed', { limit })),
  uids: optional(idList('users whose messages to other users are pushed', { limit })),
  events: optional(list('names of events that are pushed: login, logout; others never happen', eventName, { limit })),
};

/** An empty list is no missing one here: it clears what was listened to before. */
const replacements = {
  gids: { ...items.gids, takesEmpty: true },
  rids: { ...items.rids, takesEmpty: true },
  uids: { ...items.uids, takesEmpty: true },
  events: { ...items.events, takesEmpty: true },
} as const;

const all = (what: string) => optional(flag(`true: ${what}, whatever the list says; missing leaves it as it is`));

const noConfigInConsole = 'the project does not allow listening';

export const listeningMethods = declareMethods('listening', {
  addlisten: {
    summary: 'Adds to what the connection listens to.',
    gates: ['server'],
    params: items,
    answer: {},
    refusals: { noConfigInConsole },
  },
  removelisten: {
    summary: 'Takes from what the connection listens to.',
    gates: ['server'],
    params: items,
    answer: {},
    refusals: { noConfigInConsole },
  },
  setlisten: {
    summary: 'Sets what the connection listens to.',
    gates: ['server'],
    params: {
      ...replacements,
      p2p: all('all messages between users'),
      group: all('the messages of all groups'),
      room: all('the messages of all rooms'),
      ev: all('all events'),
    },
    answer: {},
    refusals: { noConfigInConsole },
    notes: 'A list that is there replaces the one before, an empty one clears it; a missing list leaves it as it is.',
  },
});
