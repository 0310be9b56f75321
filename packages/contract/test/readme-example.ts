import { checkParams, DEFAULT_LIMITS, encodeParams, methods } from '@parley/contract';
import { decodeMsgpack, encodeMsgpack, type WireMap } from '@parley/fpnn';

// What a caller gives, typed by the declaration.
const payload = encodeMsgpack(encodeParams('sendmsg', { mtype: 30, from: 101, to: 102n, mid: 1, msg: 'hello' }));

// What the handler gets: ids as bigint, defaults filled in, everything within the limits.
const params = checkParams('sendmsg', decodeMsgpack(payload) as WireMap, DEFAULT_LIMITS);
console.log(params.to, `${params.msg}`, `${params.attrs}` === ''); // 102n hello true

console.log(methods.sendmsg.summary); // Sends a message from one user to another.
