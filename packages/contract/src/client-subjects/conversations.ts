import { declareMethods } from '../declaration.ts';
import {
  alsoNamed,
  countMap,
  defaulted,
  flag,
  id,
  idList,
  idMap,
  int32,
  lastMessage,
  list,
  mtypeList,
  optional,
  p2pLastMessage,
  timeMs,
} from '../declare-fields.ts';
import { CONVERSATIONS_KEPT_MAX, UNREAD_SCAN_MAX } from '../fixed-limits.ts';

const limit = 'conversationsPerCallMax';

const mtime = optional(timeMs('count what is newer; missing or 0 is the last logout'));
const mtypes = optional(mtypeList('count only these message types; missing or empty are those of chat'));
const looksBack = `At most the newest ${UNREAD_SCAN_MAX} messages of each conversation are looked at.`;
/** For lists that hold messages, which grow large. */
const newestOnly = `With more than conversationListMax conversations, those with the newest messages are listed. ${looksBack}`;
const newestIds = `With more than ${CONVERSATIONS_KEPT_MAX} of one kind, those with the newest messages are listed.`;

const ltime = idMap('when the newest message of each was accepted', timeMs('the time'));
const byTime = (what: string) => idMap(`count what is newer, per ${what}`, timeMs('the time'), { limit });

const p2pCounts = { p2p: countMap('unread messages by user'), ltime };
const groupCounts = { group: countMap('unread messages by group'), ltime };

/** Three lists of the same length. */
const p2pList = {
  conversations: idList('the users, newest conversation first'),
  unreads: list('unread messages of each', int32('the number')),
  msgs: list('the newest message of each; cursor id 0 where there is none', p2pLastMessage()),
};
const groupList = {
  conversations: idList('the groups, newest conversation first'),
  unreads: list('unread messages of each', int32('the number')),
  msgs: list('the newest message of each; cursor id 0 where there is none', lastMessage()),
};

export const conversationMethods = declareMethods('conversations', {
  getunread: {
    summary: 'Tells which users and groups have unread messages.',
    gates: ['client'],
    params: {
      // The Windows SDK spells it the other way.
      clear: alsoNamed(flag('true: mark everything as read'), 'clean'),
      gettime: defaulted(flag('true: tell the time of the last logout too'), false),
    },
    answer: {
      p2p: idList('the users'),
      group: idList('the groups'),
      logouttime: optional(timeMs('the last logout; only when it was asked for')),
    },
    refusals: {},
    notes: newestIds,
  },
  cleanunread: {
    summary: 'Marks everything as read.',
    gates: ['client'],
    params: {},
    answer: {},
    refusals: {},
  },
  cleantargetunread: {
    summary: 'Marks the messages of some users and groups as read.',
    gates: ['client'],
    params: {
      uids: optional(idList('the users', { limit })),
      gids: optional(idList('the groups', { limit })),
    },
    answer: {},
    refusals: {},
  },
  getp2punread: {
    summary: 'Counts the unread messages of some users.',
    gates: ['client'],
    params: { uids: idList('the users', { limit }), mtime, mtypes },
    answer: p2pCounts,
    refusals: {},
    notes: looksBack,
  },
  getgroupunread: {
    summary: 'Counts the unread messages of some groups.',
    gates: ['client'],
    params: { gids: idList('the groups', { limit }), mtime, mtypes },
    answer: groupCounts,
    refusals: {},
    notes: looksBack,
  },
  getp2punreadbytime: {
    summary: 'Counts the messages of some users that are newer than a time of each.',
    gates: ['client'],
    params: { uid_time: byTime('user'), mtypes },
    answer: p2pCounts,
    refusals: {},
    notes: looksBack,
  },
  getgroupunreadbytime: {
    summary: 'Counts the messages of some groups that are newer than a time of each.',
    gates: ['client'],
    params: { gid_time: byTime('group'), mtypes },
    answer: groupCounts,
    refusals: {},
    notes: looksBack,
  },
  getsession: {
    summary: 'Lists all conversations of the caller.',
    gates: ['client'],
    params: {},
    answer: {
      p2p: idList('the users, newest conversation first'),
      group: idList('the groups, newest conversation first'),
    },
    refusals: {},
    notes: newestIds,
  },
  getp2pconversationlist: {
    summary: 'Lists the conversations with other users, with unread messages and the newest message.',
    gates: ['client'],
    params: { mtime, mtypes },
    answer: p2pList,
    refusals: {},
    notes: newestOnly,
  },
  getp2punreadconversationlist: {
    summary: 'As getp2pconversationlist, only conversations that have unread messages.',
    gates: ['client'],
    params: { mtime, mtypes },
    answer: p2pList,
    refusals: {},
    notes: newestOnly,
  },
  getgroupconversationlist: {
    summary: 'Lists the conversations in groups, with unread messages and the newest message.',
    gates: ['client'],
    params: { mtime, mtypes },
    answer: groupList,
    refusals: {},
    notes: newestOnly,
  },
  getgroupunreadconversationlist: {
    summary: 'As getgroupconversationlist, only conversations that have unread messages.',
    gates: ['client'],
    params: { mtime, mtypes },
    answer: groupList,
    refusals: {},
    notes: newestOnly,
  },
  getunreadconversationlist: {
    summary: 'Lists the conversations of both kinds that have unread messages.',
    gates: ['client'],
    params: { clear: defaulted(flag('true: mark everything as read'), true), mtime, mtypes },
    answer: {
      groupConversations: groupList.conversations,
      groupUnreads: groupList.unreads,
      groupMsgs: groupList.msgs,
      p2pConversations: p2pList.conversations,
      p2pUnreads: p2pList.unreads,
      p2pMsgs: p2pList.msgs,
    },
    refusals: {},
    notes: newestOnly,
  },
  removesession: {
    summary: 'Takes the conversation with another user out of the list of conversations.',
    gates: ['client'],
    params: {
      // Android sends the other name.
      to: alsoNamed(id('the other user'), 'toid'),
      oneway: defaulted(flag('true: out of the own list only; false: out of the lists of both sides'), false),
    },
    answer: {},
    refusals: {},
  },
});
