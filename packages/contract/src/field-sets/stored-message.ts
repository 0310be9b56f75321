import { CONVERSATION_TYPE_LABELS, type ConversationType } from '../conversation-types.ts';
import { body, choice, id, int8, text, timeMs } from '../declare-fields.ts';

/** The kind of conversation, out of those allowed. */
export function conversationType<const N extends ConversationType>(allowed: readonly N[]) {
  return choice('kind of conversation', { allowed, labels: CONVERSATION_TYPE_LABELS, wire: 'int8' });
}

/** Any kind of conversation. */
export const anyConversation = conversationType([1, 2, 3, 4]);

/** How one stored message is named. */
export const address = {
  mid: id('the message'),
  from: id('its sender'),
  xid: id('the receiver, group or room it went to; 0 for broadcast'),
};

export const storedAttrs = text('free text beside the content', {
  limit: 'attrsMaxBytes',
  refusal: 'largeMessageOrAttrs',
});

/** What getmsg answers. */
export const storedMessage = {
  id: id('cursor id'),
  mtype: int8('message type'),
  msg: body('the content, str or bin as it was sent'),
  attrs: storedAttrs,
  mtime: timeMs('when the server accepted the message'),
};

export const messageNotFound = 'there is no such message, or it was deleted';
