import { declareMethods } from '../declaration.ts';
import { text } from '../declare-fields.ts';
import { DEBUG_LINES_PER_SECOND } from '../fixed-limits.ts';

const refusal = 'largeMessageOrAttrs';

export const debugLogMethods = declareMethods('debug-log', {
  adddebuglog: {
    summary: 'Writes a line into the log of the server.',
    gates: ['client'],
    params: {
      msg: text('the line', { limit: 'messageMaxBytes', refusal }),
      attrs: text('free text beside it', { limit: 'attrsMaxBytes', refusal }),
    },
    answer: {},
    refusals: {},
    notes: `A connection may write ${DEBUG_LINES_PER_SECOND} lines per second; more are refused with 200010.`,
  },
});
