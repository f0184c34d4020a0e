-- The number of the realm's clock, and of the one under which everything is counted: less while a rebuild is under way.
alter table community add column clock integer not null default 1;
alter table community add column counted_clock integer not null default 1;
