import { idMap, optional, text } from '../declare-fields.ts';

const given = (meaning: string) => optional(text(`${meaning}; missing leaves it as it is`, { limit: 'infoMaxBytes' }));

/** What sets the infos of a room, a group or a user. */
export const givenInfos = { oinfo: given('public info'), pinfo: given('private info') };

/** The public info alone. */
export const openInfo = { oinfo: text('public info, "" when unset') };

/** Both infos. */
export const infos = { ...openInfo, pinfo: text('private info, "" when unset') };

/** The public infos of many. */
export const openInfos = {
  info: idMap('public infos by id, with every id asked for; "" when unset', text('public info')),
};
