import { decodeMsgpack, encodeMsgpack, RawString, type WireMap, type WireValue } from '@parley/fpnn';
import { bench, describe } from 'vitest';
import { plainParams } from '../src/hostile-params.ts';
import {
  checkClientParams,
  checkParams,
  clientMethods,
  clientPushBody,
  DEFAULT_LIMITS,
  encodeAnswer,
  encodePush,
  isClientMethodName,
  isMethodName,
  methods,
} from '../src/index.ts';

const raw = (text: string) => new RawString(new TextEncoder().encode(text));

const auth: [string, WireValue][] = [
  ['pid', 80_000_001],
  ['sign', raw('D3CB8545F442D8C209C7E5F493AAB25A')],
  ['salt', 7_529_781_450_522_280_065n],
  ['ts', 1_795_239_794],
];
const message: [string, WireValue][] = [
  ['mtype', 30],
  ['from', 101],
  ['mid', 7_529_781_450_589_388_964n],
  ['msg', raw('hello there, how are you')],
  ['attrs', raw('')],
];
const sendmsg: WireMap = new Map([...auth, ...message, ['to', 102]]);
const sendmsgs: WireMap = new Map([...auth, ...message, ['tos', Array.from({ length: 100 }, (_, index) => index)]]);
const getp2pmsg: WireMap = new Map<string, WireValue>([
  ...auth,
  ['uid', 101],
  ['ouid', 102],
  ['desc', true],
  ['num', 10],
  ['begin', 0],
  ['end', 0],
  ['lastid', 0],
  ['mtypes', [30, 31, 32]],
]);

// A server runs every method, so the compiled code must not be fast for a single one only.
for (const declaration of Object.values(methods)) {
  const params = decodeMsgpack(encodeMsgpack(plainParams(declaration))) as WireMap;
  for (let round = 0; round < 1000 && isMethodName(declaration.name); round++) {
    checkParams(declaration.name, params, DEFAULT_LIMITS);
  }
}

for (const declaration of Object.values(clientMethods)) {
  const params = decodeMsgpack(encodeMsgpack(plainParams(declaration))) as WireMap;
  for (let round = 0; round < 1000 && isClientMethodName(declaration.name); round++) {
    checkClientParams(declaration.name, params, DEFAULT_LIMITS);
  }
}

describe('checkParams; the target is 1M sendmsg per second', () => {
  bench('sendmsg', () => {
    checkParams('sendmsg', sendmsg, DEFAULT_LIMITS);
  });
  bench('sendmsgs to 100', () => {
    checkParams('sendmsgs', sendmsgs, DEFAULT_LIMITS);
  });
  bench('getp2pmsg', () => {
    checkParams('getp2pmsg', getp2pmsg, DEFAULT_LIMITS);
  });
});

describe('encodeAnswer', () => {
  bench('sendmsg', () => {
    encodeAnswer('sendmsg', { mtime: 1_795_239_794_395 });
  });
});

const chat = raw('hello there, how are you');
const sendroommsg: WireMap = new Map([...message, ['rid', 102]]);

describe('the client gate', () => {
  bench('sendroommsg', () => {
    checkClientParams('sendroommsg', sendroommsg, DEFAULT_LIMITS);
  });
  bench('encodePush of a chat message', () => {
    encodePush('pushmsg', {
      ...{ from: 101n, to: 102n, mid: 7n, mtype: 30, attrs: '', mtime: 1_795_239_794_395 },
      msg: clientPushBody(30, chat),
    });
  });
});
