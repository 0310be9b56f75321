/** The public and the private info of rooms, groups and users, in one table. */
export const infos = {
  number: 6,
  name: 'infos',
  sql: `
    create table infos (
      project int4 not null,
      kind text not null check (kind in ('room', 'group', 'user')),
      id int8 not null,
      oinfo bytea not null,
      pinfo bytea not null,
      primary key (project, kind, id)
    );
  `,
};
