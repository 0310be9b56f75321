import type { Database, Transaction } from './database.ts';

/** Where offline pushes go: an app on a device. */
export type Device = { appType: Uint8Array; token: Uint8Array };

const ADD = {
  name: 'device-add',
  text: `insert into devices (project, uid, token, app_type) values ($1, $2, $3, $4)
    on conflict (project, uid, token) do update set app_type = excluded.app_type`,
};
const REMOVE = { name: 'device-remove', text: 'delete from devices where project = $1 and uid = $2 and token = $3' };
const COUNT = {
  name: 'devices-count',
  text: 'select count(*)::int4 as devices from devices where project = $1 and uid = $2',
};
const LIST = {
  name: 'devices-list',
  text: 'select token, app_type as "appType" from devices where project = $1 and uid = $2 order by token',
};

/** Adds a device of a locked user, or changes its app. @returns how many devices the user has then. */
export async function addDevice(tx: Transaction, project: number, uid: bigint, device: Device): Promise<number> {
  await tx.query(ADD, [project, uid, device.token, device.appType]);
  return (await tx.query<{ devices: number }>(COUNT, [project, uid]))[0]!.devices;
}

export async function removeDevice(db: Database, project: number, uid: bigint, token: Uint8Array): Promise<void> {
  await db.write(REMOVE, [project, uid, token]);
}

export function listDevices(db: Database, project: number, uid: bigint): Promise<Device[]> {
  return db.read<Device>(LIST, [project, uid]);
}
