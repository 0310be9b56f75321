/**
 * Bans of every kind in one table: from rooms (`room`), from groups (`group`), from speaking anywhere (`project`), from
 * logging in (`login`). Place 0 stands for all places; `expires_at` is epoch milliseconds, null for ever.
 */
export const bans = {
  number: 5,
  name: 'bans',
  sql: `
    create table bans (
      project int4 not null,
      kind text not null check (kind in ('room', 'group', 'project', 'login')),
      uid int8 not null,
      place int8 not null,
      expires_at int8,
      primary key (project, kind, uid, place)
    );
    create index bans_ending on bans (expires_at) where expires_at is not null;
  `,
};
