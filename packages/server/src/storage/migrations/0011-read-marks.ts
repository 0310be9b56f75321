/**
 * What users have read, and the conversations that they took out of their lists. Conversations of a user are found among
 * `conversations` itself: sending a message writes nothing for it.
 *
 * `user_marks`: everything up to the later of both times counts as read. `conversation_marks` is the same for one
 * conversation; with `hidden_id` set it is out of the user's list until it holds a message with a larger id.
 */
export const readMarks = {
  number: 11,
  name: 'read-marks',
  sql: `
    create index conversations_by_high on conversations (project, high) where type = 1;

    create table user_marks (
      project int4 not null,
      uid int8 not null,
      logout_mtime int8 not null,
      cleared_mtime int8 not null,
      primary key (project, uid)
    ) with (fillfactor = 80, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000);

    create table conversation_marks (
      conversation int8 not null,
      uid int8 not null,
      read_mtime int8 not null,
      hidden_id int8,
      primary key (conversation, uid)
    ) with (fillfactor = 80, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000);
  `,
};
