/** Rooms: who was put into one by the server API. Who entered by a connection of its own is in memory only. */
export const rooms = {
  number: 3,
  name: 'rooms',
  sql: `
    create table room_members (
      project int4 not null,
      rid int8 not null,
      uid int8 not null,
      primary key (project, rid, uid)
    );
    create index room_members_by_user on room_members (project, uid);
  `,
};
