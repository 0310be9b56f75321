import fc from 'fast-check';
import type { LiveWorld } from './live-world.ts';
import { burst, recall, repeat, sendFromBackEnd, sendFromClient } from './message-steps.ts';
import {
  changeBan,
  changeBlacklist,
  changeGroup,
  dissolveGroup,
  enterRoom,
  giveRoom,
  giveRooms,
  leaveRoom,
  lookAround,
  takeRoom,
} from './place-steps.ts';
import { kick, kickOther, logIn, logOut, reconnect } from './session-steps.ts';
import { type Step, steps } from './step.ts';
import type { WorldModel } from './world-model.ts';

/** @param clock - What the server goes by, in ms. */
export function worldCommands(clock: { now: number }, maxCommands: number): fc.Arbitrary<Iterable<Step>> {
  const moveClock = steps('wait', fc.record({ seconds: fc.constantFrom(30, 61) }), ({ seconds }) => async (model) => {
    clock.now += seconds * 1000;
    model.now += seconds;
  });
  const weighted: [number, fc.Arbitrary<Step>][] = [
    [10, logIn],
    [4, logOut],
    [2, reconnect],
    [14, sendFromClient],
    [10, sendFromBackEnd],
    [3, repeat],
    [4, burst],
    [6, enterRoom],
    [3, leaveRoom],
    [4, giveRooms],
    [2, giveRoom],
    [3, takeRoom],
    [8, changeGroup],
    [1, dissolveGroup],
    [6, changeBan],
    [2, changeBlacklist],
    [3, recall],
    [2, kick],
    [1, kickOther],
    [4, lookAround],
    [1, moveClock],
  ];
  const all = weighted.flatMap(([weight, arbitrary]) => Array.from({ length: weight }, () => arbitrary));
  return fc.commands<WorldModel, LiveWorld>(all, { maxCommands, size: 'max' }) as fc.Arbitrary<Iterable<Step>>;
}
