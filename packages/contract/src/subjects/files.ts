import { declareMethods } from '../declaration.ts';
import { id, idList, optional, text, word } from '../declare-fields.ts';
import { SERVER_FILE_COMMANDS } from '../file-commands.ts';

export const serverFileMethods = declareMethods('files', {
  filetoken: {
    summary: 'Gives a token for sending one file.',
    gates: ['server'],
    params: {
      from: id('the sender'),
      cmd: word(
        'the method of the file gate that it is for; GroupFile is sendgroupfile, BroadcastFile is broadcastfile',
        SERVER_FILE_COMMANDS,
      ),
      to: optional(id('sendfile: the receiver')),
      tos: optional(idList('sendfiles: the receivers', { limit: 'receiversMax' })),
      gid: optional(id('sendgroupfile: the group')),
      rid: optional(id('sendroomfile: the room')),
    },
    answer: { token: text('the token, good for one file'), endpoint: text('the file gate, as host:port') },
    refusals: { keyNotFound: 'what the file is sent to is missing' },
    notes: 'Targets of other commands are ignored.',
  },
});
