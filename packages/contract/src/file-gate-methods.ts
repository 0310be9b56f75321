import { declareMethods } from './declaration.ts';
import { defaulted, fileBody, id, idList, int8, int32, optional, text, timeMs } from './declare-fields.ts';
import { p2pRefusals, sendRefusals } from './field-sets/message.ts';
import { FILE_MTYPE_MAX, FILE_MTYPE_MIN } from './mtypes.ts';

const mtype = int8('file type: 40 image, 41 audio, 42 video, 50 any; 50 becomes what the content is known to be', {
  min: FILE_MTYPE_MIN,
  max: FILE_MTYPE_MAX,
  refusal: 'invalidFileMtype',
});
const origin = { mtype, from: id('the sender') };
const mid = id('message id made by the caller, unique inside the conversation');

/** The last parameters of every method; those before them say what it is and where it goes. */
const content = {
  file: fileBody('the file'),
  attrs: text('JSON text with the sign and details of the file', {
    limit: 'attrsMaxBytes',
    refusal: 'largeFileOrAttrs',
  }),
  endpoint: optional(text('the file gate, which browser SDKs tell their proxy; without effect')),
};
const sent = { mid, ...content };
const answer = { mtime: timeMs('when the server accepted the message') };

/** Every method of the file gate, by wire name. */
export const fileGateMethods = {
  ...declareMethods('files', {
    sendfile: {
      summary: 'Sends a file from one user to another.',
      gates: ['file'],
      params: { ...origin, to: id('the receiver'), ...sent },
      answer,
      refusals: p2pRefusals,
    },
    sendfiles: {
      summary: 'Sends the same file from one user to many.',
      gates: ['file'],
      params: { ...origin, tos: idList('the receivers', { limit: 'receiversMax' }), ...sent },
      answer,
      refusals: p2pRefusals,
      notes: 'All receivers get it or none. One `mid` is shared by all the conversations.',
    },
    sendgroupfile: {
      summary: 'Sends a file to all members of a group.',
      gates: ['file'],
      params: { ...origin, gid: id('the group'), ...sent },
      answer,
      refusals: {
        ...sendRefusals,
        notGroupMember: 'the sender is not a member; with a token of the server gate where the project demands it',
        bannedInGroup: 'the sender is banned in the group, in all groups or in the whole project',
      },
    },
    sendroomfile: {
      summary: 'Sends a file to everybody who is in a room.',
      gates: ['file'],
      params: { ...origin, rid: id('the room'), ...sent },
      answer,
      refusals: {
        ...sendRefusals,
        notInRoom: 'the sender is not in the room; with a token of the server gate where the project demands it',
        bannedInRoom: 'the sender is banned in the room, in all rooms or in the whole project',
      },
    },
    broadcastfile: {
      summary: 'Sends a file to every user of the project.',
      gates: ['file'],
      params: { ...origin, ...sent },
      answer,
      refusals: {
        ...sendRefusals,
        adminOnly: 'the project names the users who may broadcast, and the sender is none of them',
        blockUser: p2pRefusals.blockUser,
      },
      notes: 'Only with a token of the server gate.',
    },
    uploadfile: {
      summary: 'Stores a file without sending it.',
      gates: ['file'],
      params: {
        mtype: defaulted(mtype, FILE_MTYPE_MAX),
        uid: id('who uploads'),
        from: optional(id('the same, as some SDKs send it; without effect')),
        mid: optional(id('without effect')),
        ...content,
      },
      answer: { url: text('where it can be downloaded'), size: int32('its bytes') },
      refusals: { blockUser: 'the user is muted in the whole project' },
      notes: 'Only with a token of the client gate.',
    },
  }),
} as const;

export type FileGateMethodName = keyof typeof fileGateMethods;

/** Whether `name` is a method of the file gate, with its exact letter case. */
export function isFileGateMethodName(name: string): name is FileGateMethodName {
  return Object.hasOwn(fileGateMethods, name);
}
