import type { FpnnError, RawString, WireValue } from '@parley/fpnn';
import type { Address } from '@parley/server';
import { RawCaller, type Signer } from '@parley/testkit/internal';
import { expect } from 'vitest';

/** The group that all of these messages go to. */
export const GID = 7;

let lastMid = 0;

/** Parameters of a new message to the group. */
export function message() {
  lastMid += 1;
  return { from: 1, gid: GID, mid: lastMid, mtype: 30, msg: `message ${lastMid}`, attrs: '' };
}

/** Many senders, each of which sends its next message when the last one is answered, until the server closes. */
export async function startLoad(serverGate: Address, signer: Signer) {
  const acknowledged: number[] = [];
  const codes = new Set<number>();
  let wake = () => {};
  const send = async (caller: RawCaller): Promise<void> => {
    for (;;) {
      const next = message();
      try {
        await caller.call('sendgroupmsg', next);
      } catch (error) {
        codes.add((error as FpnnError).code);
        return;
      }
      acknowledged.push(next.mid);
      wake();
    }
  };
  const callers = await Promise.all(Array.from({ length: 4 }, () => RawCaller.connect(serverGate, signer)));
  return {
    acknowledged,
    /** What the calls failed with that were not answered. */
    codes,
    ended: Promise.all(callers.flatMap((caller) => Array.from({ length: 8 }, () => send(caller)))),
    async hasAcknowledged(count: number): Promise<void> {
      while (acknowledged.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** The mids of all messages of the group, whose content must be their own. */
export async function allMids(serverGate: Address, signer: Signer): Promise<Set<number>> {
  const caller = await RawCaller.connect(serverGate, signer);
  const mids = new Set<number>();
  let cursor = { begin: 0, end: 0, lastid: 0 };
  for (let num = 20; num > 0; ) {
    const page = await caller.call('getgroupmsg', { gid: GID, desc: false, num: 20, ...cursor });
    for (const unit of page.get('msgs') as WireValue[][]) {
      expect((unit[5] as RawString).text).toBe(`message ${unit[3]}`);
      mids.add(Number(unit[3]));
    }
    num = Number(page.get('num'));
    cursor = { begin: Number(page.get('begin')), end: Number(page.get('end')), lastid: Number(page.get('lastid')) };
  }
  caller.close();
  return mids;
}
