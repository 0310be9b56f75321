/**
 * What a back end does with messages: send them, page through history both ways, count, edit and recall.
 *
 *   PARLEY_ENDPOINT=127.0.0.1:13315 PARLEY_PID=80000001 PARLEY_SECRET=test-secret node examples/messages.mjs
 *
 * The three variables have these values when they are not set.
 */
import { CONVERSATION_TYPES, ERROR_CODES, RtmError, RtmServerClient } from '@parley/server-sdk';

const { PARLEY_ENDPOINT = '127.0.0.1:13315', PARLEY_PID = '80000001', PARLEY_SECRET = 'test-secret' } = process.env;

const ALICE = 101;
const BOB = 102;
const CAROL = 103;
const GROUP = 5001;
const ROOM = 6001;
/** Types 51..127 are free for applications. */
const SCORE = 66;

const client = new RtmServerClient({
  pid: Number(PARLEY_PID),
  secret: PARLEY_SECRET,
  endpoint: PARLEY_ENDPOINT,
  onConnected: () => console.log(`connected to ${PARLEY_ENDPOINT}`),
});

try {
  await prepareMembers();
  const { chat, startedAt } = await sendToUsers();
  const groupMid = await sendToGroup();
  await sendToRoom();
  await sendToAll();
  await pageForward(startedAt);
  await walkBackward();
  await countAndEdit(groupMid);
  await recall(chat.mid);
} catch (error) {
  console.error(error instanceof RtmError ? `failed with ${error.code}: ${error.message}` : error);
  process.exitCode = 1;
} finally {
  await client.close();
}

/** Groups and rooms need no creation; they appear with their first member. */
async function prepareMembers() {
  await client.addGroupMembers(GROUP, [ALICE, BOB, CAROL]);
  await client.addRoomMember(ROOM, ALICE);
  await client.addRoomMember(ROOM, BOB);
  const counts = await client.getRoomCount([ROOM]);
  console.log('members:', await client.getGroupMembers(GROUP), 'in the group,', counts, 'in rooms');
}

/** Each send gives the message's id and, once it is stored, its time. */
async function sendToUsers() {
  const chat = await client.sendChat(ALICE, BOB, 'Hello Bob!', { attrs: '{"lang":"en"}' });
  console.log('chat to one user:', chat);
  console.log('command to two users:', await client.sendCmds(ALICE, [BOB, CAROL], 'refresh'));
  const bytes = new Uint8Array([0, 1, 2, 254, 255]);
  console.log('bytes to one user:', await client.sendMessageByBinary(BOB, ALICE, SCORE, bytes));
  return { chat, startedAt: chat.mtime };
}

/** A send that failed may be repeated with the same mid: the message is stored once, and the first time comes back. */
async function sendToGroup() {
  const mid = client.nextMid();
  const first = await client.sendGroupMessage(ALICE, GROUP, SCORE, '17', { mid });
  const again = await client.sendGroupMessage(ALICE, GROUP, SCORE, '17', { mid });
  console.log('group message, sent twice, stored once:', first.mtime === again.mtime);
  for (const text of ['one', 'two', 'three', 'four', 'five']) await client.sendGroupChat(BOB, GROUP, text);
  return mid;
}

async function sendToRoom() {
  console.log('chat to a room:', await client.sendRoomChat(ALICE, ROOM, 'Hello room!'));
}

/** A project may allow broadcasts to some senders only. */
async function sendToAll() {
  try {
    console.log('chat to all:', await client.broadcastChat(ALICE, 'Hello everybody!'));
  } catch (error) {
    if (!(error instanceof RtmError) || error.code !== ERROR_CODES.adminOnly) throw error;
    console.log('chat to all: refused, the sender may not broadcast');
  }
}

/**
 * Pages by hand, oldest first: what came with a page leads to the next.
 *
 * @param {number} startedAt - Epoch milliseconds.
 */
async function pageForward(startedAt) {
  let page = await client.getGroupMessage(GROUP, false, 3, startedAt, 0, 0, ALICE);
  while (page.num > 0) {
    console.log('group, a page forward:', page.messages.map(describe));
    page = await client.getGroupMessage(GROUP, false, 3, page.begin, page.end, page.lastCursorId, ALICE);
  }
}

/** The same with the iterator, newest first; leaving the loop stops it. */
async function walkBackward() {
  const newest = [];
  for await (const message of client.walkMessages({ uid: ALICE, peerUid: BOB }, { desc: true })) {
    newest.push(describe(message));
    if (newest.length === 3) break;
  }
  console.log('between Alice and Bob, newest first:', newest);
}

/** @param {bigint} mid - A message of Alice in the group. */
async function countAndEdit(mid) {
  const { sender, count } = await client.getMsgCount(CONVERSATION_TYPES.group, GROUP, 0, 0, null);
  console.log(`the group has ${count} messages of ${sender} senders`);
  await client.editMessage(mid, ALICE, GROUP, CONVERSATION_TYPES.group, '18', '', 0);
  console.log('edited:', describe(await client.getChat(mid, ALICE, GROUP, CONVERSATION_TYPES.group)));
}

/** @param {bigint} mid - A message of Alice to Bob. */
async function recall(mid) {
  await client.delP2PMessage(mid, ALICE, BOB);
  const gone = await client.getChat(mid, ALICE, BOB, CONVERSATION_TYPES.p2p).catch((error) => error.code);
  console.log('recalled; reading it gives', gone, gone === ERROR_CODES.messageNotFound ? '(not found)' : '');
}

/** @param {import('@parley/server-sdk').HistoryMessage} message */
function describe({ fromUid, messageType, message }) {
  const body = typeof message === 'string' ? message : `${message.length} bytes`;
  return `${fromUid} [${messageType}] ${body}`;
}
