import type { Refusals } from '../declaration.ts';
import { body, defaulted, id, mtype, text, timeMs } from '../declare-fields.ts';

/** The type of a message that is sent. */
export const sentMtype = mtype('message type: 30 text, 31 audio, 32 command, 40..50 files, 51..127 for applications');

/** What every message has beside its type and its place. */
export const message = {
  mid: id('message id made by the caller, unique inside the conversation'),
  msg: body('the content; str stays str and bin stays bin for the receivers'),
  attrs: defaulted(
    text('free text beside the content, JSON advised', { limit: 'attrsMaxBytes', refusal: 'largeMessageOrAttrs' }),
    '',
  ),
};

/** The answer of every send. */
export const stored = { mtime: timeMs('when the server accepted the message') };

/** What any send may be answered. */
export const sendRefusals = {
  refreshScreenLimited: 'the sender floods the conversation',
  duplicatedMid: 'the sender used `mid` for other content in this conversation; a repeat gets the first `mtime`',
  sensitiveWords: 'the text has words that the project forbids',
  profanityStop: 'the content check refuses the text',
} as const satisfies Refusals;

/** What a send from user to user may be answered. */
export const p2pRefusals = {
  ...sendRefusals,
  notFriend: 'the project demands friendship and there is none',
  blockedUser: 'the receiver has blocked the sender',
  sendToSelf: 'sender and receiver are the same user',
  blockUser: 'the sender is muted in the whole project',
} as const satisfies Refusals;
