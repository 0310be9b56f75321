import { declareMethods } from '../declaration.ts';
import { id } from '../declare-fields.ts';
import { appType, deviceToken, pushOption, pushOptions } from '../field-sets/push-options.ts';

const uid = id('the user');

export const deviceMethods = declareMethods('devices', {
  adddevice: {
    summary: 'Registers a device of a user for offline pushes.',
    gates: ['server'],
    params: { uid, apptype: appType, devicetoken: deviceToken },
    answer: {},
    refusals: { invalidParameter: 'the user would have more than devicesPerUserMax devices' },
  },
  removedevice: {
    summary: 'Removes a device of a user.',
    gates: ['server'],
    params: { uid, devicetoken: deviceToken },
    answer: {},
    refusals: {},
  },
  addoption: {
    summary: 'Mutes offline pushes of a conversation for a user.',
    gates: ['server'],
    params: { uid, ...pushOption },
    answer: {},
    refusals: { invalidParameter: 'the user would have muted more than pushOptionsPerUserMax message types' },
  },
  removeoption: {
    summary: 'Lets offline pushes of a conversation through again.',
    gates: ['server'],
    params: { uid, ...pushOption },
    answer: {},
    refusals: {},
  },
  getoption: {
    summary: 'Lists what a user has muted.',
    gates: ['server'],
    params: { uid },
    answer: pushOptions,
    refusals: {},
  },
});
