import { ERROR_CODES, MTYPE_MAX } from '@parley/contract';
import { RtmError } from '@parley/contract/sdk';
import type { Call } from '../call.ts';
import type { Conversation } from '../conversation.ts';

/** Conversations named in one call; the server's limit by default. */
const PER_CALL = 200;
const ALL_MTYPES = Array.from({ length: MTYPE_MAX }, (_, index) => index + 1);

export type ChangedConversations = {
  readonly conversations: readonly Conversation[];
  /** False where the server does not list conversations: there may be users who are not among them. */
  readonly areUsersListed: boolean;
};

/**
 * Users and groups with messages at or after `since`, of the conversations that `isWanted` lets through. A server that
 * cannot list conversations gives the groups of the user, changed or not.
 *
 * @throws RtmError of the calls.
 */
export async function findChangedConversations(
  call: Call,
  since: number,
  isWanted: (conversation: Conversation) => boolean,
): Promise<ChangedConversations> {
  const toUser = (peerUid: bigint): Conversation => ({ kind: 'p2p', peerUid });
  const toGroup = (groupId: bigint): Conversation => ({ kind: 'group', groupId });
  const wanted = (ids: readonly bigint[], name: (id: bigint) => Conversation) => ids.filter((id) => isWanted(name(id)));
  const filter = { mtime: since, mtypes: ALL_MTYPES };
  try {
    const { p2p, group } = await call('getsession', {});
    const conversations: Conversation[] = [];
    // The newest conversations come first, so the first one without news ends the search.
    for (const uids of chunks(wanted(p2p, toUser))) {
      const { ltime } = await call('getp2punread', { uids, ...filter });
      const changed = newerThan(since, ltime);
      conversations.push(...changed.map(toUser));
      if (changed.length < uids.length) break;
    }
    for (const gids of chunks(wanted(group, toGroup))) {
      const { ltime } = await call('getgroupunread', { gids, ...filter });
      const changed = newerThan(since, ltime);
      conversations.push(...changed.map(toGroup));
      if (changed.length < gids.length) break;
    }
    return { conversations, areUsersListed: true };
  } catch (error) {
    if (!(error instanceof RtmError) || error.code !== ERROR_CODES.unknownMethod) throw error;
  }
  const { gids } = await call('getusergroups', {});
  return { conversations: wanted(gids, toGroup).map(toGroup), areUsersListed: false };
}

function newerThan(since: number, newest: ReadonlyMap<bigint, number>): bigint[] {
  return [...newest].filter(([, mtime]) => mtime >= since).map(([id]) => id);
}

function* chunks(ids: readonly bigint[]): Iterable<bigint[]> {
  for (let start = 0; start < ids.length; start += PER_CALL) yield ids.slice(start, start + PER_CALL);
}
