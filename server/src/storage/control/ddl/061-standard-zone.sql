-- The zone of realms that set none, by which their days and months are counted; unknown before the first start.
alter table store add column standard_zone text;
