import { declareMethods } from '../declaration.ts';
import { dataKey, dataValue, foundData } from '../field-sets/user-data.ts';

export const clientData = declareMethods('data', {
  dataset: {
    summary: 'Keeps a text for the caller under a key.',
    gates: ['client'],
    params: { key: dataKey, val: dataValue },
    answer: {},
    refusals: { invalidParameter: 'the caller would have more than dataKeysPerUserMax keys' },
  },
  dataget: {
    summary: 'Reads what is kept for the caller under a key.',
    gates: ['client'],
    params: { key: dataKey },
    answer: foundData,
    refusals: {},
  },
  datadel: {
    summary: 'Removes what is kept for the caller under a key.',
    gates: ['client'],
    params: { key: dataKey },
    answer: {},
    refusals: {},
  },
});
