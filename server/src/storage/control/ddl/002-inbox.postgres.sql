create table inbox_counter (
  one smallint primary key check (one = 1),
  -- The last number given. A row and not a sequence: its lock makes numbers appear in the order of commits.
  seq bigint not null,
  -- What waits.
  events bigint not null,
  bytes bigint not null,
  -- How many ids each generation of the window holds.
  ids bigint not null,
  older_ids bigint not null,
  -- When the latest entry was taken, and since when each generation remembers; epoch milliseconds.
  latest bigint not null,
  current_since bigint not null,
  older_since bigint not null
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
insert into inbox_counter values (1, 0, 0, 0, 0, 0, 0, 0, 0);

create table inbox_mover (
  one smallint primary key check (one = 1),
  holder text not null,
  fence bigint not null,
  held_until bigint not null,
  watermark bigint not null
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
insert into inbox_mover values (1, '', 0, 0, 0);

-- Waiting events of one realm with numbers in a row, a line each.
create table inbox_block (
  last_seq bigint primary key,
  first_seq bigint not null,
  tenant_id text not null,
  community_id text not null,
  received_at bigint not null,
  events bigint not null,
  bytes bigint not null,
  body text not null
) with (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 2000, toast.autovacuum_vacuum_cost_delay = 0
);
-- Bodies live for a moment: compressing them costs more than it saves.
alter table inbox_block alter column body set storage external;
create index inbox_block_realm on inbox_block (tenant_id, community_id, last_seq);

create table inbox_part (
  token text primary key,
  place bigint not null,
  first_seq bigint not null,
  last_seq bigint not null,
  month integer not null,
  without text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Numbers that were set aside and whose block is not yet settled.
create table inbox_void (seq bigint primary key);

create table inbox_set_aside (
  seq bigint primary key,
  tenant_id text not null,
  community_id text not null,
  event_ts bigint not null,
  reason text not null,
  set_aside_at bigint not null,
  identity text not null,
  body text not null
);
create index inbox_set_aside_realm on inbox_set_aside (tenant_id, community_id, seq);

-- The two generations of the id window; the older is dropped whole.
create table id_current (id uuid primary key, body uuid not null);
create table id_older (id uuid primary key, body uuid not null);

-- Commits one group of entries, those of one realm side by side: p_ids, p_bodies and p_lines hold one line an entry
-- (p_ids is empty when no entry has one), p_runs says to which of the blocks each belongs. Every step is a statement
-- of its own, so that it sees what others committed while the step before waited (READ COMMITTED).
create function inbox_append(
  p_ids text, p_bodies text, p_lines text, p_runs integer[], p_tenants text[], p_communities text[],
  p_at bigint, p_most_events bigint, p_most_bytes bigint,
  out outcomes text, out base bigint, out held_ids bigint, out held_since bigint
) language plpgsql as $$
declare
  v_lines text[] := string_to_array(p_lines, E'\n');
  v_ids uuid[];
  v_bodies uuid[];
  v_given bigint := 0;
  v_fresh uuid[] := '{}';
  v_events bigint;
  v_bytes bigint;
  v_new bigint;
  v_size bigint;
begin
  -- Shared by all who append; whoever drops a generation takes it alone.
  perform pg_advisory_xact_lock_shared(7236310);
  select events, bytes into v_events, v_bytes from inbox_counter;
  if v_events >= p_most_events then raise exception 'rows' using errcode = 'RC001'; end if;
  if v_bytes >= p_most_bytes then raise exception 'bytes' using errcode = 'RC001'; end if;

  outcomes := repeat('n', cardinality(v_lines));
  if p_ids <> '' then
    v_ids := string_to_array(p_ids, E'\n', '')::uuid[];
    v_bodies := string_to_array(p_bodies, E'\n', '')::uuid[];
    v_given := cardinality(array_remove(v_ids, null));
    -- Sorted, so that two groups never wait for each other in a circle.
    with wanted as (
      select distinct on (u.id) u.id, u.body
      from unnest(v_ids, v_bodies) with ordinality as u(id, body, n)
      where u.id is not null
      order by u.id, u.n
    ), fresh as (
      insert into id_current (id, body)
      select w.id, w.body from wanted w
      where not exists (select from id_older o where o.id = w.id)
      order by w.id
      on conflict do nothing
      returning id
    )
    select coalesce(array_agg(f.id), '{}') into v_fresh from fresh f;
    if cardinality(v_fresh) < v_given then
      select string_agg(
        case
          when e.id is null then 'n'
          when e.nth = 1 and e.id = any (v_fresh) then 'n'
          when coalesce(c.body, o.body) = e.body then 'd'
          when coalesce(c.body, o.body) is not null then 'c'
          else '?'
        end, '' order by e.n)
      into outcomes
      from (
        select u.id, u.body, u.n, row_number() over (partition by u.id order by u.n) as nth
        from unnest(v_ids, v_bodies) with ordinality as u(id, body, n)
      ) e
      left join id_current c on c.id = e.id
      left join id_older o on o.id = e.id;
      -- Known a moment ago and forgotten since: the group is tried again.
      if strpos(outcomes, '?') > 0 then raise exception 'An id was forgotten meanwhile' using errcode = '40001'; end if;
    end if;
  end if;

  v_new := length(replace(replace(outcomes, 'd', ''), 'c', ''));
  if v_new = 0 then
    base := 0;
    select ids, current_since into held_ids, held_since from inbox_counter;
    return;
  end if;
  if v_new = cardinality(v_lines) then
    v_size := octet_length(p_lines) + 1;
  else
    select sum(octet_length(e.line) + 1) into v_size
    from unnest(v_lines, string_to_array(outcomes, null)) as e(line, outcome)
    where e.outcome = 'n';
  end if;
  -- Last of all locks, held until the commit: numbers appear in order.
  update inbox_counter set
    seq = seq + v_new, events = events + v_new, bytes = bytes + v_size, ids = ids + cardinality(v_fresh),
    latest = greatest(latest, p_at)
  returning seq - v_new, events, bytes, ids, current_since into base, v_events, v_bytes, held_ids, held_since;
  if v_events > p_most_events then raise exception 'rows' using errcode = 'RC001'; end if;
  if v_bytes > p_most_bytes then raise exception 'bytes' using errcode = 'RC001'; end if;
  insert into inbox_block (last_seq, first_seq, tenant_id, community_id, received_at, events, bytes, body)
  select max(e.seq), min(e.seq), p_tenants[e.run], p_communities[e.run], p_at, count(*), sum(octet_length(e.line) + 1),
    string_agg(e.line, E'\n' order by e.seq)
  from (
    select u.line, u.run, base + row_number() over (order by u.n) as seq
    from unnest(v_lines, p_runs, string_to_array(outcomes, null)) with ordinality as u(line, run, outcome, n)
    where u.outcome = 'n'
  ) e
  group by e.run;
end
$$;

-- Drops the older generation of ids and begins a new one, when the current one is too old or too large.
create function inbox_rotate(p_at bigint, p_window_ms bigint, p_window_ids bigint) returns boolean
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7236310);
  perform from inbox_counter where ids >= p_window_ids or p_at - current_since > p_window_ms;
  if not found then return false; end if;
  drop table id_older;
  alter table id_current rename to id_older;
  alter index id_current_pkey rename to id_older_pkey;
  create table id_current (id uuid primary key, body uuid not null);
  update inbox_counter set
    older_since = current_since, current_since = greatest(p_at, latest + 1), older_ids = ids, ids = 0;
  return true;
end
$$;
