import { type RoomSignal, RTC_ROOM_TYPES, type RtcRoomType } from '@parley/contract';
import type { Call } from '../call.ts';
import type { DeviceKind, RtcMember } from './member.ts';
import { OwnDevices } from './webrtc/own-devices.ts';

export type DeviceControlOptions = {
  readonly roomId: bigint;
  readonly call: Call;
  readonly microphone: MediaTrackConstraints;
  readonly camera: MediaTrackConstraints;
  /** What is to be sent of a device has changed. */
  readonly onTrack: (device: DeviceKind, track: MediaStreamTrack | null) => Promise<void>;
  readonly onChanged: (device: DeviceKind, isOpen: boolean, by: DeviceChange) => void;
};

/** Why a device is open or closed now: by a call of the application, by command, or because it is gone. */
export type DeviceChange = 'user' | 'command' | 'loss';

/** The own microphone and camera in one room, and what the others are told of them. */
export class DeviceControl {
  readonly devices: OwnDevices;
  readonly #options: DeviceControlOptions;
  /** Reports whose answer has not come. */
  #reports = 0;

  constructor(options: DeviceControlOptions) {
    this.#options = options;
    const { microphone, camera, onTrack } = options;
    this.devices = new OwnDevices({
      microphone,
      camera,
      onTrack,
      onLost: (device) => void this.#close(device, 'loss'),
    });
  }

  /** Opens the devices before anybody is told. @throws RtmError 300003. */
  async open(wanted: Readonly<Record<DeviceKind, boolean>>): Promise<void> {
    await this.devices.microphone.setOpen(wanted.microphone);
    await this.devices.camera.setOpen(wanted.camera);
  }

  /** @throws RtmError 300003, and what the report is refused with. */
  async setOpen(device: DeviceKind, isOpen: boolean): Promise<void> {
    await this.devices[device].setOpen(isOpen);
    this.#options.onChanged(device, isOpen, 'user');
    await this.#report({ [device]: isOpen });
  }

  /** Tells the room what the devices are. */
  async reportAll(): Promise<void> {
    const { microphone, camera } = this.devices;
    await this.#report({ microphone: microphone.isOpen, camera: camera.isOpen });
  }

  /**
   * Tells what a membership that was lost took along. A device that is open is no news, and saying so would undo a command
   * that was missed; but for a camera in a voice room, which nobody expects.
   */
  async reportAgain(type: RtcRoomType): Promise<void> {
    const { microphone, camera } = this.devices;
    const isCameraNews = !camera.isOpen || type === RTC_ROOM_TYPES.voice;
    await this.#report({
      ...(microphone.isOpen ? {} : { microphone: false }),
      ...(isCameraNews ? { camera: camera.isOpen } : {}),
    });
  }

  /** An administrator or the back end closes a device. */
  async handleCommand(device: DeviceKind): Promise<void> {
    if (this.devices[device].isOpen) await this.#close(device, 'command');
  }

  /**
   * The server says in the own name what the own devices are for the others: closed by a command that was missed, by the
   * rules of the room, or from another page of the user. While a report is under way it may say what was before.
   */
  handleOwnSignal(signal: RoomSignal, self: RtcMember): void {
    if (this.#reports > 0) return;
    if (isClosedIn(signal, 'microphone') && !self.isAudioForbidden) void this.handleCommand('microphone');
    if (isClosedIn(signal, 'camera') && !self.isVideoForbidden) void this.handleCommand('camera');
  }

  async #close(device: DeviceKind, by: 'command' | 'loss'): Promise<void> {
    await this.devices[device].setOpen(false);
    this.#options.onChanged(device, false, by);
    await this.#report({ [device]: false }).catch(() => undefined); // The next report tells.
  }

  /** Tells the server, which tells the others. */
  async #report(changed: { microphone?: boolean; camera?: boolean }): Promise<void> {
    this.#reports += 1;
    try {
      await this.#options.call('setRTCDevices', { rid: this.#options.roomId, ...changed });
    } finally {
      this.#reports -= 1;
    }
  }
}

function isClosedIn(signal: RoomSignal, device: DeviceKind): boolean {
  if (signal.kind === device) return !signal.isOpen;
  return (signal.kind === 'heartbeat' || signal.kind === 'enter') && !signal[device];
}
