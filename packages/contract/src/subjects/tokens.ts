import { declareMethods } from '../declaration.ts';
import { id, text } from '../declare-fields.ts';

const uid = id('the user');

export const tokenMethods = declareMethods('tokens', {
  gettoken: {
    summary: 'Gives a token with which a user logs in.',
    gates: ['server'],
    params: { uid },
    answer: { token: text('the token, at most 33 characters') },
    refusals: {},
  },
  removetoken: {
    summary: 'Ends all login tokens of a user.',
    gates: ['server'],
    params: { uid },
    answer: {},
    refusals: {},
  },
});
