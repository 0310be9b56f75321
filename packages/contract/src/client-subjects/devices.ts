import { declareMethods } from '../declaration.ts';
import { optional, text } from '../declare-fields.ts';
import { appType, deviceToken, pushOption, pushOptions } from '../field-sets/push-options.ts';

const tag = optional(text('tag of the device; without effect', { limit: 'shortTextMaxBytes' }));

export const clientDevices = declareMethods('devices', {
  adddevice: {
    summary: 'Registers the device of the caller for offline pushes.',
    gates: ['client'],
    params: { apptype: appType, devicetoken: deviceToken, tag },
    answer: {},
    refusals: { invalidParameter: 'the caller would have more than devicesPerUserMax devices' },
  },
  removedevice: {
    summary: 'Removes a device of the caller.',
    gates: ['client'],
    params: { devicetoken: deviceToken, tag },
    answer: {},
    refusals: {},
  },
  addoption: {
    summary: 'Mutes offline pushes of a conversation for the caller.',
    gates: ['client'],
    params: pushOption,
    answer: {},
    refusals: { invalidParameter: 'the caller would have muted more than pushOptionsPerUserMax message types' },
  },
  removeoption: {
    summary: 'Lets offline pushes of a conversation through again.',
    gates: ['client'],
    params: pushOption,
    answer: {},
    refusals: {},
  },
  getoption: {
    summary: 'Lists what the caller has muted.',
    gates: ['client'],
    params: {},
    answer: pushOptions,
    refusals: {},
  },
});
