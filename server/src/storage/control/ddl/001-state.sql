-- Read by both engines: SQLite keeps bytes in a column of any name, and bigint is its integer.
create table store (
  one smallint primary key check (one = 1),
  id text not null,
  created_at bigint not null
);

create table control_version (
  one smallint primary key check (one = 1),
  value bigint not null
);
insert into control_version (one, value) values (1, 1);

create table tenant (
  id text primary key,
  tag text not null unique,
  name text not null
);

create table tenant_dns (
  name text primary key,
  tenant_id text not null references tenant (id) on delete cascade,
  place integer not null
);
create index tenant_dns_tenant on tenant_dns (tenant_id);

create table community (
  tenant_id text not null references tenant (id),
  id text not null,
  name text not null,
  -- The name in small letters of every script, for look-ups that do not heed case.
  name_folded text not null,
  timezone text,
  created_at bigint not null,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
create index community_id on community (id);
create index community_name_folded on community (name_folded);

create table access_key (
  id text primary key,
  secret_hash bytea not null unique,
  kind text not null,
  name text not null,
  tenant_id text,
  community_id text,
  auth_level text,
  user_name text,
  roles text,
  disabled smallint not null,
  expires_at bigint,
  created_at bigint not null,
  tag text unique,
  key_id text unique,
  description text,
  modules text
);
create index access_key_realm on access_key (tenant_id, community_id, id);

create table licence_grant (
  key_id text not null,
  tenant_id text not null,
  community_id text not null,
  is_authorized smallint not null,
  expires_at bigint,
  primary key (key_id, tenant_id, community_id)
);
create index licence_grant_realm on licence_grant (tenant_id, community_id);

create table service_key (
  key_id text primary key,
  service text not null,
  sealed_secret bytea not null,
  created_at bigint not null,
  retired_at bigint
);
-- At most one key of a service is current, whoever races to make the first.
create unique index service_key_current on service_key (service) where retired_at is null;
