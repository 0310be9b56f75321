/**
 * Users that a user has on a list. Friendship is mutual and stands there from both sides; in `blacks`, `uid` refuses
 * what `other` sends.
 */
export const userLists = {
  number: 7,
  name: 'user-lists',
  sql: `
    create table friends (
      project int4 not null,
      uid int8 not null,
      other int8 not null,
      primary key (project, uid, other)
    );

    create table blacks (
      project int4 not null,
      uid int8 not null,
      other int8 not null,
      primary key (project, uid, other)
    );
  `,
};
