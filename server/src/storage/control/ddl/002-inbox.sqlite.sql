create table inbox_counter (
  one integer primary key check (one = 1),
  -- The last number given; every number up to it was acknowledged.
  seq integer not null,
  -- What waits.
  events integer not null,
  bytes integer not null,
  -- How many ids each generation of the window holds.
  ids integer not null,
  older_ids integer not null,
  -- When the latest entry was taken, and since when each generation remembers; epoch milliseconds.
  latest integer not null,
  current_since integer not null,
  older_since integer not null
) strict;
insert into inbox_counter values (1, 0, 0, 0, 0, 0, 0, 0, 0);

create table inbox_mover (
  one integer primary key check (one = 1),
  holder text not null,
  fence integer not null,
  held_until integer not null,
  watermark integer not null
) strict;
insert into inbox_mover values (1, '', 0, 0, 0);

-- Waiting events of one realm with numbers in a row, a line each. The body stands last, so that heads are read alone.
create table inbox_block (
  last_seq integer primary key,
  first_seq integer not null,
  tenant_id text not null,
  community_id text not null,
  received_at integer not null,
  events integer not null,
  bytes integer not null,
  body text not null
) strict;

create table inbox_part (
  token text primary key,
  place integer not null,
  first_seq integer not null,
  last_seq integer not null,
  month integer not null,
  without text not null
) strict;

-- Numbers that were set aside and whose block is not yet settled.
create table inbox_void (seq integer primary key) strict;

create table inbox_set_aside (
  seq integer primary key,
  tenant_id text not null,
  community_id text not null,
  event_ts integer not null,
  reason text not null,
  set_aside_at integer not null,
  identity text not null,
  body text not null
) strict;
create index inbox_set_aside_realm on inbox_set_aside (tenant_id, community_id, seq);

-- The two generations of the id window; the older is dropped whole.
create table id_current (id blob primary key, body blob not null) strict, without rowid;
create table id_older (id blob primary key, body blob not null) strict, without rowid;
