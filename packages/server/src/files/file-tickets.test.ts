import { ERROR_CODES } from '@parley/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { type FileTicket, FileTickets } from './file-tickets.ts';

let now = 0;
let tickets: FileTickets;
const ticket = (changes: Partial<FileTicket> = {}): FileTicket => ({
  pid: 1,
  uid: 7n,
  method: 'sendfile',
  target: '8',
  sessionId: undefined,
  ...changes,
});
const codeOf = (act: () => unknown): number | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as { code: number }).code;
  }
};
const REFUSED = ERROR_CODES.invalidFileOrSignOrToken;

beforeEach(() => {
  now = 1000;
  tickets = new FileTickets({ now: () => now, ticketsMax: 300 });
});

describe('a token', () => {
  test('gives its ticket once', () => {
    const token = tickets.issue(ticket({ sessionId: 's' }));
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(tickets.take(token, ticket())).toMatchObject({ sessionId: 's' });
    expect(codeOf(() => tickets.take(token, ticket()))).toBe(REFUSED);
    expect(tickets.count).toBe(0);
  });

  test.each([{ pid: 2 }, { uid: 8n }, { method: 'sendgroupfile' as const }, { target: '9' }])(
    'is used up when it is tried for something else: %o',
    (changes) => {
      const token = tickets.issue(ticket());
      expect(codeOf(() => tickets.take(token, ticket(changes)))).toBe(REFUSED);
      expect(codeOf(() => tickets.take(token, ticket()))).toBe(REFUSED);
    },
  );

  test('is good for five minutes', () => {
    const [first, second] = [tickets.issue(ticket()), tickets.issue(ticket())];
    now += 299_999;
    tickets.take(first, ticket());
    now += 1;
    expect(codeOf(() => tickets.take(second, ticket()))).toBe(REFUSED);
  });
});

describe('unused tokens', () => {
  test('of a user are a hundred at most: a further one ends the oldest', () => {
    const mine = ticket({ sessionId: 's' });
    const tokens = Array.from({ length: 101 }, () => tickets.issue(mine));
    const other = tickets.issue(ticket({ uid: 8n, sessionId: 't' }));
    expect(tickets.count).toBe(101);
    expect(codeOf(() => tickets.take(tokens[0]!, mine))).toBe(REFUSED);
    for (const token of tokens.slice(1)) tickets.take(token, mine);
    tickets.take(other, ticket({ uid: 8n }));
  });

  test('of all are bounded: one more is refused until the oldest end', () => {
    for (let i = 0; i < 300; i++) tickets.issue(ticket());
    expect(codeOf(() => tickets.issue(ticket()))).toBe(ERROR_CODES.workQueueFull);
    now += 300_000;
    tickets.issue(ticket());
    expect(tickets.count).toBe(1);
  });
});
