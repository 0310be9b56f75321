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
      tos: optional(idList('sendfiles: the receivers', { limit: 'receiversMax' })),
    },
    answer: { token: text('the token, good for one file'), endpoint: text('the file gate, as host:port') },
    refusals: { keyNotFound: 'what the file is sent to is missing' },
    notes: 'Whether the file may be sent is checked when it comes.',
  },
});
