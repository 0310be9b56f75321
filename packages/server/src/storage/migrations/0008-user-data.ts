/** Values that a user keeps under keys of its own. */
export const userData = {
  number: 8,
  name: 'user-data',
  sql: `
    create table user_data (
      project int4 not null,
      uid int8 not null,
      key bytea not null,
      val bytea not null,
      primary key (project, uid, key)
    );
  `,
};
