import { ERROR_CODES, PUSH_OPTION_TYPES, RtmError } from '@parley/contract';
import type { Project } from '../projects/project-settings.ts';
import type { Database } from '../storage/database.ts';
import { addDevice, type Device, listDevices, removeDevice } from '../storage/device-store.ts';
import { addPushOptions, listPushOptions, type PushTarget, removePushOptions } from '../storage/push-option-store.ts';
import { lockUsers } from '../storage/user-lock.ts';

/** Stands for every message type of a conversation. */
const ALL_TYPES = 0;

/** What is muted, by user and by group: message types, or 0 for all of them. */
export type PushOptions = { p2p: Map<bigint, number[]>; group: Map<bigint, number[]> };

/** Where a user's offline pushes go, and which of them are not wanted. */
export class DeviceService {
  readonly #db: Database;

  constructor(parts: { db: Database }) {
    this.#db = parts.db;
  }

  /** Adds a device, or changes its app. @throws RtmError 200034 when the user has too many devices. */
  add({ pid, settings }: Project, uid: bigint, device: Device): Promise<void> {
    const devicesMax = settings.limits.devicesPerUserMax;
    return this.#db.transaction(async (tx) => {
      await lockUsers(tx, pid, [uid]);
      if ((await addDevice(tx, pid, uid, device)) <= devicesMax) return;
      throw new RtmError(
        ERROR_CODES.invalidParameter,
        `devicetoken: user ${uid} has ${devicesMax} devices; no more are allowed`,
      );
    });
  }

  /** Does nothing when the user has no such device. */
  remove(project: Project, uid: bigint, token: Uint8Array): Promise<void> {
    return removeDevice(this.#db, project.pid, uid, token);
  }

  list(project: Project, uid: bigint): Promise<Device[]> {
    return listDevices(this.#db, project.pid, uid);
  }

  /**
   * Mutes a conversation for offline pushes, on top of what is muted there.
   *
   * @param mtypes - Message types; none, or 0 among them: all types.
   * @throws RtmError 200034 when too much is muted.
   */
  mute({ pid, settings }: Project, uid: bigint, target: PushTarget, mtypes: readonly number[]): Promise<void> {
    const optionsMax = settings.limits.pushOptionsPerUserMax;
    const muted = mtypes.length === 0 ? [ALL_TYPES] : mtypes;
    return this.#db.transaction(async (tx) => {
      await lockUsers(tx, pid, [uid]);
      if ((await addPushOptions(tx, pid, uid, target, muted)) <= optionsMax) return;
      throw new RtmError(
        ERROR_CODES.invalidParameter,
        `xid: user ${uid} has muted ${optionsMax} message types; no more are allowed`,
      );
    });
  }

  /** Takes message types off what is muted there. @param mtypes - None: everything. */
  unmute(project: Project, uid: bigint, target: PushTarget, mtypes: readonly number[]): Promise<void> {
    return removePushOptions(this.#db, project.pid, uid, target, mtypes.length === 0 ? undefined : mtypes);
  }

  /** Everything that the user has muted. */
  async muted(project: Project, uid: bigint): Promise<PushOptions> {
    const options: PushOptions = { p2p: new Map(), group: new Map() };
    for (const { type, xid, mtypes } of await listPushOptions(this.#db, project.pid, uid)) {
      options[type === PUSH_OPTION_TYPES.group ? 'group' : 'p2p'].set(xid, mtypes);
    }
    return options;
  }
}
