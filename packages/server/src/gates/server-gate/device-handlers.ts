import type { DeviceService } from '../../devices/device-service.ts';
import { type Handlers, NOTHING } from './handler.ts';

type Methods = 'adddevice' | 'removedevice' | 'addoption' | 'removeoption' | 'getoption';

export function deviceHandlers(devices: DeviceService): Handlers<Methods> {
  return {
    adddevice: async (project, { uid, apptype, devicetoken }) => {
      await devices.add(project, uid, { appType: apptype.bytes, token: devicetoken.bytes });
      return NOTHING;
    },
    removedevice: async (project, { uid, devicetoken }) => {
      await devices.remove(project, uid, devicetoken.bytes);
      return NOTHING;
    },
    addoption: async (project, { uid, type, xid, mtypes }) => {
      await devices.mute(project, uid, { type, xid }, mtypes ?? []);
      return NOTHING;
    },
    removeoption: async (project, { uid, type, xid, mtypes }) => {
      await devices.unmute(project, uid, { type, xid }, mtypes ?? []);
      return NOTHING;
    },
    getoption: async (project, { uid }) => devices.muted(project, uid),
  };
}
