import { declareMethods } from '../declaration.ts';
import { attrs, textMap } from '../declare-fields.ts';

export const attributeMethods = declareMethods('attributes', {
  addattrs: {
    summary: 'Gives attributes to the connection.',
    gates: ['client'],
    params: { attrs: textMap('texts by name; those of the same name are replaced, the others stay') },
    answer: {},
    refusals: { tooManyItemsInParameters: 'the connection would have more than attrsEntriesMax attributes' },
  },
  getattrs: {
    summary: 'Reads the attributes of the connections of the caller.',
    gates: ['client'],
    params: {},
    answer: { attrs: attrs('the attributes of this connection, or a list with those of each connection of the user') },
    refusals: {},
    notes:
      'SDKs whose `version` starts with `C#`, `Unity` or `Unreal`, and those without one, read a map; the others a list. ' +
      'Each map of the list also has `login`, the time of the login, `my`, which marks the connection that asks, and `ce`, ' +
      'its name for kickout; all of them texts.',
  },
});
