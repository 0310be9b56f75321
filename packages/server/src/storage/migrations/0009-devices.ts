/**
 * Where offline pushes go, and which are not wanted: a row of `push_options` mutes one message type of one conversation,
 * 0 all of its types. `type` is 0 for a user, 1 for a group.
 */
export const devices = {
  number: 9,
  name: 'devices',
  sql: `
    create table devices (
      project int4 not null,
      uid int8 not null,
      token bytea not null,
      app_type bytea not null,
      primary key (project, uid, token)
    );

    create table push_options (
      project int4 not null,
      uid int8 not null,
      type int2 not null,
      xid int8 not null,
      mtype int2 not null,
      primary key (project, uid, type, xid, mtype)
    );
  `,
};
