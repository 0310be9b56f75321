import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  clientMethods,
  type FieldDeclaration,
  isPushName,
  type MethodDeclaration,
  mediaMethods,
  type ParamField,
  type PushDeclaration,
  pushes,
  webRtcMethods,
} from '../src/index.ts';
import { byName, type DocumentedField, expectNames } from './documented-fields.ts';

type Field = DocumentedField & { optional: boolean };
type Documented = {
  method: string;
  area: string;
  /** The gate; absent is the client gate. */
  gate?: 'rtm' | 'rtc' | 'rtcweb';
  isPush: boolean;
  isOneWay: boolean;
  params: Field[];
  answer: Field[];
};

const file = new URL('./fixtures/client-methods.json', import.meta.url);
const rows: Documented[] = JSON.parse(readFileSync(file, 'utf8')).methods;
const quests = rows.filter(({ isPush }) => !isPush);
const questsOf = (wanted: string) => quests.filter(({ gate = 'rtm' }) => gate === wanted);
const pushRows = rows.filter(({ isPush }) => isPush);

const GATES: Readonly<Record<string, Readonly<Record<string, MethodDeclaration>>>> = {
  rtm: clientMethods,
  rtc: mediaMethods,
  rtcweb: webRtcMethods,
};

/**
 * Of the first generation are `unread`, which asked for a push, and `gate`, which sent a client to another gate: no SDK of
 * today has them. Rooms are not recorded and have no passwords; both parameters are ignored.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  unread: 'auth',
  gate: 'auth',
  enableRecord: 'createRTCRoom',
  password: 'enterRTCRoom',
};
/** Answer fields beyond the fixture: one SDK looks for the count here. */
const ALSO_ANSWERED: Readonly<Record<string, readonly string[]>> = { getRTCRoomMembers: ['count'] };
/** Parameters of pushes beyond the fixture: without it a client in several rooms cannot tell which is meant. */
const ALSO_PUSHED: Readonly<Record<string, readonly string[]>> = { pushAdminCommand: ['rid'] };
/** Accepted without being in the fixture: a heartbeat that the client sends, and what our own SDK asks. */
const ALSO_SERVED: Readonly<Record<string, readonly string[]>> = {
  rtc: ['ping'],
  rtm: ['getRTCConfig', 'setRTCDevices', 'checkRTCNetwork'],
};
/** Pushes that only our own SDK gets. */
const OWN_PUSHES: Readonly<Record<string, readonly string[]>> = { rtm: ['pushRTCMediaLost'] };
/** Names that are accepted beyond the fixture: other spellings, and the content check wherever a message is sent. */
const ALSO_ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  getunread: ['clean'],
  removesession: ['toid'],
  addoption: ['mtype'],
  removeoption: ['mtype'],
  sendmsg: ['strategyId'],
  sendgroupmsg: ['strategyId'],
  sendroommsg: ['strategyId'],
  sendmsgs: ['strategyid', 'strategyId', 'checkParams'],
};

/** The subject of each area. */
const SUBJECT_OF: Readonly<Record<string, string>> = {
  session: 'session',
  message: 'messages',
  history: 'history',
  unread: 'conversations',
  room: 'rooms',
  group: 'groups',
  friend: 'friends',
  blacklist: 'blacklist',
  user: 'users',
  data: 'data',
  device: 'devices',
  attrs: 'attributes',
  debug: 'debug-log',
  file: 'files',
  'rtc-room': 'rtc-rooms',
  'rtc-p2p': 'rtc-calls',
  'rtc-media': 'media',
  'rtc-web': 'web-rtc',
};

/** The wire types that a documented type allows; `see spec` leaves it to the other methods of the family. */
const WIRES: Readonly<Record<string, readonly string[]>> = {
  i8: ['int8'],
  'i8(0 p2p|1 group)': ['int8'],
  i16: ['int16'],
  int: ['int16', 'int32'],
  'int(1|2)': ['int32'],
  // Types 3 and 4, translation and positions, are refused.
  'int(1|2|3|4)': ['int32'],
  'int(0..7)': ['int32'],
  'int(1..5)': ['int32'],
  'int(1 voice|2 video)': ['int32'],
  bin: ['bin'],
  'str("")': ['str'],
  'str "host:13702"': ['str'],
  i64: ['int64'],
  'i64 (WS UN UR) or toid:i64 (AR RTE)': ['int64'],
  i64ms: ['int64'],
  bool: ['bool'],
  str: ['str'],
  'str "host:port"': ['str'],
  'str(fcm|apns|..)': ['str'],
  'str(sendfile|sendgroupfile|sendroomfile|uploadfile)': ['str'],
  'str|bin': ['str or bin'],
  'str|bin|map': ['str, bin or map'],
  'i8[]': ['int8[]'],
  // One method documents its filter of message types so.
  'i64[]': ['int64[]', 'int8[]'],
  'int[]': ['int32[]'],
  '[row8]': ['array of 8-element arrays'],
  'map<rid,row8>': ['map<str,8-element array>'],
  'map<str rid,int>': ['map<str,int32>'],
  'map<str uid,int>': ['map<str,int32>'],
  'map<str gid,int>': ['map<str,int32>'],
  'map<str uid,i64ms>': ['map<str,int64>'],
  'map<str gid,i64ms>': ['map<str,int64>'],
  'map<str rid,str>': ['map<str,str>'],
  'map<str gid,str>': ['map<str,str>'],
  'map<str uid,str>': ['map<str,str>'],
  'map<str,str>': ['map<str,str>'],
  'map<str,i8[]>': ['map<str,int8[]>'],
  'map<str,str> OR [map<str,str>]': ['map<str,str> or map<str,str>[]'],
};

function expectTypes(fields: Map<string, FieldDeclaration>, documented: readonly Field[]): void {
  for (const { name, type } of documented) {
    if (type === 'see spec') continue;
    expect(Object.keys(WIRES)).toContain(type);
    const field = fields.get(name);
    expect(WIRES[type], name).toContain(field?.wire);
    if (type.endsWith('ms')) expect(field?.unit, name).toBe('ms');
  }
}

/** The documented fields of a method without those left out on purpose. */
function kept(method: string, fields: readonly Field[]): Field[] {
  return fields.filter(({ name }) => LEFT_OUT[name] !== method);
}

describe('the quests of the client gate, the media gate and the web RTC endpoint', () => {
  test('are those of the fixture and no others', () => {
    expect(quests).toHaveLength(107);
    for (const [gate, methods] of Object.entries(GATES)) {
      const wanted = [...questsOf(gate).map(({ method }) => method), ...(ALSO_SERVED[gate] ?? [])];
      expect(Object.keys(methods).sort()).toEqual(wanted.sort());
    }
  });

  test.each(quests)(
    '$method ($area) has the parameters and answer fields of the SDKs',
    ({ method, area, gate = 'rtm', ...seen }) => {
      const declaration = GATES[gate]![method]!;
      expect(declaration.subject).toBe(gate === 'rtc' ? 'media' : SUBJECT_OF[area]);
      expect(declaration.isOneWay ?? false).toBe(seen.isOneWay);

      const sent = kept(method, seen.params);
      const params = byName<ParamField>(declaration.params);
      expectTypes(params, sent);
      expectNames(declaration.params, [...sent.map(({ name }) => name), ...(ALSO_ACCEPTED[method] ?? [])]);
      for (const { name, optional } of sent) {
        if (optional) expect(params.get(name)?.presence, `${name} may be missing`).not.toBe('required');
      }

      const received = kept(method, seen.answer);
      expectNames(declaration.answer, [...received.map(({ name }) => name), ...(ALSO_ANSWERED[method] ?? [])]);
      expectTypes(byName(declaration.answer), received);
      for (const { name, optional } of received) {
        expect(declaration.answer[name]?.presence, name).toBe(optional ? 'optional' : 'required');
      }
    },
  );

  test('what SDKs always send is required, save where a missing one has a clear meaning', () => {
    const lax = quests.flatMap(({ method, gate = 'rtm', params }) => {
      const declared = byName<ParamField>(GATES[gate]![method]!.params);
      return params.flatMap(({ name, optional }) =>
        optional || LEFT_OUT[name] === method || declared.get(name)?.presence === 'required'
          ? []
          : [`${method} ${name}`],
      );
    });
    expect(lax).toEqual([
      ...['sendmsg attrs', 'sendgroupmsg attrs', 'sendroommsg attrs', 'sendmsgs attrs'],
      ...['getp2pmsgbymessageid begin', 'getp2pmsgbymessageid end', 'getp2pmsgcount begin', 'getp2pmsgcount end'],
      ...['getgroupmsgbymessageid begin', 'getgroupmsgbymessageid end', 'getgroupmsgcount begin'],
      ...['getgroupmsgcount end', 'getroommsgbymessageid begin', 'getroommsgbymessageid end'],
      ...['getroommsgcount begin', 'getroommsgcount end', 'getbroadcastmsgbymessageid begin'],
      ...['getbroadcastmsgbymessageid end', 'getbroadcastmsgcount begin', 'getbroadcastmsgcount end'],
      ...['cleantargetunread uids', 'cleantargetunread gids', 'getp2punreadbytime mtypes'],
      'getgroupunreadbytime mtypes',
      ...['voiceP2P toUid', 'videoP2P toUid', 'OnUserPublish api', 'OnUserPublish tid', 'OnUserPublish clientip'],
      ...['OnUserPlay api', 'OnUserPlay tid', 'OnUserPlay clientip'],
    ]);
  });
});

describe('the pushes to clients', () => {
  test('are those of the fixture and no others', () => {
    for (const [gate, receiver] of [
      ['rtm', 'client'],
      ['rtc', 'media'],
    ] as const) {
      const declared = Object.values<PushDeclaration>(pushes).filter(({ to }) => to.includes(receiver));
      const wanted = pushRows.filter((row) => (row.gate ?? 'rtm') === gate).map(({ method }) => method);
      expect(declared.map(({ name }) => name).sort()).toEqual([...wanted, ...(OWN_PUSHES[gate] ?? [])].sort());
    }
  });

  test.each(pushRows)('$method has the parameters that SDKs read', ({ method, isOneWay, params }) => {
    if (!isPushName(method)) throw new Error(`${method} is not declared`);
    const push: PushDeclaration = pushes[method];
    expect(push.isOneWay).toBe(isOneWay);
    const required = Object.entries(push.params).flatMap(([name, { presence }]) =>
      presence === 'required' ? [name] : [],
    );
    const always = params.filter(({ optional }) => !optional);
    expect(required.sort()).toEqual([...always.map(({ name }) => name), ...(ALSO_PUSHED[method] ?? [])].sort());
    expectTypes(byName(push.params), always);
  });
});
