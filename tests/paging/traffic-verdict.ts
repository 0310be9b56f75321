import type { RawCaller } from '@parley/testkit/internal';
import type { Chronicle } from './chronicle.ts';
import { faultsIn, type RecordedWalk } from './recorded-walk.ts';
import type { Traffic } from './traffic.ts';
import type { WalkDraft } from './traffic-script.ts';
import { addressOf, readMessage, type Unit } from './wire-conversation.ts';

const NOT_FOUND = 200_070;
const WHOLE: Omit<WalkDraft, 'desc' | 'place' | 'viewer'> = {
  num: 20,
  mtypes: undefined,
  window: undefined,
  form: { cursor: 'all three', until: 'empty' },
};

/** Reads what is left once everybody has finished, and judges all that was answered. @returns every fault, in words. */
export async function judge(traffic: Traffic, callers: readonly RawCaller[]): Promise<string[]> {
  const faults = [...traffic.faults];
  for (const chronicle of traffic.chronicles) faults.push(...(await faultsInRest(traffic, chronicle, callers)));
  for (const { chronicle, walk } of traffic.walks) learnTimes(chronicle, walk);
  for (const { chronicle, walk } of traffic.walks) {
    faults.push(...faultsIn(walk, chronicle).map((fault) => `${chronicle.place.kind}: ${fault}`));
  }
  for (const chronicle of traffic.chronicles) faults.push(...faultsInOneOrder(traffic, chronicle));
  return faults;
}

/** Every reader must be shown the same, whichever server and direction, and single messages and counts must agree. */
async function faultsInRest(traffic: Traffic, chronicle: Chronicle, callers: readonly RawCaller[]): Promise<string[]> {
  const { place } = chronicle;
  const viewer = place.kind === 'p2p' ? place.users[0] : traffic.users[0];
  const faults: string[] = [];
  const forward = unitsOf(await traffic.walk(callers[0]!, chronicle, viewer, { ...WHOLE, desc: false }));
  for (const caller of callers) {
    const backward = unitsOf(await traffic.walk(caller, chronicle, viewer, { ...WHOLE, desc: true }));
    if (textOf(backward.reverse()) !== textOf(forward)) faults.push(`${place.kind}: backward differs from forward`);
  }
  const found = await Promise.all(
    chronicle.sent.map(async ({ message: { from, mid } }) => {
      const params = { mid, ...addressOf(place, from) };
      const code = await callers.at(-1)!.codeOf('getmsg', params);
      if (code === 0) return [readMessage(await callers.at(-1)!.call('getmsg', params), from, mid)];
      if (code !== NOT_FOUND) faults.push(`${place.kind}: getmsg of ${mid} gives ${code}`);
      return [];
    }),
  );
  const single = found.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
  if (textOf(single) !== textOf(forward)) faults.push(`${place.kind}: getmsg differs from history`);
  if (place.kind === 'group' || place.kind === 'room') {
    const { type, xid } = addressOf(place, viewer);
    const count = await callers[0]!.call('getmsgnum', { type, xid });
    const expected = [new Set(forward.map(({ from }) => from)).size, forward.length];
    if ([count.get('sender'), count.get('num')].join() !== expected.join())
      faults.push(`${place.kind}: the count is off`);
  }
  return faults;
}

/** sendmsgs answers one time for several conversations; history tells that of each. */
function learnTimes(chronicle: Chronicle, walk: RecordedWalk): void {
  for (const unit of unitsOf(walk)) {
    const sent = chronicle.find(unit);
    if (sent !== undefined) sent.mtime ??= unit.mtime;
  }
}

/** A message has one id for all readers, and one that was answered before another was sent comes before it. */
function faultsInOneOrder(traffic: Traffic, chronicle: Chronicle): string[] {
  const ids = new Map<string, bigint>();
  const faults: string[] = [];
  const walks = traffic.walks.filter((entry) => entry.chronicle === chronicle);
  for (const unit of walks.flatMap(({ walk }) => unitsOf(walk))) {
    const name = `${unit.from}:${unit.mid}`;
    if ((ids.get(name) ?? unit.id) !== unit.id) faults.push(`${name} has the ids ${ids.get(name)} and ${unit.id}`);
    ids.set(name, unit.id);
  }
  const sent = chronicle.sent
    .map((entry) => ({ entry, id: ids.get(`${entry.message.from}:${entry.message.mid}`) }))
    .filter((one): one is { entry: (typeof one)['entry']; id: bigint } => one.id !== undefined)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  let latestSentAt = 0;
  for (const { entry, id } of sent) {
    if (entry.ackedAt < latestSentAt) faults.push(`id ${id} was answered before one with a smaller id was sent`);
    latestSentAt = Math.max(latestSentAt, entry.sentAt);
  }
  return faults;
}

function unitsOf(walk: RecordedWalk): Unit[] {
  return walk.pages.flatMap(({ page }) => page.units);
}

function textOf(units: readonly Unit[]): string {
  return units
    .map(({ id, from, mid, mtype, content, mtime }) => [id, from, mid, mtype, content, mtime].join())
    .join('\n');
}
