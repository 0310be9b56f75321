/** How often the login tokens of a user were taken back. A token is made for one generation and ends with it. */
export const tokenGenerations = {
  number: 10,
  name: 'token-generations',
  sql: `
    create table token_generations (
      project int4 not null,
      uid int8 not null,
      generation int8 not null,
      primary key (project, uid)
    );
  `,
};
