/**
 * Conversations, their messages, and the numbers that order them.
 *
 * `conversation_heads` holds the last id and time given out. Whoever writes takes the next ones from that row and keeps
 * it locked until the commit, so that inside a conversation ids rise in commit order and times never fall. That lets a
 * time be turned into an id by binary search (`first_id_at_or_after`), and no index on times is needed.
 *
 * `messages.is_removed` marks a tombstone: content gone, row kept while its sender may still repeat it.
 * `first_digest` is the digest of what was first sent, kept once the content was edited or removed; empty before.
 * The key that recognises repeats begins with mid because mids begin with a clock: new rows go to the right edge of the
 * index, which costs a fifth less of the whole write than an order that scatters them.
 *
 * The autovacuum thresholds keep statistics of nearly empty tables away from the planner: it would choose sequential
 * scans for prepared statements and keep them while the tables grow. The scale factors hand space of deleted rows to new
 * ones early.
 */
export const messages = {
  number: 1,
  name: 'messages',
  sql: `
    create table conversations (
      id int8 generated always as identity primary key,
      project int4 not null,
      type int2 not null,
      low int8 not null,
      high int8 not null,
      unique (project, type, low, high)
    ) with (autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000);

    create table conversation_heads (
      conversation int8 primary key,
      last_id int8 not null,
      last_mtime int8 not null
    ) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_threshold = 1000);

    create table messages (
      conversation int8 not null,
      id int8 not null,
      sender int8 not null,
      mid int8 not null,
      mtime int8 not null,
      mtype int2 not null check (mtype between 0 and 127),
      is_binary bool not null,
      is_removed bool not null default false,
      body bytea not null,
      attrs bytea not null,
      first_digest bytea not null default '',
      primary key (conversation, id),
      unique (mid, sender, conversation)
    ) with (
      autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05,
      autovacuum_analyze_threshold = 1000
    );
    create index messages_removed on messages (mtime) where is_removed;

    create table storage_tasks (
      name text primary key,
      due int8 not null
    );

    -- What is compared when a message is repeated; contentDigest() in the server computes the same.
    create function content_digest(mtype int2, is_binary bool, body bytea, attrs bytea) returns bytea
      language sql immutable strict parallel safe
      return sha256(int2send(mtype) || boolsend(is_binary) || int4send(length(attrs)) || attrs || body);

    -- The smallest id in [low, high] below which every message of the conversation, from low on, is older than
    -- the given time. Both ends are tried first: a cursor that is followed needs one probe.
    create function first_id_at_or_after(of_conversation int8, at_mtime int8, low int8, high int8) returns int8
      language plpgsql stable strict parallel safe as $$
    declare
      middle int8;
      found_id int8;
      found_mtime int8;
    begin
      if low > 1 then
        select m.mtime into found_mtime from messages m
          where m.conversation = of_conversation and m.id >= low order by m.id limit 1;
        if found_mtime >= at_mtime then return low; end if;
      end if;
      if high < 9223372036854775807 then
        select m.mtime into found_mtime from messages m
          where m.conversation = of_conversation and m.id < high order by m.id desc limit 1;
        if found_mtime < at_mtime then return high; end if;
      end if;
      select h.last_id + 1, h.last_mtime into found_id, found_mtime from conversation_heads h
        where h.conversation = of_conversation;
      high := greatest(low, least(high, found_id));
      if found_mtime < at_mtime then return high; end if;
      while low < high loop
        middle := low + (high - low) / 2;
        select m.id, m.mtime into found_id, found_mtime from messages m
          where m.conversation = of_conversation and m.id >= middle and m.id < high order by m.id limit 1;
        if found_mtime < at_mtime then low := found_id + 1; else high := middle; end if;
      end loop;
      return low;
    end $$;
  `,
};
