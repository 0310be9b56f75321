import type { Refusals } from './declaration.ts';

/** What any quest on the client gate may be answered, whatever its method. */
export const CLIENT_COMMON_REFUSALS = {
  keyNotFound: 'a required parameter is missing or nil',
  typeConvert: 'a parameter has the wrong type, or is an integer outside int64',
  fpnnUnknown: 'the method failed without an answer of its own',
  unknownMethod: 'the gate does not know the method',
  workQueueFull: 'the server is overloaded',
  serverStopping: 'the server is shutting down',
  frequencyLimited: 'the user calls too often',
  forbiddenMethod: 'the method is switched off for the project',
  unauthorized: 'the connection is not logged in',
  unknownError: 'the server failed; its log says why',
} satisfies Refusals;
