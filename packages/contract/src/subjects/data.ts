import { declareMethods } from '../declaration.ts';
import { id } from '../declare-fields.ts';
import { dataKey, dataValue, foundData } from '../field-sets/user-data.ts';

const uid = id('the user');

export const dataMethods = declareMethods('data', {
  dataget: {
    summary: 'Reads what is kept for a user under a key.',
    gates: ['server'],
    params: { uid, key: dataKey },
    answer: foundData,
    refusals: {},
  },
  dataset: {
    summary: 'Keeps a text for a user under a key.',
    gates: ['server'],
    params: { uid, key: dataKey, val: dataValue },
    answer: {},
    refusals: { invalidParameter: 'the user would have more than dataKeysPerUserMax keys' },
  },
  datadel: {
    summary: 'Removes what is kept for a user under a key.',
    gates: ['server'],
    params: { uid, key: dataKey },
    answer: {},
    refusals: {},
  },
});
