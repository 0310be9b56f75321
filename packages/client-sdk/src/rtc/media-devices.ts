import type { DeviceKind } from './member.ts';
import { requireMediaDevices } from './webrtc/local-device.ts';

/** A camera or a microphone that the browser knows. */
export type DeviceInfo = {
  readonly kind: DeviceKind | 'speaker';
  readonly deviceId: string;
  /** "" until the user has allowed the page to use a device of the kind. */
  readonly label: string;
};

const KINDS = { audioinput: 'microphone', videoinput: 'camera', audiooutput: 'speaker' } as const;

/** The cameras, microphones and speakers of the machine. */
export async function listDevices(): Promise<DeviceInfo[]> {
  const devices = await requireMediaDevices().enumerateDevices();
  return devices.map(({ kind, deviceId, label }) => ({ kind: KINDS[kind], deviceId, label }));
}

/** Tells when a device was plugged in or pulled out. @returns A function that stops it. */
export function onDevicesChanged(listener: () => void): () => void {
  const devices = requireMediaDevices();
  devices.addEventListener('devicechange', listener);
  return () => devices.removeEventListener('devicechange', listener);
}
