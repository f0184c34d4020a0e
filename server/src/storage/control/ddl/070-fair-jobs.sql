-- Realms take turns at the workers: the next job of each, how many it has running, and when it was last given one, are found
-- without reading the others.
drop index job_waiting;
create index job_waiting on job (tenant_id, community_id, due_at, id) where status = 'pending';
drop index job_running;
create index job_running on job (tenant_id, community_id, held_until) where status = 'in progress';
create index job_started on job (tenant_id, community_id, started_at);
