import { decodeMsgpack, RawString, type WireMap, type WireValue } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import { type ClientMethodName, checkClientParams, DEFAULT_LIMITS, type ProjectLimits, RtmError } from './index.ts';

const raw = (text: string) => new RawString(new TextEncoder().encode(text));
const items = (length: number) => Array.from({ length }, (_, index) => index);

const MESSAGE = { mid: 3, mtype: 30, msg: raw('hi'), attrs: raw('') };
const PLAIN = {
  auth: { pid: 80_000_001, uid: 101, token: raw('token') },
  kickout: { ce: raw('connection') },
  sendmsg: { ...MESSAGE, to: 2 },
  sendroommsg: { ...MESSAGE, rid: 2 },
  getp2pmsg: { ouid: 2, desc: true, num: 10 },
  getgroupmsgbymessageid: { gid: 1, desc: false, num: 10, mid: 7 },
  getroommsgcount: { rid: 1 },
  getunread: { clear: false },
  cleantargetunread: {},
  getp2punread: { uids: [1] },
  getp2punreadbytime: { uid_time: new Map([['5', 1]]) },
  getunreadconversationlist: {},
  removesession: { to: 2 },
  enterroom: { rid: 1 },
  enterrooms: { rids: [1] },
  getroomsopeninfo: { rids: [1] },
  getgroupcount: { gid: 1 },
  getgroupsopeninfo: { gids: [1] },
  addgroupmembers: { gid: 1, uids: [1] },
  addfriends: { friends: [1] },
  addblacks: { blacks: [1] },
  getonlineusers: { uids: [1] },
  getuseropeninfo: { uids: [1] },
  dataset: { key: raw('k'), val: raw('v') },
  adddevice: { apptype: raw('fcm'), devicetoken: raw('t') },
  addoption: { type: 0, xid: 1 },
  addattrs: { attrs: new Map([['k', raw('v')]]) },
  adddebuglog: { msg: raw('line'), attrs: raw('') },
  filetoken: { cmd: raw('sendfile') },
} satisfies { [Name in ClientMethodName]?: { [param: string]: WireValue } };

type Plain = keyof typeof PLAIN;
type Changes = { readonly [param: string]: WireValue | undefined };

/** Checks the plain parameters of a method with some changed; undefined leaves one out. */
function check<M extends Plain>(method: M, changes: Changes = {}, limits: ProjectLimits = DEFAULT_LIMITS) {
  const params: WireMap = new Map();
  for (const [name, value] of Object.entries<WireValue | undefined>({ ...PLAIN[method], ...changes })) {
    if (value !== undefined) params.set(name, value);
  }
  return checkClientParams(method, params, limits);
}

/** The refusal as `code sentence`. */
function refusalOf(method: Plain, changes: Changes): string {
  try {
    check(method, changes);
  } catch (error) {
    if (error instanceof RtmError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('ids on the client gate', () => {
  test('come as integers or as decimal text, over all of int64', () => {
    for (const [text, value] of [
      ['555', 555n],
      ['0', 0n],
      ['-1', -1n],
      ['007', 7n],
      ['9223372036854775807', 2n ** 63n - 1n],
      ['-9223372036854775808', -(2n ** 63n)],
    ] as const) {
      expect(check('enterroom', { rid: raw(text) }).rid).toBe(value);
      expect(check('enterrooms', { rids: [raw(text), 1] }).rids).toEqual([value, 1n]);
    }
    expect(check('enterroom', { rid: 2n ** 62n }).rid).toBe(2n ** 62n);
    expect(check('sendmsg', { mid: raw('1795240975422001') }).mid).toBe(1_795_240_975_422_001n);
  });

  test('decimal text on the wire is an id', () => {
    // {"rid": str "555"}
    const params = decodeMsgpack(new Uint8Array(Buffer.from('81a3726964a3353535', 'hex'))) as WireMap;
    expect(checkClientParams('enterroom', params, DEFAULT_LIMITS)).toEqual({ rid: 555n });
  });

  test('text that is no decimal int64 is refused with 10010', () => {
    for (const text of ['', '-', ' 1', '1 ', '+1', '1.5', '1e3', '0x1', '１', '9223372036854775808', '1'.repeat(21)]) {
      const sentence = '10010 rid must be an int64 or its decimal text, not a str';
      expect(refusalOf('enterroom', { rid: raw(text) }), text).toBe(sentence);
      expect(refusalOf('enterrooms', { rids: [raw(text)] }), text).toBe(
        '10010 rids must hold an int64 or its decimal text each, not a str',
      );
    }
    expect(refusalOf('enterroom', { rid: new Uint8Array([0x31]) })).toMatch(/^10010 .* not a bin$/);
  });

  test('text is taken for ids only, not for times, numbers and message types', () => {
    expect(refusalOf('getp2pmsg', { begin: raw('1') })).toBe('10010 begin must be an int64, not a str');
    expect(refusalOf('getp2pmsg', { num: raw('1') })).toMatch(/^10010 /);
    expect(refusalOf('sendmsg', { mtype: raw('30') })).toMatch(/^10010 /);
    expect(refusalOf('getp2pmsg', { mtypes: [raw('30')] })).toMatch(/^10010 /);
    expect(refusalOf('auth', { pid: raw('80000001') })).toMatch(/^10010 /);
  });
});

describe('names that SDKs spell differently', () => {
  test('clear and clean, to and toid, mtypes and mtype, strategyid and strategyId', () => {
    expect(check('getunread', { clear: undefined, clean: true }).clear).toBe(true);
    expect(check('removesession', { to: undefined, toid: 5 }).to).toBe(5n);
    expect(check('addoption', { mtype: [30] }).mtypes).toEqual([30]);
    expect(check('sendmsg', { strategyId: raw('s') }).strategyid?.text).toBe('s');
  });

  test('the first name counts when both are there', () => {
    expect(check('getunread', { clear: false, clean: true }).clear).toBe(false);
    expect(check('removesession', { to: 2, toid: 5 }).to).toBe(2n);
  });

  test('without either the first is missed', () => {
    expect(refusalOf('getunread', { clear: undefined })).toBe('10009 clear is missing; bool is needed');
    expect(refusalOf('removesession', { to: undefined })).toBe('10009 to is missing; int64 is needed');
  });
});

describe('what may be missing', () => {
  test('a login needs project, user and token', () => {
    expect(check('auth')).toEqual({
      pid: 80_000_001,
      uid: 101n,
      token: raw('token'),
      version: undefined,
      lang: undefined,
      attrs: undefined,
      device: undefined,
      ts: undefined,
      authv: 1,
    });
    for (const name of ['pid', 'uid', 'token']) expect(refusalOf('auth', { [name]: undefined })).toMatch(/^10009 /);
    expect(refusalOf('auth', { pid: 2 ** 31 })).toMatch(/^200001 /);
  });

  test('the old parameter unread of a login is ignored, whatever it is', () => {
    expect(check('auth', { unread: 7 })).not.toHaveProperty('unread');
  });

  test('flags have their defaults', () => {
    expect(check('getunread').gettime).toBe(false);
    expect(check('getunreadconversationlist').clear).toBe(true);
    expect(check('removesession').oneway).toBe(false);
    expect(check('getgroupcount').online).toBe(false);
  });

  test('one of the lists of cleantargetunread may be empty', () => {
    expect(check('cleantargetunread', { uids: [], gids: [5] })).toEqual({ uids: undefined, gids: [5n] });
  });

  test('span and filter of counts and anchored pages', () => {
    expect(check('getroommsgcount')).toEqual({ rid: 1n, begin: 0, end: 0, mtypes: undefined });
    expect(check('getgroupmsgbymessageid')).toEqual({
      ...{ gid: 1n, desc: false, num: 10, mid: 7n },
      ...{ begin: 0, end: 0, mtypes: undefined },
    });
  });
});

describe('times by id', () => {
  test('have ids as keys and times as values', () => {
    const uid_time = new Map([
      ['5', 1_795_240_975_422],
      ['-9223372036854775808', 0],
    ]);
    expect(check('getp2punreadbytime', { uid_time }).uid_time).toEqual(
      new Map([
        [5n, 1_795_240_975_422],
        [-(2n ** 63n), 0],
      ]),
    );
  });

  test('are refused when empty, too many or no times', () => {
    const many = (length: number) => new Map(items(length).map((id) => [`${id}`, 1]));
    expect(refusalOf('getp2punreadbytime', { uid_time: new Map() })).toMatch(/^200033 uid_time is empty/);
    expect(refusalOf('getp2punreadbytime', { uid_time: many(200) })).toBe('accepted');
    expect(refusalOf('getp2punreadbytime', { uid_time: many(201) })).toBe(
      '200032 uid_time has 201 entries; at most 200 are allowed',
    );
    expect(refusalOf('getp2punreadbytime', { uid_time: [1] })).toBe('10010 uid_time must be a map, not a list');
    expect(refusalOf('getp2punreadbytime', { uid_time: new Map([['a', 1]]) })).toBe(
      '10010 uid_time has a key that is not a decimal integer',
    );
    for (const value of [null, raw('1'), 1.5]) {
      expect(refusalOf('getp2punreadbytime', { uid_time: new Map([['1', value]]) })).toMatch(
        /^10010 each value of uid_time must be an int64, not /,
      );
    }
  });
});

describe('attributes of a connection', () => {
  const attrs = (count: number) => new Map(items(count).map((index) => [`k${index}`, raw('')]));

  test('are texts by name, str or bin, and may be none', () => {
    const given = new Map<string, WireValue>([
      ['', raw('')],
      ['__proto__', new Uint8Array([0x68])],
    ]);
    expect(check('addattrs', { attrs: given }).attrs).toEqual(
      new Map([
        ['', raw('')],
        ['__proto__', raw('h')],
      ]),
    );
    expect(check('addattrs', { attrs: new Map() }).attrs.size).toBe(0);
  });

  test('are at most 100, of at most 1024 bytes for a name and for a text', () => {
    expect(refusalOf('addattrs', { attrs: attrs(100) })).toBe('accepted');
    expect(refusalOf('addattrs', { attrs: attrs(101) })).toBe('200032 attrs has 101 entries; at most 100 are allowed');
    const entry = (name: string, text: string) => new Map([[name, raw(text)]]);
    const full = 'x'.repeat(1024);
    expect(refusalOf('auth', { attrs: entry(full, full) })).toBe('accepted');
    for (const attrs of [entry(`${full}x`, ''), entry('', `${full}x`)]) {
      expect(refusalOf('auth', { attrs })).toBe('200034 an entry of attrs has 1025 bytes; at most 1024 are allowed');
    }
    expect(refusalOf('addattrs', { attrs: entry('语'.repeat(342), '') })).toMatch(/has 1026 bytes/);
  });

  test('are refused when they are no map of texts', () => {
    expect(refusalOf('addattrs', { attrs: raw('{}') })).toBe('10010 attrs must be a map, not a str');
    expect(refusalOf('addattrs', { attrs: [] })).toBe('10010 attrs must be a map, not a list');
    for (const value of [1, null, true, new Map()]) {
      expect(refusalOf('addattrs', { attrs: new Map<string, WireValue>([['k', value]]) })).toMatch(
        /^10010 attrs must hold a str or bin each, not /,
      );
    }
  });
});

describe('file tokens', () => {
  test('are for one of the methods of the file gate', () => {
    for (const cmd of ['sendfile', 'sendgroupfile', 'sendroomfile', 'uploadfile', 'sendfiles']) {
      expect(check('filetoken', { cmd: raw(cmd) }).cmd).toBe(cmd);
      expect(check('filetoken', { cmd: new TextEncoder().encode(cmd) }).cmd).toBe(cmd);
    }
  });

  test('are refused for others, without repeating what came', () => {
    const sentence = '200034 cmd must be one of sendfile, sendgroupfile, sendroomfile, uploadfile, sendfiles';
    for (const cmd of ['', 'SENDFILE', 'sendfile ', 'broadcastfile', 'toString']) {
      expect(refusalOf('filetoken', { cmd: raw(cmd) })).toBe(sentence);
    }
    expect(refusalOf('filetoken', { cmd: 1 })).toBe('10010 cmd must be a str or bin, not an integer');
  });
});

describe('limits', () => {
  test.each([
    ['addfriends', 'friends', 100],
    ['addblacks', 'blacks', 100],
    ['getonlineusers', 'uids', 200],
    ['getuseropeninfo', 'uids', 100],
    ['getroomsopeninfo', 'rids', 100],
    ['getgroupsopeninfo', 'gids', 100],
    ['addgroupmembers', 'uids', 100],
    ['enterrooms', 'rids', 100],
    ['getp2punread', 'uids', 200],
    ['cleantargetunread', 'gids', 200],
  ] as const)('%s takes a list %s of %i', (method, param, limit) => {
    expect(refusalOf(method, { [param]: items(limit) })).toBe('accepted');
    expect(refusalOf(method, { [param]: items(limit + 1) })).toBe(
      `200032 ${param} has ${limit + 1} items; at most ${limit} are allowed`,
    );
  });

  test.each([
    ['dataset', 'key', 128, 200_034],
    ['dataset', 'val', 65_535, 200_035],
    ['adddevice', 'devicetoken', 4096, 200_034],
    ['adddevice', 'apptype', 1024, 200_034],
    ['auth', 'version', 1024, 200_034],
    ['kickout', 'ce', 1024, 200_034],
    ['sendroommsg', 'msg', 20_480, 200_030],
    ['sendroommsg', 'attrs', 2048, 200_030],
    ['adddebuglog', 'msg', 20_480, 200_030],
    ['adddebuglog', 'attrs', 2048, 200_030],
  ] as const)('%s takes %s of %i bytes, more is %i', (method, param, limit, code) => {
    for (const make of [(length: number) => new Uint8Array(length), (length: number) => raw('x'.repeat(length))]) {
      expect(refusalOf(method, { [param]: make(limit) })).toBe('accepted');
      expect(refusalOf(method, { [param]: make(limit + 1) })).toBe(
        `${code} ${param} has ${limit + 1} bytes; at most ${limit} are allowed`,
      );
    }
  });

  test('of the project replace the usual ones', () => {
    const limits = { ...DEFAULT_LIMITS, friendsPerCallMax: 1, attrsEntriesMax: 1, attrsEntryMaxBytes: 2 };
    expect(() => check('addfriends', { friends: [1, 2] }, limits)).toThrow('friends has 2 items; at most 1');
    const attrs = new Map([['abc', raw('')]]);
    expect(() => check('addattrs', { attrs }, limits)).toThrow('an entry of attrs has 3 bytes; at most 2');
  });

  test('a long login token is left to the login, which answers it with ok false', () => {
    expect(refusalOf('auth', { token: raw('x'.repeat(10_000)) })).toBe('accepted');
  });
});

test('a push option can name 0 for all types', () => {
  expect(check('addoption', { mtypes: [0, 127] }).mtypes).toEqual([0, 127]);
  expect(check('addoption', { mtypes: [] }).mtypes).toBeUndefined();
  for (const mtype of [-1, 128]) {
    expect(refusalOf('addoption', { mtypes: [mtype] })).toBe(`200005 mtypes holds ${mtype}; allowed are 0..127`);
  }
  expect(refusalOf('getp2pmsg', { mtypes: [0] })).toBe('200005 mtypes holds 0; allowed are 1..127');
  expect(refusalOf('addoption', { type: 2 })).toBe('200034 type is 2; allowed are 0, 1');
});
