import { describe, expect, test } from 'vitest';
import {
  CLIENT_SUBJECTS,
  clientMethods,
  DEFAULT_LIMITS,
  ERROR_CODES,
  ERROR_MEANINGS,
  errorNameOf,
  fileGateMethods,
  type Gate,
  isClientMethodName,
  isMethodName,
  isPushName,
  LIMIT_MEANINGS,
  type MethodDeclaration,
  methods,
  type PushDeclaration,
  pushes,
  SUBJECTS,
} from '../src/index.ts';
import { ALL_METHODS } from './gate-calls.ts';

const all: [string, MethodDeclaration][] = Object.entries(methods);
const everyMethod = ALL_METHODS.map(([title, , declaration]): [string, MethodDeclaration] => [title, declaration]);

const ALIASES = {
  inviteUserIntoVoiceRoom: 'inviteUserIntoRTCRoom',
  pullIntoVoiceRoom: 'pullIntoRTCRoom',
  closeVoiceRoom: 'closeRTCRoom',
  kickoutFromVoiceRoom: 'kickoutFromRTCRoom',
  setVoiceRoomMicStatus: 'setRTCRoomMicStatus',
  getVoiceRoomList: 'getRTCRoomList',
  getVoiceRoomMembers: 'getRTCRoomMembers',
  getVoiceRoomMemberCount: 'getRTCRoomMemberCount',
};

/** What each gate asks of every quest beside the declared parameters. */
const COMMON_PARAMS: Readonly<Record<Gate, readonly string[]>> = {
  server: ['pid', 'sign', 'salt', 'ts'],
  client: [],
  file: ['pid', 'token'],
  media: [],
  'web-rtc': [],
};

describe('the methods', () => {
  test('there are 97 of the server gate, 101 of the client gate and 6 of the file gate', () => {
    expect(all).toHaveLength(97);
    expect(Object.keys(clientMethods)).toHaveLength(101);
    expect(Object.keys(fileGateMethods)).toHaveLength(6);
  });

  test('each is found under its name, on the gate of its registry, among the subjects of that gate', () => {
    for (const [name, { name: own, gates, subject }] of all) {
      expect([own, gates]).toEqual([name, ['server']]);
      expect(Object.keys(SUBJECTS)).toContain(subject);
    }
    for (const [name, { name: own, gates, subject }] of Object.entries<MethodDeclaration>(clientMethods)) {
      expect([own, gates]).toEqual([name, ['client']]);
      expect(Object.keys(CLIENT_SUBJECTS)).toContain(subject);
    }
    for (const [name, { name: own, gates, subject }] of Object.entries<MethodDeclaration>(fileGateMethods)) {
      expect([own, gates, subject]).toEqual([name, ['file'], 'files']);
    }
  });

  test('no subject is empty', () => {
    expect(new Set(all.map(([, { subject }]) => subject))).toEqual(new Set(Object.keys(SUBJECTS)));
    const ofClients = Object.values<MethodDeclaration>(clientMethods).map(({ subject }) => subject);
    expect(new Set(ofClients)).toEqual(new Set(Object.keys(CLIENT_SUBJECTS)));
  });

  test.each(everyMethod)('%s is complete', (_, declaration) => {
    expect(declaration.summary).toMatch(/^[A-Z].*\.$/);
    for (const when of Object.values(declaration.refusals)) expect(when).toMatch(/[^.]$/);
    for (const field of [...Object.values(declaration.params), ...Object.values(declaration.answer)]) {
      expect(field.meaning).toMatch(/^.*[^.]$/);
      expect(field.meaning).not.toContain('|');
    }
    for (const field of Object.values(declaration.answer)) expect(field.presence).not.toBe('defaulted');
    expect(declaration.errors).toEqual([...new Set(declaration.errors)].sort((a, b) => a - b));
    for (const code of declaration.errors) expect(errorNameOf(code)).toBeDefined();
  });

  test.each(everyMethod)('%s: no name has two meanings', (_, declaration) => {
    const common = COMMON_PARAMS[declaration.gates[0]!];
    for (const fields of [declaration.params, declaration.answer]) {
      const names = Object.entries(fields).flatMap(([name, field]) => [
        name,
        ...(field.alsoNamed ?? []),
        ...(field.kind === 'idList' && field.singleNamed !== undefined ? [field.singleNamed] : []),
      ]);
      expect(new Set(names).size).toBe(names.length);
      for (const name of common) expect(names).not.toContain(name);
    }
  });

  test('the VoiceRoom names are aliases of the RTC methods and nothing else is', () => {
    const aliases = all.flatMap(([name, { aliasOf }]) => (aliasOf === undefined ? [] : [[name, aliasOf]]));
    expect(Object.fromEntries(aliases)).toEqual(ALIASES);
    for (const [name, target] of Object.entries(ALIASES)) {
      const { [name]: older, [target]: newer } = methods as Readonly<Record<string, MethodDeclaration>>;
      expect({ ...older, name: target, aliasOf: undefined }).toEqual({ ...newer, aliasOf: undefined });
    }
  });

  test('names are known with their exact letter case only, and inherited properties are none', () => {
    expect(isMethodName('closeRTCRoom')).toBe(true);
    expect(isMethodName('closertcroom')).toBe(false);
    expect(isMethodName('constructor')).toBe(false);
    expect(isMethodName('__proto__')).toBe(false);
    expect(isClientMethodName('getServerTime')).toBe(false);
    expect(isClientMethodName('getservertime')).toBe(true);
    expect(isClientMethodName('constructor')).toBe(false);
    expect(isPushName('toString')).toBe(false);
    expect(isPushName('pushmsg')).toBe(true);
  });
});

describe('the pushes', () => {
  test.each(Object.entries<PushDeclaration>(pushes))('%s is complete', (name, push) => {
    expect(push.name).toBe(name);
    expect(push.summary).toMatch(/^[A-Z].*\.$/);
    expect(push.to.length).toBeGreaterThan(0);
    for (const field of Object.values(push.params)) {
      expect(field.meaning).toMatch(/^.*[^.|]$/);
      expect(field.presence).not.toBe('defaulted');
    }
  });

  test('only those that clients leave unanswered are one-way', () => {
    const oneWay = Object.values<PushDeclaration>(pushes).filter(({ isOneWay }) => isOneWay);
    expect(oneWay.map(({ name }) => name)).toEqual([
      ...['kickout', 'kickoutroom'],
      ...['pushVoice', 'pushVideo', 'pushP2PVoice', 'pushP2PVideo'],
    ]);
  });

  test('back ends get messages, events and pings, and no broadcasts', () => {
    const toBackEnds = Object.values<PushDeclaration>(pushes).filter(({ to }) => to.includes('server'));
    expect(toBackEnds.map(({ name }) => name)).toEqual([
      ...['ping', 'pushmsg', 'pushgroupmsg', 'pushroommsg', 'pushevent'],
    ]);
  });
});

describe('codes and limits', () => {
  test('codes are distinct and each has a name and a meaning', () => {
    const codes = Object.values(ERROR_CODES);
    expect(new Set(codes).size).toBe(codes.length);
    for (const [name, code] of Object.entries(ERROR_CODES)) {
      expect(errorNameOf(code)).toBe(name);
      expect(ERROR_MEANINGS[errorNameOf(code)!]).toMatch(/^[A-Z].*\.$/);
    }
    expect(errorNameOf(0)).toBeUndefined();
  });

  test('the whole table of the protocol is there', () => {
    const ranges = [
      [10009, 10010],
      [20001, 20001],
      [20004, 20004],
      [20011, 20011],
      [20013, 20014],
      [200001, 200008],
      [200010, 200012],
      [200020, 200027],
      [200030, 200035],
      [200040, 200057],
      [200060, 200062],
      [200070, 200070],
      [200999, 200999],
      [700001, 700010],
      [700030, 700030],
    ] as const;
    const expected = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
    expect(Object.values(ERROR_CODES).sort((a, b) => a - b)).toEqual(expected);
  });

  test('every limit is a positive integer with a meaning', () => {
    expect(Object.keys(LIMIT_MEANINGS)).toEqual(Object.keys(DEFAULT_LIMITS));
    for (const value of Object.values(DEFAULT_LIMITS)) expect(Number.isInteger(value) && value > 0).toBe(true);
    for (const meaning of Object.values(LIMIT_MEANINGS)) expect(meaning).toMatch(/^[A-Z].*\.$/);
  });

  test('limits have the published values', () => {
    expect(DEFAULT_LIMITS).toMatchObject({
      messageMaxBytes: 20_480,
      attrsMaxBytes: 2048,
      receiversMax: 2000,
      fileMaxBytes: 5_242_880,
      groupMembersPerCallMax: 100,
      infoMaxBytes: 65_535,
      historyPageMax: 20,
      groupMembersMax: 10_000,
      groupsPerProjectMax: 10_000,
      friendsPerCallMax: 100,
      friendsMax: 300,
      blacksPerCallMax: 100,
      onlineUsersPerCallMax: 200,
      openInfosPerCallMax: 100,
      dataKeyMaxBytes: 128,
      dataValueMaxBytes: 65_535,
    });
  });
});
