import { defaulted, flag, id, int16, mtypeList, optional, timeMs } from '../declare-fields.ts';

/** The span of time that a page or a count lies in. */
export const span = {
  begin: defaulted(timeMs('earliest `mtime`, inclusive; 0 or less is no bound'), 0),
  end: defaulted(timeMs('latest `mtime`, inclusive; 0 or less is the present'), 0),
};

/** Filters messages by type. */
export const mtypes = optional(mtypeList('only these message types; missing or empty filters nothing'));

/** Which way a page goes, and how long it is. */
export const course = {
  desc: flag('false: forward from `begin`; true: backward from `end`'),
  num: int16('messages wanted; 10 is usual', { min: 1, loweredTo: 'historyPageMax' }),
};

/** What picks a page. */
export const page = {
  ...course,
  ...span,
  lastid: defaulted(id('cursor id of the last page, exclusive; 0 on the first page'), 0n),
  mtypes,
};

/** What leads to the next page. */
export const nextPage = {
  num: int16('units in `msgs`'),
  lastid: id('pass it on for the next page'),
  begin: timeMs('pass it on for the next page'),
  end: timeMs('pass it on for the next page'),
};
