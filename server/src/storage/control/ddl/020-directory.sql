-- The objects of each realm, and the relations between them. Read by both engines.
create table directory_object (
  tenant_id text not null,
  community_id text not null,
  kind text not null,
  id text not null,
  external_id text,
  name text not null,
  -- The name in small letters of every script, for look-ups that do not heed case.
  name_folded text not null,
  -- What must be there once in its realm and kind: a hash, since it may be long; null when nothing must.
  unique_key text,
  display text not null,
  status text not null,
  subject_kind text not null,
  subject_id text not null,
  object_kind text not null,
  object_id text not null,
  relation text not null,
  attributes text not null,
  -- The number of its latest change, given in commit order: what is above the mirror's mark is still to be mirrored.
  version bigint not null unique,
  created_at bigint not null,
  created_by text not null,
  modified_at bigint not null,
  removed smallint not null,
  primary key (tenant_id, community_id, kind, id)
);
create unique index directory_object_unique on directory_object (tenant_id, community_id, kind, unique_key);
create index directory_object_name on directory_object (tenant_id, community_id, kind, name_folded);
create index directory_object_external on directory_object (tenant_id, community_id, kind, external_id);
create index directory_object_subject on directory_object (tenant_id, community_id, subject_id);
create index directory_object_object on directory_object (tenant_id, community_id, object_id);
create index directory_object_waiting on directory_object (tenant_id, community_id, version);

create table directory_counter (
  one smallint primary key check (one = 1),
  version bigint not null
);
insert into directory_counter (one, version) values (1, 0);

create table directory_mirror (
  one smallint primary key check (one = 1),
  holder text not null,
  fence bigint not null,
  held_until bigint not null,
  mark bigint not null
);
insert into directory_mirror (one, holder, fence, held_until, mark) values (1, '', 0, 0, 0);
