import { declareMethods } from '../declaration.ts';
import { defaulted, flag, id, int32, optional, text, textMap, timeMs, timeSeconds } from '../declare-fields.ts';

const short = (meaning: string) => optional(text(meaning, { limit: 'shortTextMaxBytes' }));

export const sessionMethods = declareMethods('session', {
  auth: {
    summary: 'Logs the connection in.',
    gates: ['client'],
    params: {
      pid: int32('project id', { refusal: 'invalidPidOrUid' }),
      uid: id('the user'),
      token: text('the login token that a back end got for the user, or one that the back end made itself'),
      version: short('the SDK and its version, such as `WebSocket_2.7.6`; decides between forms of answers and pushes'),
      lang: short('target language of chat translation; missing or empty is none'),
      attrs: optional(textMap('attributes of the connection, as for addattrs')),
      device: short('brand and model'),
      ts: optional(timeSeconds('when a token that the back end made was issued; 0 is none')),
      authv: defaulted(int32('kind of token: 2 made by the back end itself, everything else made by gettoken'), 1),
    },
    answer: { ok: flag('false: the token is wrong or has expired') },
    refusals: {
      invalidPidOrUid: 'the project is unknown, or `uid` is not above 0',
      invalidServerTime: '`ts` lies too far from the clock of the server',
      duplicatedAuth: 'the connection is logged in already',
      authDenied: 'the user is on the black list of the project',
    },
    notes:
      'A wrong token is answered with `ok` false and never with an error, and the connection is closed then: after an ' +
      'error at a later login the browser SDK never tries again and does not tell the application.',
  },
  bye: {
    summary: 'Logs out.',
    gates: ['client'],
    params: {},
    answer: {},
    refusals: {},
    notes: 'The client closes the connection when the answer is there.',
  },
  ping: {
    summary: 'Does nothing; SDKs of the first generation keep the connection alive with it.',
    gates: ['client'],
    params: {},
    answer: {},
    refusals: {},
  },
  kickout: {
    summary: 'Closes another connection of the same user.',
    gates: ['client'],
    params: { ce: text('name of the connection, from getattrs', { limit: 'shortTextMaxBytes' }) },
    answer: {},
    refusals: { kickoutSelf: '`ce` names the connection itself' },
  },
  getservertime: {
    summary:
      'Tells the time of the server. Messages that are stored already are not later than it; messages that are sent after the answer are.',
    gates: ['client'],
    params: {},
    answer: { mts: timeMs('the time') },
    refusals: {},
  },
});
