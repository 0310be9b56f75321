import { decodeMsgpack, Ext, RawString, type WireMap, type WireValue } from '@parley/fpnn';
import { describe, expect, test } from 'vitest';
import { checkParams, DEFAULT_LIMITS, type MethodName, type ProjectLimits, RtmError } from './index.ts';

const raw = (text: string) => new RawString(new TextEncoder().encode(text));
const bytes = (length: number) => new Uint8Array(length);
const items = (length: number) => Array.from({ length }, (_, index) => index);

const MESSAGE = { mtype: 30, from: 1, mid: 3, msg: raw('hi'), attrs: raw('') };
const PLAIN = {
  sendmsg: { ...MESSAGE, to: 2 },
  sendmsgs: { ...MESSAGE, tos: [2, 3] },
  getp2pmsg: { uid: 1, ouid: 2, desc: true, num: 10 },
  getgroupmsg: { gid: 1, desc: false, num: 10 },
  getmsg: { mid: 1, from: 2, xid: 3, type: 1 },
  delmsg: { mid: 1, from: 2, xid: 3, type: 1 },
  cleanmsg: { from: 1, xid: 2, type: 1, begin: 0, end: 1 },
  getmsgnum: { type: 2, xid: 1 },
  editmsg: { mid: 1, from: 2, xid: 3, type: 2, msg: raw('new'), attrs: raw(''), timeLimit: 1000 },
  delconversationmsgs: { from: 1, xid: 2, type: 2 },
  addroommembers: { rid: 1, uids: [1] },
  adduserrooms: { uid: 1, rids: [1] },
  setroominfo: { rid: 1 },
  addroomban: { uid: 1, btime: 60 },
  getroomcount: { rids: [1] },
  addgroupmembers: { gid: 1, uids: [1] },
  pullIntoRTCRoom: { rid: 1, toUids: [1] },
  pullIntoVoiceRoom: { rid: 1, toUids: [1] },
  adminCommand: { rid: 1, uids: [1], command: 0 },
  inviteUserIntoRTCRoom: { rid: 1, toUids: [1], fromUid: 2 },
  addgroupban: { uid: 1, btime: 60 },
  clearprojectmsg: { type: 0 },
  addfriends: { uid: 1, friends: [1] },
  isfriends: { uid: 1, fuids: [1] },
  addblacks: { uid: 1, blacks: [1] },
  isblacks: { uid: 1, buids: [1] },
  getonlineusers: { uids: [1] },
  getuseropeninfo: { uids: [1] },
  addsessions: { uid: 1, uids: [1] },
  removesessions: { uid: 1, uids: [1] },
  dataset: { uid: 1, key: raw('k'), val: raw('v') },
  addoption: { uid: 1, type: 1, xid: 2 },
  addlisten: {},
  setlisten: {},
} satisfies { [Name in MethodName]?: { [param: string]: WireValue } };

type Plain = keyof typeof PLAIN;
type Changes = { readonly [param: string]: WireValue | undefined };

/** Checks the plain parameters of a method with some changed; undefined leaves one out. */
function check<M extends Plain>(method: M, changes: Changes = {}, limits: ProjectLimits = DEFAULT_LIMITS) {
  const params: WireMap = new Map();
  for (const [name, value] of Object.entries<WireValue | undefined>({ ...PLAIN[method], ...changes })) {
    if (value !== undefined) params.set(name, value);
  }
  return checkParams(method, params, limits);
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

describe('presence', () => {
  test('a missing or nil required parameter is refused with 10009', () => {
    expect(refusalOf('sendmsg', { to: undefined })).toBe('10009 to is missing; int64 is needed');
    expect(refusalOf('sendmsg', { to: null })).toBe('10009 to is missing; int64 is needed');
    expect(refusalOf('sendmsg', { msg: null })).toBe('10009 msg is missing; str or bin is needed');
    expect(refusalOf('getp2pmsg', { desc: undefined })).toBe('10009 desc is missing; bool is needed');
  });

  test('missing and nil attrs are empty text', () => {
    for (const attrs of [undefined, null]) expect(check('sendmsg', { attrs }).attrs.text).toBe('');
  });

  test('editmsg needs attrs, so that a forgotten parameter does not wipe them', () => {
    expect(refusalOf('editmsg', { attrs: undefined })).toMatch(/^10009 /);
  });

  test('history bounds, cursor and viewer default to 0', () => {
    expect(check('getgroupmsg')).toEqual({
      gid: 1n,
      uid: 0n,
      desc: false,
      num: 10,
      begin: 0,
      end: 0,
      lastid: 0n,
      mtypes: undefined,
    });
  });

  test('an info that is missing is undefined, an empty one is empty', () => {
    const { oinfo, pinfo } = check('setroominfo', { oinfo: raw('') });
    expect(oinfo?.text).toBe('');
    expect(pinfo).toBeUndefined();
  });

  test('a ban without room is for room 0', () => {
    expect(check('addroomban').rid).toBe(0n);
    expect(check('addroomban', { rid: null }).rid).toBe(0n);
    expect(check('addroomban', { rid: -5 }).rid).toBe(-5n);
  });

  test('pulling without a type makes a voice room', () => {
    expect(check('pullIntoRTCRoom').type).toBe(1);
    expect(check('pullIntoVoiceRoom').type).toBe(1);
    expect(check('pullIntoRTCRoom', { type: 2, voiceRange: 0, maxReceiveStreams: 5 })).toEqual({
      rid: 1n,
      toUids: [1n],
      type: 2,
      voiceRange: 0,
      maxReceiveStreams: 5,
    });
  });

  test('a group ban without group is for group 0', () => {
    expect(check('addgroupban').gid).toBe(0n);
  });

  test('conversations go from both lists unless told otherwise', () => {
    expect(check('removesessions').oneway).toBe(false);
    expect(check('removesessions', { oneway: true }).oneway).toBe(true);
  });

  test('undeclared parameters are ignored', () => {
    const checked = check('getmsg', { version: raw('PYTHON-2'), pid: 1, ['__proto__']: 5 });
    expect(Object.keys(checked)).toEqual(['mid', 'from', 'xid', 'type']);
  });
});

describe('integers', () => {
  test('ids come out as bigint over all of int64', () => {
    const max = 2n ** 63n - 1n;
    expect(check('getmsg', { mid: max, from: -max - 1n, xid: 0 })).toMatchObject({
      mid: max,
      from: -max - 1n,
      xid: 0n,
    });
    expect(check('getmsg', { mid: Number.MAX_SAFE_INTEGER }).mid).toBe(2n ** 53n - 1n);
  });

  test('integers outside int64 are refused with 10010', () => {
    const sentence = '10010 mid must be an int64, not an integer outside int64';
    for (const mid of [2n ** 63n, 2n ** 64n - 1n, 2 ** 63, -(2n ** 63n) - 1n, 1e300]) {
      expect(refusalOf('getmsg', { mid })).toBe(sentence);
    }
  });

  test('an integral float is an integer, also beyond 2^53', () => {
    expect(check('getmsg', { mid: 2 ** 60 }).mid).toBe(2n ** 60n);
    expect(check('getmsg', { mid: -(2 ** 63) }).mid).toBe(-(2n ** 63n));
    expect(check('getp2pmsg', { begin: 1.6e12, num: 3 })).toMatchObject({ begin: 1_600_000_000_000, num: 3 });
  });

  test('an integral float64 on the wire is an integer', () => {
    // {"uid": float64 2^40, "ouid": 2, "desc": true, "num": float64 7}, as the Node SDK packs large numbers.
    const hex = '84a3756964cb4270000000000000a46f75696402a464657363c3a36e756dcb401c000000000000';
    const params = decodeMsgpack(new Uint8Array(Buffer.from(hex, 'hex'))) as WireMap;
    expect(checkParams('getp2pmsg', params, DEFAULT_LIMITS)).toMatchObject({ uid: 2n ** 40n, num: 7 });
  });

  test('fractions, NaN and texts are no integers', () => {
    expect(refusalOf('getmsg', { mid: 1.5 })).toBe('10010 mid must be an int64, not a fraction');
    expect(refusalOf('getmsg', { mid: Number.NaN })).toBe('10010 mid must be an int64, not a fraction');
    expect(refusalOf('getmsg', { mid: raw('1') })).toBe('10010 mid must be an int64, not a str');
    expect(refusalOf('getmsg', { mid: true })).toBe('10010 mid must be an int64, not a bool');
    expect(refusalOf('getmsg', { mid: new Ext(1, bytes(1)) })).toBe('10010 mid must be an int64, not an ext');
    expect(refusalOf('addroomban', { btime: raw('1') })).toBe('10010 btime must be an int32, not a str');
  });

  test('negative zero is zero', () => {
    expect(Object.is(check('getp2pmsg', { begin: -0 }).begin, 0)).toBe(true);
    expect(Object.is(check('addroomban', { btime: -0 }).btime, 0)).toBe(true);
  });

  test('times beyond 2^53 are cut off there', () => {
    expect(check('getp2pmsg', { end: 2n ** 63n - 1n, begin: -(2n ** 63n) })).toMatchObject({
      end: Number.MAX_SAFE_INTEGER,
      begin: Number.MIN_SAFE_INTEGER,
    });
  });

  test('an int32 outside its width is refused with 200034 and the range', () => {
    for (const btime of [2 ** 31 - 1, -(2 ** 31)]) expect(check('addroomban', { btime }).btime).toBe(btime);
    expect(refusalOf('addroomban', { btime: 2 ** 31 })).toBe(
      '200034 btime is 2147483648; allowed are -2147483648..2147483647',
    );
    expect(refusalOf('addroomban', { btime: -(2 ** 31) - 1 })).toMatch(/^200034 /);
    expect(refusalOf('addroomban', { btime: 2n ** 62n })).toMatch(/^200034 btime is 4611686018427387904; /);
  });

  test('mtype is 1..127, others are refused with 200005', () => {
    for (const mtype of [1, 127]) expect(check('sendmsg', { mtype }).mtype).toBe(mtype);
    for (const mtype of [0, 128, -1, 1e15]) {
      expect(refusalOf('sendmsg', { mtype })).toBe(`200005 mtype is ${mtype}; allowed are 1..127`);
    }
  });

  test('a page has at least 1 message; more than 20 count as 20', () => {
    for (const [num, page] of [
      [1, 1],
      [20, 20],
      [21, 20],
      [32_767, 20],
    ]) {
      expect(check('getp2pmsg', { num: num! }).num).toBe(page);
    }
    for (const num of [0, -1, 32_768]) {
      expect(refusalOf('getp2pmsg', { num })).toBe(`200034 num is ${num}; allowed are 1..32767`);
    }
  });
});

describe('choices', () => {
  test('getmsg, delmsg and cleanmsg take conversation types 1 to 4', () => {
    for (const method of ['getmsg', 'delmsg', 'cleanmsg'] as const) {
      for (const type of [1, 2, 3, 4]) expect(check(method, { type }).type).toBe(type);
      for (const type of [0, 5])
        expect(refusalOf(method, { type })).toBe(`200034 type is ${type}; allowed are 1, 2, 3, 4`);
    }
  });

  test('getmsgnum, editmsg and delconversationmsgs take types 2 and 3 only', () => {
    for (const method of ['getmsgnum', 'editmsg', 'delconversationmsgs'] as const) {
      for (const type of [2, 3]) expect(check(method, { type }).type).toBe(type);
      for (const type of [0, 1, 4])
        expect(refusalOf(method, { type })).toBe(`200034 type is ${type}; allowed are 2, 3`);
    }
  });

  test('clearprojectmsg has a numbering of its own, from 0 to 4', () => {
    for (const type of [0, 1, 2, 3, 4]) expect(check('clearprojectmsg', { type }).type).toBe(type);
    for (const type of [-1, 5]) {
      expect(refusalOf('clearprojectmsg', { type })).toBe(`200034 type is ${type}; allowed are 0, 1, 2, 3, 4`);
    }
  });

  test('push options are for users and groups', () => {
    for (const type of [0, 1]) expect(check('addoption', { type }).type).toBe(type);
    expect(refusalOf('addoption', { type: 2 })).toBe('200034 type is 2; allowed are 0, 1');
  });

  test('unknown admin commands and room types are refused with 700006', () => {
    for (const command of [0, 7]) expect(check('adminCommand', { command }).command).toBe(command);
    for (const command of [-1, 8, 2n ** 40n])
      expect(refusalOf('adminCommand', { command })).toMatch(/^700006 command is /);
    for (const type of [0, 3])
      expect(refusalOf('pullIntoRTCRoom', { type })).toBe(`700006 type is ${type}; allowed are 1, 2`);
  });
});

describe('booleans', () => {
  test('only true booleans count', () => {
    expect(check('getp2pmsg', { desc: false }).desc).toBe(false);
    expect(refusalOf('getp2pmsg', { desc: 1 })).toBe('10010 desc must be a bool, not an integer');
    expect(refusalOf('getp2pmsg', { desc: raw('true') })).toBe('10010 desc must be a bool, not a str');
  });
});

describe('texts and bodies', () => {
  test('a body stays what it was, without a copy', () => {
    const str = raw('hi');
    const bin = new Uint8Array([0xff, 0]);
    expect(check('sendmsg', { msg: str }).msg).toBe(str);
    expect(check('sendmsg', { msg: bin }).msg).toBe(bin);
  });

  test('bytes that are not UTF-8 pass unchanged', () => {
    const broken = new RawString(new Uint8Array([0xc3, 0x28, 0xff]));
    expect(check('sendmsg', { msg: broken, attrs: broken })).toMatchObject({ msg: broken, attrs: broken });
  });

  test('a bin where text is declared counts as text', () => {
    expect(check('sendmsg', { attrs: new Uint8Array([0x68, 0x69]) }).attrs).toEqual(raw('hi'));
  });

  test('numbers, lists and maps are no text', () => {
    expect(refusalOf('sendmsg', { msg: 5 })).toBe('10010 msg must be a str or bin, not an integer');
    expect(refusalOf('sendmsg', { attrs: [] })).toBe('10010 attrs must be a str or bin, not a list');
    expect(refusalOf('setroominfo', { oinfo: new Map() })).toBe('10010 oinfo must be a str or bin, not a map');
  });

  test('msg may have 20480 bytes', () => {
    for (const msg of [bytes(20_480), new RawString(bytes(20_480))])
      expect(refusalOf('sendmsg', { msg })).toBe('accepted');
    for (const msg of [bytes(20_481), new RawString(bytes(20_481))]) {
      expect(refusalOf('sendmsg', { msg })).toBe('200030 msg has 20481 bytes; at most 20480 are allowed');
      expect(refusalOf('editmsg', { msg })).toBe('200030 msg has 20481 bytes; at most 20480 are allowed');
    }
  });

  test('attrs may have 2048 bytes', () => {
    expect(refusalOf('sendmsg', { attrs: new RawString(bytes(2048)) })).toBe('accepted');
    expect(refusalOf('sendmsg', { attrs: new RawString(bytes(2049)) })).toBe(
      '200030 attrs has 2049 bytes; at most 2048 are allowed',
    );
    expect(refusalOf('editmsg', { attrs: bytes(2049) })).toMatch(/^200030 /);
  });

  test('infos may have 65535 bytes each', () => {
    const full = new RawString(bytes(65_535));
    expect(refusalOf('setroominfo', { oinfo: full, pinfo: full })).toBe('accepted');
    expect(refusalOf('setroominfo', { pinfo: bytes(65_536) })).toBe(
      '200034 pinfo has 65536 bytes; at most 65535 are allowed',
    );
  });

  test('limits count bytes, not characters', () => {
    expect(refusalOf('sendmsg', { attrs: raw('语'.repeat(683)) })).toBe(
      '200030 attrs has 2049 bytes; at most 2048 are allowed',
    );
  });
});

describe('lists', () => {
  test('ids come out as bigint, in order, repeats included', () => {
    expect(check('sendmsgs', { tos: [3, 2n ** 62n, 3, -1] }).tos).toEqual([3n, 2n ** 62n, 3n, -1n]);
  });

  test('a map stands for the list of its keys', () => {
    const tos = new Map<string, WireValue>([
      ['5', new Map()],
      ['-9223372036854775808', null],
    ]);
    expect(check('sendmsgs', { tos }).tos).toEqual([5n, -(2n ** 63n)]);
    expect(check('getp2pmsg', { mtypes: new Map([['30', true]]) }).mtypes).toEqual([30]);
  });

  test('keys that are no decimal int64 are refused with 10010', () => {
    for (const key of [
      'login',
      '',
      '-',
      '1.5',
      '0x10',
      ' 1',
      '1e3',
      '9223372036854775808',
      '1'.repeat(400),
      '1'.padStart(20, '0'),
    ]) {
      expect(refusalOf('sendmsgs', { tos: new Map([[key, null]]) })).toBe(
        '10010 tos came as a map and has a key that is not a decimal integer',
      );
    }
  });

  test('items of another type are refused with 10010', () => {
    expect(refusalOf('sendmsgs', { tos: [1, raw('2')] })).toBe('10010 tos must hold an int64 each, not a str');
    expect(refusalOf('sendmsgs', { tos: [null] })).toBe('10010 tos must hold an int64 each, not nil');
    expect(refusalOf('sendmsgs', { tos: [[1]] })).toBe('10010 tos must hold an int64 each, not a list');
    expect(refusalOf('sendmsgs', { tos: 1 })).toBe('10010 tos must be a list, not an integer');
    expect(refusalOf('getp2pmsg', { mtypes: [true] })).toBe('10010 mtypes must hold an int8 each, not a bool');
  });

  test('an empty required list is refused with 200033', () => {
    for (const tos of [[], new Map()]) {
      expect(refusalOf('sendmsgs', { tos })).toBe('200033 tos is empty; at least 1 item is needed');
    }
  });

  test('an empty filter is none', () => {
    for (const mtypes of [[], new Map(), null]) expect(check('getp2pmsg', { mtypes }).mtypes).toBeUndefined();
  });

  test('a filter holds 1..127 only', () => {
    expect(check('getp2pmsg', { mtypes: [1, 127] }).mtypes).toEqual([1, 127]);
    for (const mtype of [0, 128]) {
      expect(refusalOf('getp2pmsg', { mtypes: [30, mtype] })).toBe(`200005 mtypes holds ${mtype}; allowed are 1..127`);
    }
    expect(refusalOf('getp2pmsg', { mtypes: new Map([['0', null]]) })).toMatch(/^200005 /);
  });

  test.each([
    ['sendmsgs', 'tos', 2000],
    ['addroommembers', 'uids', 100],
    ['adduserrooms', 'rids', 100],
    ['getroomcount', 'rids', 200],
    ['addgroupmembers', 'uids', 100],
    ['pullIntoRTCRoom', 'toUids', 100],
    ['inviteUserIntoRTCRoom', 'toUids', 100],
    ['adminCommand', 'uids', 100],
    ['addfriends', 'friends', 100],
    ['isfriends', 'fuids', 100],
    ['addblacks', 'blacks', 100],
    ['isblacks', 'buids', 100],
    ['getonlineusers', 'uids', 200],
    ['getuseropeninfo', 'uids', 100],
    ['addsessions', 'uids', 200],
    ['removesessions', 'uids', 200],
    ['addlisten', 'gids', 10_000],
    ['setlisten', 'rids', 10_000],
  ] as const)('%s takes a list %s of %i', (method, param, limit) => {
    expect(refusalOf(method, { [param]: items(limit) })).toBe('accepted');
    const sentence = `200032 ${param} has ${limit + 1} items; at most ${limit} are allowed`;
    expect(refusalOf(method, { [param]: items(limit + 1) })).toBe(sentence);
    const map = new Map(items(limit + 1).map((item) => [String(item), null]));
    expect(refusalOf(method, { [param]: map })).toBe(sentence);
  });

  test('a filter has at most 127 types', () => {
    const ones = (length: number) => Array.from({ length }, () => 1);
    expect(refusalOf('getp2pmsg', { mtypes: ones(127) })).toBe('accepted');
    expect(refusalOf('getp2pmsg', { mtypes: ones(128) })).toMatch(/^200032 mtypes has 128 items/);
  });
});

describe('getroomcount', () => {
  test('takes rids or a single rid', () => {
    expect(check('getroomcount', { rids: undefined, rid: 7 }).rids).toEqual([7n]);
    expect(check('getroomcount', { rids: null, rid: 7 }).rids).toEqual([7n]);
    expect(check('getroomcount', { rids: [1, 2], rid: 7 }).rids).toEqual([1n, 2n]);
  });

  test('refuses neither, and a list as rid or an integer as rids', () => {
    expect(refusalOf('getroomcount', { rids: undefined })).toBe('10009 rids is missing; int64[] is needed');
    expect(refusalOf('getroomcount', { rids: undefined, rid: [1] })).toMatch(/^10010 /);
    expect(refusalOf('getroomcount', { rids: 1 })).toMatch(/^10010 /);
  });
});

describe('listening', () => {
  test('event names come as a list or, from the Go SDK after a reconnect, as the keys of a map', () => {
    expect(check('addlisten', { events: [raw('login'), raw('logout')] }).events).toEqual([raw('login'), raw('logout')]);
    expect(check('addlisten', { events: new Map([['login', new Map()]]) }).events).toEqual([raw('login')]);
    expect(check('addlisten', { gids: new Map([['5', new Map()]]) }).gids).toEqual([5n]);
  });

  test('event names are texts of at most 1024 bytes', () => {
    expect(refusalOf('addlisten', { events: [1] })).toBe('10010 each of events must be a str or bin, not an integer');
    expect(refusalOf('addlisten', { events: [null] })).toBe('10010 events must hold a str or bin each, not nil');
    expect(refusalOf('addlisten', { events: raw('login') })).toBe('10010 events must be a list, not a str');
    expect(refusalOf('addlisten', { events: [raw('x'.repeat(1024))] })).toBe('accepted');
    const sentence = '200034 each of events has 1025 bytes; at most 1024 are allowed';
    expect(refusalOf('addlisten', { events: [raw('x'.repeat(1025))] })).toBe(sentence);
    expect(refusalOf('addlisten', { events: new Map([['x'.repeat(1025), null]]) })).toBe(sentence);
  });

  test('an empty list adds nothing, and in setlisten it clears', () => {
    for (const none of [[], new Map()]) {
      const lists = { gids: none, rids: none, uids: none, events: none };
      expect(check('addlisten', lists)).toEqual({
        gids: undefined,
        rids: undefined,
        uids: undefined,
        events: undefined,
      });
      expect(check('setlisten', lists)).toMatchObject({ gids: [], rids: [], uids: [], events: [] });
    }
    expect(check('setlisten', { gids: null }).gids).toBeUndefined();
  });

  test('switches that are missing are undefined, not false', () => {
    expect(check('setlisten', { p2p: true, ev: false })).toMatchObject({ p2p: true, group: undefined, ev: false });
  });
});

test('user data is limited in key and value', () => {
  expect(refusalOf('dataset', { key: bytes(128), val: bytes(65_535) })).toBe('accepted');
  expect(refusalOf('dataset', { key: bytes(129) })).toBe('200034 key has 129 bytes; at most 128 are allowed');
  expect(refusalOf('dataset', { val: bytes(65_536) })).toBe('200035 val has 65536 bytes; at most 65535 are allowed');
});

test('limits of the project replace the usual ones', () => {
  const limits = { ...DEFAULT_LIMITS, messageMaxBytes: 1, receiversMax: 1, historyPageMax: 50 };
  expect(() => check('sendmsgs', { msg: raw('ab'), tos: [1] }, limits)).toThrow('at most 1 are allowed');
  expect(() => check('sendmsgs', { msg: raw('a'), tos: [1, 2] }, limits)).toThrow('tos has 2 items');
  expect(check('getp2pmsg', { num: 50 }, limits).num).toBe(50);
});
