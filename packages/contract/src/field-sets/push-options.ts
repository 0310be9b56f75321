import { alsoNamed, choice, id, idMap, mtypeList, optional, text } from '../declare-fields.ts';
import { PUSH_OPTION_TYPE_LABELS } from '../push-option-types.ts';

/** The app on a device. */
export const appType = text('how pushes reach the app, such as fcm or apns', { limit: 'shortTextMaxBytes' });

/** The device as the push service names it. */
export const deviceToken = text('what the push service calls the app on the device', { limit: 'deviceTokenMaxBytes' });

/** Which pushes an option is about. */
export const pushOption = {
  type: choice('kind of conversation, numbered otherwise than elsewhere', {
    allowed: [0, 1],
    labels: PUSH_OPTION_TYPE_LABELS,
    wire: 'int8',
  }),
  xid: id('the user or the group'),
  // The C++ SDK sends the list under the other name.
  mtypes: optional(alsoNamed(mtypeList('these message types; missing, empty or with a 0: all', { min: 0 }), 'mtype')),
};

/** All options of a user. */
export const pushOptions = {
  p2p: idMap('muted message types by user; 0 stands for all', mtypeList('the types', { min: 0 })),
  group: idMap('muted message types by group; 0 stands for all', mtypeList('the types', { min: 0 })),
};
