/**
 * Files: one row from before the first byte is stored until after the last is removed, so that no byte is ever without
 * one.
 *
 * `origin` is the digest of what a repeated send has in common; null once the file is to be removed. `state`: 0 its bytes
 * may not be there yet, 1 they are, 2 they are being removed. `needs_message`: it can be read as long as a message names
 * it; otherwise until `keep_until`. Before `keep_until` no file is removed. Times are in ms.
 */
export const files = {
  number: 12,
  name: 'files',
  sql: `
    create table files (
      id int8 generated always as identity primary key,
      project int4 not null,
      name text not null unique,
      origin bytea unique,
      sender int8 not null,
      mid int8 not null,
      state int2 not null default 0,
      size int4 not null,
      content_type text not null,
      filename text,
      thumbnail_size int4,
      needs_message bool not null,
      keep_until int8 not null
    ) with (autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000);
    create index files_removed on files (id) where state = 2;
  `,
};
