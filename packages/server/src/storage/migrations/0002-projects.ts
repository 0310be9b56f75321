/** Tenants: the id and secret that sign calls, and their switches as JSON. */
export const projects = {
  number: 2,
  name: 'projects',
  sql: `
    create table projects (
      pid int4 primary key,
      secret text not null,
      settings jsonb not null default '{}'
    );
  `,
};
