-- What the stream is still to be told of changes of the directory; written with the change, gone when the inbox has it.
create table directory_note (
  version bigint not null,
  place integer not null,
  tenant_id text not null,
  community_id text not null,
  body text not null,
  primary key (version, place)
);
