import { RawString } from '@parley/fpnn';
import type { RepeatChange } from './commands.ts';
import type { Entry } from './conversation-model.ts';
import { contentOf, type WireMessage } from './wire-conversation.ts';

/** The message was edited or removed. */
export function isChanged({ unit, first, isRemoved }: Entry): boolean {
  return isRemoved || unit.content !== contentOf(first.msg, first.attrs);
}

/** What its sender might send under the mid of the message once more. */
export function changed({ unit, first }: Entry, change: RepeatChange): WireMessage {
  const bytes = first.msg instanceof RawString ? first.msg.bytes : first.msg;
  switch (change) {
    case 'nothing':
      return first;
    case 'to the present':
      return { ...first, ...messageOf(unit.content) };
    case 'msg':
      return { ...first, msg: Uint8Array.of(...bytes, 1) };
    case 'attrs':
      return { ...first, attrs: `${first.attrs}1` };
    case 'mtype':
      return { ...first, mtype: first.mtype === 30 ? 31 : 30 };
    default:
      return { ...first, msg: first.msg instanceof RawString ? bytes : new RawString(bytes) };
  }
}

/** The way back from `contentOf`. */
function messageOf(content: string): Pick<WireMessage, 'msg' | 'attrs'> {
  const [, kind, hex, attrs] = /^(\w+) (\w*) (.*)$/s.exec(content)!;
  const bytes = new Uint8Array(Buffer.from(hex!, 'hex'));
  return { msg: kind === 'str' ? new RawString(bytes) : bytes, attrs: attrs! };
}
