import type { Chronicle, SentMessage, Tick } from './chronicle.ts';
import type { WalkForm } from './commands.ts';
import { type PageRequest, timeOf } from './conversation-model.ts';
import type { Page, Unit } from './wire-conversation.ts';

export type RecordedPage = { readonly askedAt: Tick; readonly answeredAt: Tick; readonly page: Page };

/** A walk from its first page to its end. */
export type RecordedWalk = {
  readonly request: PageRequest;
  readonly form: WalkForm;
  readonly pages: readonly RecordedPage[];
};

/**
 * Every way in which a walk breaks the promise of complete paging, in words; empty when it keeps it:
 *
 * - ids rise (or fall, backward) strictly over all pages, so nothing comes twice, and each unit fits the request;
 * - a unit shows what was stored: sender, time and id as for every other reader, and a content that was valid then;
 * - nothing comes whose removal was answered before its page was asked for;
 * - what was answered before the walk began, and not removed before it ended, is there;
 * - forward, so is what was answered before the last page was asked for, up to the walk's end: the last page is the one
 *   that finds nothing more, and ids rise in the order of commits;
 * - backward, what was sent after the first page is not there: the walk moves away from it.
 */
export function faultsIn(walk: RecordedWalk, chronicle: Chronicle): string[] {
  const { request, form, pages } = walk;
  return [
    ...pages.flatMap((recorded) => faultsInPage(recorded, walk, chronicle)),
    ...faultsInOrder(
      pages.flatMap(({ page }) => page.units),
      request.desc,
    ),
    ...faultsInCursors(walk),
    ...missing(walk, chronicle),
    ...(request.desc ? tooNew(walk, chronicle) : []),
  ].map(
    (fault) => `${fault}, ${request.desc ? 'backward' : 'forward'} by ${request.num}, ${form.cursor}, ${form.until}`,
  );
}

function faultsInPage({ askedAt, answeredAt, page }: RecordedPage, walk: RecordedWalk, chronicle: Chronicle): string[] {
  return page.units.flatMap((unit) => {
    const sent = chronicle.find(unit);
    const name = `message ${unit.mid} from ${unit.from} with id ${unit.id}`;
    if (sent === undefined) return [`${name} was never sent`];
    const faults: string[] = [];
    if (sent.mtime !== undefined && sent.mtime !== unit.mtime) faults.push(`${name} has mtime ${unit.mtime}`);
    if (unit.mtype !== sent.message.mtype) faults.push(`${name} has mtype ${unit.mtype}`);
    if (!fits(unit, walk.request)) faults.push(`${name} does not fit the request`);
    if (sent.sentAt > answeredAt) faults.push(`${name} came before it was sent`);
    if (chronicle.isSurelyGone(sent, askedAt)) faults.push(`${name} came after its removal was answered`);
    if (!chronicle.contentsBetween(sent, askedAt, answeredAt).includes(unit.content)) {
      faults.push(`${name} says ${unit.content}, which is not what it said then`);
    }
    return faults;
  });
}

function faultsInOrder(units: readonly Unit[], isDescending: boolean): string[] {
  return units.slice(1).flatMap((unit, index) => {
    const before = units[index]!;
    const [older, newer] = isDescending ? [unit, before] : [before, unit];
    if (older.id >= newer.id) return [`id ${unit.id} follows ${before.id}`];
    return older.mtime > newer.mtime ? [`mtime ${unit.mtime} follows ${before.mtime}`] : [];
  });
}

function faultsInCursors({ request: { desc, begin, end }, form, pages }: RecordedWalk): string[] {
  const first = pages[0]!.page;
  return pages.flatMap(({ page }, index) => {
    const before = pages[index - 1]?.page;
    const last = page.units.at(-1);
    const faults: string[] = [];
    if (page.lastid !== (last?.id ?? before?.lastid ?? 0n)) faults.push(`lastid is ${page.lastid}`);
    const isCopied = form.cursor === 'all three' && before !== undefined;
    const asked = isCopied ? { begin: before.begin, end: before.end } : { begin: timeOf(begin), end: timeOf(end) };
    if (page.begin !== (last !== undefined && !desc ? last.mtime : asked.begin)) faults.push(`begin is ${page.begin}`);
    if (desc && last !== undefined && page.end !== last.mtime) faults.push(`end is ${page.end}, not ${last.mtime}`);
    if (asked.end > 0 && (!desc || last === undefined) && page.end !== asked.end) faults.push(`end is ${page.end}`);
    if (!desc && form.cursor === 'all three' && page.end !== first.end) faults.push(`end moved to ${page.end}`);
    return faults;
  });
}

function missing({ request, form, pages }: RecordedWalk, chronicle: Chronicle): string[] {
  const [first, last] = [pages[0]!, pages.at(-1)!];
  const seen = new Set(pages.flatMap(({ page }) => page.units.map(({ from, mid }) => `${from}:${mid}`)));
  const isFixedEnd = form.cursor === 'all three';
  const isDue = (sent: SentMessage) => {
    if (sent.ackedAt < first.askedAt) return true;
    if (request.desc || sent.ackedAt > last.askedAt) return false;
    return !isFixedEnd || (sent.mtime !== undefined && sent.mtime <= first.page.end);
  };
  return chronicle.sent
    .filter((sent) => isDue(sent) && !chronicle.mayBeGone(sent, last.answeredAt))
    .filter((sent) => fitsAsSent(sent, request))
    .filter(({ message: { from, mid } }) => !seen.has(`${from}:${mid}`))
    .map(({ message: { from, mid } }) => `message ${mid} from ${from} is missing`);
}

function tooNew({ pages }: RecordedWalk, chronicle: Chronicle): string[] {
  const first = pages[0]!;
  return pages
    .flatMap(({ page }) => page.units)
    .filter((unit) => (chronicle.find(unit)?.sentAt ?? 0) > first.answeredAt)
    .map(({ mid }) => `message ${mid} was sent after the first page`);
}

function fits({ mtime, mtype }: Pick<Unit, 'mtime' | 'mtype'>, { begin, end, mtypes = [] }: PageRequest): boolean {
  const [first, last] = [timeOf(begin), timeOf(end)];
  const isInTime = (first <= 0 || mtime >= first) && (last <= 0 || mtime <= last);
  return isInTime && (mtypes.length === 0 || mtypes.includes(mtype));
}

/** Where the time is not known, bounds leave it open whether the message fits. */
function fitsAsSent({ mtime, message: { mtype } }: SentMessage, request: PageRequest): boolean {
  const hasBounds = timeOf(request.begin) > 0 || timeOf(request.end) > 0;
  if (mtime === undefined) return !hasBounds && fits({ mtime: 0, mtype }, request);
  return fits({ mtime, mtype }, request);
}
