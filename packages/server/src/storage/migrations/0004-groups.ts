/** Groups: one row with the member count, which is also what joins lock, and a row per member. */
export const groups = {
  number: 4,
  name: 'groups',
  sql: `
    create table groups (
      project int4 not null,
      gid int8 not null,
      members int4 not null,
      primary key (project, gid)
    );

    create table group_members (
      project int4 not null,
      gid int8 not null,
      uid int8 not null,
      primary key (project, gid, uid)
    );
    create index group_members_by_user on group_members (project, uid);
  `,
};
