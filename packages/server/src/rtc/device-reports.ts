import type { AdminCommands } from './admin-commands.ts';
import { devicesOf } from './member-devices.ts';
import type { Devices } from './room-signals.ts';
import type { RtcMember } from './rtc-member.ts';
import type { RtcRoom } from './rtc-room.ts';
import type { RtcRoomEvents } from './rtc-room-events.ts';

/** What members say by a quest about their devices; pages of the official browser SDK say it by signals. */
export class DeviceReports {
  readonly #commands: AdminCommands;
  readonly #events: RtcRoomEvents;

  constructor(parts: { commands: AdminCommands; events: RtcRoomEvents }) {
    this.#commands = parts.commands;
    this.#events = parts.events;
  }

  /** A device that was closed by command is passed on again when its member opens it. @param changed - Absent: as it was. */
  report(room: RtcRoom, member: RtcMember, changed: { [Device in keyof Devices]?: boolean | undefined }): void {
    const before = member.devices ?? devicesOf(room, member);
    member.devices = {
      camera: changed.camera ?? before.camera,
      microphone: changed.microphone ?? before.microphone,
    };
    for (const device of ['microphone', 'camera'] as const) {
      const isOpen = changed[device];
      if (isOpen === undefined) continue;
      if (isOpen) this.#commands.open(room, member.uid, device);
      this.#events.emit('deviceReported', room, member, device, isOpen);
    }
  }
}
