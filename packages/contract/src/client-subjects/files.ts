import { declareMethods } from '../declaration.ts';
import { id, idList, optional, text, word } from '../declare-fields.ts';
import { FILE_COMMANDS } from '../file-commands.ts';

export const fileMethods = declareMethods('files', {
  filetoken: {
    summary: 'Gives a token for sending one file.',
    gates: ['client'],
    params: {
      cmd: word('the method of the file gate that it is for', FILE_COMMANDS),
      to: optional(id('sendfile: the receiver')),
      gid: optional(id('sendgroupfile: the group')),
      rid: optional(id('sendroomfile: the room')),
      tos: optional(
        idList('the receivers, of the first generation of SDKs; without effect', { limit: 'receiversMax' }),
      ),
    },
    answer: { token: text('the token, good for one file'), endpoint: text('the file gate, as host:port') },
    refusals: {
      keyNotFound: 'what the file is sent to is missing',
      notGroupMember: 'sendgroupfile: the caller is not a member',
      notInRoom: 'sendroomfile: the caller is not in the room',
    },
  },
});
