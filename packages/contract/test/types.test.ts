import type { RawString } from '@parley/fpnn';
import { expectTypeOf, test } from 'vitest';
import type {
  AnswerIn,
  AnswerOf,
  AuthParams,
  ChatBody,
  ClientAnswerIn,
  ClientAnswerOf,
  ClientMethodName,
  ClientParamsIn,
  ClientParamsOut,
  clientMethods,
  HistoryUnit,
  HistoryUnitInput,
  MethodDeclaration,
  MethodName,
  methods,
  P2pHistoryUnit,
  P2pHistoryUnitInput,
  ParamsIn,
  ParamsOut,
  PushBody,
  PushDeclaration,
  PushIn,
  PushName,
  PushOf,
  pushes,
} from '../src/index.ts';

type Id = number | bigint;

test('callers pass ids as number or bigint, and may leave out what has a default', () => {
  expectTypeOf<ParamsIn<'sendmsg'>>().toEqualTypeOf<{
    readonly mtype: number;
    readonly from: Id;
    readonly to: Id;
    readonly mid: Id;
    readonly msg: string | Uint8Array | RawString;
    readonly attrs?: string | RawString | undefined;
  }>();
  expectTypeOf<ParamsIn<'getmsgnum'>>().toEqualTypeOf<{
    readonly type: 2 | 3;
    readonly xid: Id;
    readonly mtypes?: readonly number[] | undefined;
    readonly begin?: number | undefined;
    readonly end?: number | undefined;
  }>();
  expectTypeOf<ParamsIn<'addroomban'>>().toEqualTypeOf<{
    readonly rid?: Id | undefined;
    readonly uid: Id;
    readonly btime: number;
  }>();
  expectTypeOf<ParamsIn<'getroomcount'>>().toEqualTypeOf<{ readonly rids: readonly Id[] }>();
  expectTypeOf<keyof ParamsIn<'getRTCRoomList'>>().toEqualTypeOf<never>();
});

test('handlers find every parameter, with ids as bigint', () => {
  expectTypeOf<ParamsOut<'sendmsgs'>>().toEqualTypeOf<{
    readonly mtype: number;
    readonly from: bigint;
    readonly tos: readonly bigint[];
    readonly mid: bigint;
    readonly msg: RawString | Uint8Array;
    readonly attrs: RawString;
  }>();
  expectTypeOf<ParamsOut<'getgroupmsg'>>().toEqualTypeOf<{
    readonly gid: bigint;
    readonly uid: bigint;
    readonly desc: boolean;
    readonly num: number;
    readonly begin: number;
    readonly end: number;
    readonly lastid: bigint;
    readonly mtypes: readonly number[] | undefined;
  }>();
  expectTypeOf<ParamsOut<'setroominfo'>>().toEqualTypeOf<{
    readonly rid: bigint;
    readonly oinfo: RawString | undefined;
    readonly pinfo: RawString | undefined;
  }>();
  expectTypeOf<ParamsOut<'getmsg'>['type']>().toEqualTypeOf<1 | 2 | 3 | 4>();
  expectTypeOf<ParamsOut<'editmsg'>['type']>().toEqualTypeOf<2 | 3>();
  expectTypeOf<ParamsOut<'adminCommand'>['command']>().toEqualTypeOf<0 | 1 | 2 | 3 | 4 | 5 | 6 | 7>();
  expectTypeOf<AuthParams>().toEqualTypeOf<{
    readonly pid: number;
    readonly sign: RawString;
    readonly salt: bigint;
    readonly ts: number | undefined;
  }>();
});

test('handlers return every answer field', () => {
  expectTypeOf<AnswerOf<'sendmsg'>>().toEqualTypeOf<{ readonly mtime: number }>();
  expectTypeOf<keyof AnswerOf<'delmsg'>>().toEqualTypeOf<never>();
  expectTypeOf<AnswerOf<'getroomcount'>>().toEqualTypeOf<{ readonly cn: ReadonlyMap<bigint, number> }>();
  expectTypeOf<AnswerOf<'getgroupmsg'>['msgs']>().toEqualTypeOf<readonly HistoryUnitInput[]>();
  expectTypeOf<AnswerOf<'getRTCRoomMembers'>>().toEqualTypeOf<{
    readonly uids: readonly Id[];
    readonly administrators: readonly Id[];
    readonly owner: Id;
  }>();
});

test('SDKs give ids as bigint and texts as strings', () => {
  expectTypeOf<AnswerIn<'getroominfo'>>().toEqualTypeOf<{ oinfo: string; pinfo: string }>();
  expectTypeOf<AnswerIn<'getmsg'>>().toEqualTypeOf<{
    id: bigint;
    mtype: number;
    msg: RawString | Uint8Array;
    attrs: string;
    mtime: number;
  }>();
  expectTypeOf<AnswerIn<'getroommsg'>['msgs']>().toEqualTypeOf<HistoryUnit[]>();
  expectTypeOf<AnswerIn<'getp2pmsg'>['msgs']>().toEqualTypeOf<P2pHistoryUnit[]>();
  expectTypeOf<AnswerIn<'getroomcount'>>().toEqualTypeOf<{ cn: Map<bigint, number> }>();
});

test('aliases have the types of their methods', () => {
  expectTypeOf<ParamsOut<'pullIntoVoiceRoom'>>().toEqualTypeOf<ParamsOut<'pullIntoRTCRoom'>>();
  expectTypeOf<AnswerOf<'getVoiceRoomMembers'>>().toEqualTypeOf<AnswerOf<'getRTCRoomMembers'>>();
  expectTypeOf<(typeof methods)['closeVoiceRoom']['aliasOf']>().toEqualTypeOf<'closeRTCRoom'>();
});

test('every entry is a declaration that knows its name', () => {
  expectTypeOf<(typeof methods)[MethodName]>().toExtend<MethodDeclaration>();
  expectTypeOf<(typeof methods)['sendmsg']['name']>().toEqualTypeOf<'sendmsg'>();
});

test('client calls pass no user, and may leave out what has a default', () => {
  expectTypeOf<ClientParamsIn<'sendroommsg'>>().toEqualTypeOf<{
    readonly rid: Id;
    readonly mtype: number;
    readonly mid: Id;
    readonly msg: string | Uint8Array | RawString;
    readonly attrs?: string | RawString | undefined;
    readonly strategyid?: string | RawString | undefined;
    readonly checkParams?: string | RawString | undefined;
  }>();
  expectTypeOf<ClientParamsIn<'removesession'>>().toEqualTypeOf<{
    readonly to: Id;
    readonly oneway?: boolean | undefined;
  }>();
  expectTypeOf<keyof ClientParamsIn<'getattrs'>>().toEqualTypeOf<never>();
});

test('handlers of the client gate find words, maps and texts by name', () => {
  expectTypeOf<ClientParamsOut<'filetoken'>>().toEqualTypeOf<{
    readonly cmd: 'sendfile' | 'sendgroupfile' | 'sendroomfile' | 'uploadfile' | 'sendfiles';
    readonly to: bigint | undefined;
    readonly gid: bigint | undefined;
    readonly rid: bigint | undefined;
    readonly tos: readonly bigint[] | undefined;
  }>();
  expectTypeOf<ClientParamsOut<'getp2punreadbytime'>>().toEqualTypeOf<{
    readonly uid_time: ReadonlyMap<bigint, number>;
    readonly mtypes: readonly number[] | undefined;
  }>();
  expectTypeOf<ClientParamsOut<'addattrs'>['attrs']>().toEqualTypeOf<ReadonlyMap<string, RawString>>();
  expectTypeOf<ClientParamsOut<'getunreadconversationlist'>['clear']>().toEqualTypeOf<boolean>();
  expectTypeOf<ParamsOut<'addlisten'>['events']>().toEqualTypeOf<readonly RawString[] | undefined>();
  expectTypeOf<ParamsOut<'setlisten'>['p2p']>().toEqualTypeOf<boolean | undefined>();
});

test('an optional answer field may be left out, and is undefined to the reader', () => {
  expectTypeOf<AnswerOf<'dataget'>>().toEqualTypeOf<{ readonly val?: string | RawString | undefined }>();
  expectTypeOf<AnswerIn<'dataget'>>().toEqualTypeOf<{ val: string | undefined }>();
  expectTypeOf<ClientAnswerOf<'getgroupcount'>>().toEqualTypeOf<{
    readonly cn: number;
    readonly online?: number | undefined;
  }>();
  expectTypeOf<ClientAnswerIn<'getgroupcount'>>().toEqualTypeOf<{ cn: number; online: number | undefined }>();
});

test('lists and maps of answers are typed by what they hold', () => {
  expectTypeOf<ClientAnswerOf<'getp2pconversationlist'>>().toEqualTypeOf<{
    readonly conversations: readonly Id[];
    readonly unreads: readonly number[];
    readonly msgs: readonly (P2pHistoryUnitInput | null)[];
  }>();
  expectTypeOf<ClientAnswerIn<'getgroupconversationlist'>>().toEqualTypeOf<{
    conversations: bigint[];
    unreads: number[];
    msgs: (HistoryUnit | null)[];
  }>();
  expectTypeOf<ClientAnswerIn<'getuserroomsandlastmsg'>>().toEqualTypeOf<{ rooms: Map<bigint, HistoryUnit | null> }>();
  expectTypeOf<AnswerOf<'getoption'>['p2p']>().toEqualTypeOf<ReadonlyMap<bigint, readonly number[]>>();
  expectTypeOf<AnswerIn<'getoption'>['p2p']>().toEqualTypeOf<Map<bigint, number[]>>();
  expectTypeOf<AnswerIn<'getuseropeninfo'>>().toEqualTypeOf<{ info: Map<bigint, string> }>();
});

test('attributes have both forms', () => {
  type Texts = ReadonlyMap<string, string | RawString>;
  expectTypeOf<ClientAnswerOf<'getattrs'>['attrs']>().toEqualTypeOf<Texts | readonly Texts[]>();
  expectTypeOf<ClientAnswerIn<'getattrs'>['attrs']>().toEqualTypeOf<Map<string, string> | Map<string, string>[]>();
});

test('pushes are given and read with their types', () => {
  expectTypeOf<PushOf<'pushgroupmsg'>>().toEqualTypeOf<{
    readonly from: Id;
    readonly gid: Id;
    readonly to?: Id | undefined;
    readonly mid: Id;
    readonly mtype: number;
    readonly msg: PushBody;
    readonly attrs: string | RawString;
    readonly mtime: number;
  }>();
  expectTypeOf<PushIn<'pushmsg'>['msg']>().toEqualTypeOf<RawString | Uint8Array | ChatBody>();
  expectTypeOf<PushIn<'pushevent'>['data']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<keyof PushOf<'ping'>>().toEqualTypeOf<never>();
});

test('every entry of the other registries is a declaration too', () => {
  expectTypeOf<(typeof clientMethods)[ClientMethodName]>().toExtend<MethodDeclaration>();
  expectTypeOf<(typeof pushes)[PushName]>().toExtend<PushDeclaration>();
  expectTypeOf<(typeof pushes)['kickout']['isOneWay']>().toEqualTypeOf<true>();
});
