import { PUSH_OPTION_TYPES } from '@parley/contract';
import type { Id } from '@parley/contract/sdk';
import type { Call, CallOptions } from '../call.ts';

/** A conversation whose offline pushes can be muted. */
export type MutableConversation = { peerUid: Id } | { groupId: Id };

/** Muted message types by user and by group; 0 stands for all. */
export type MutedConversations = { users: Map<bigint, number[]>; groups: Map<bigint, number[]> };

/** Where pushes go while the user is offline, and which conversations are not pushed. */
export class DeviceCalls {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** @param appType - How pushes reach the app, such as fcm or apns. */
  async add(appType: string, deviceToken: string, options?: CallOptions): Promise<void> {
    await this.#call('adddevice', { apptype: appType, devicetoken: deviceToken }, options);
  }

  async remove(deviceToken: string, options?: CallOptions): Promise<void> {
    await this.#call('removedevice', { devicetoken: deviceToken }, options);
  }

  /** @param mtypes - Default all. Types that are muted already stay so. */
  async mute(conversation: MutableConversation, mtypes?: readonly number[], options?: CallOptions): Promise<void> {
    await this.#call('addoption', { ...toOption(conversation), mtypes }, options);
  }

  /** @param mtypes - Default all. */
  async unmute(conversation: MutableConversation, mtypes?: readonly number[], options?: CallOptions): Promise<void> {
    await this.#call('removeoption', { ...toOption(conversation), mtypes }, options);
  }

  async muted(options?: CallOptions): Promise<MutedConversations> {
    const { p2p, group } = await this.#call('getoption', {}, options);
    return { users: p2p, groups: group };
  }
}

function toOption(conversation: MutableConversation) {
  return 'peerUid' in conversation
    ? { type: PUSH_OPTION_TYPES.p2p, xid: conversation.peerUid }
    : { type: PUSH_OPTION_TYPES.group, xid: conversation.groupId };
}
