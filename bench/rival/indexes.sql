-- An event counts once.
CREATE UNIQUE INDEX IF NOT EXISTS events_once ON events (realm_id, event_id);
-- Pages over time.
CREATE INDEX IF NOT EXISTS events_by_time ON events (realm_id, event_ts, event_id);
-- Reports of one kind of event; they group by what is included, so that the table itself need not be read.
CREATE INDEX IF NOT EXISTS events_by_name ON events (realm_id, event_name, event_ts)
  INCLUDE (user_id, application, person_id);
-- One user's events, and when the user was last seen.
CREATE INDEX IF NOT EXISTS events_by_user ON events (realm_id, user_id, event_ts, event_id);
-- Few rows each, so that they cost little.
CREATE INDEX IF NOT EXISTS events_audit ON events (realm_id, event_ts, event_id) WHERE category = 'AUDIT_LOG';
CREATE INDEX IF NOT EXISTS events_transactions ON events (realm_id, event_ts, event_id) WHERE kind = 'transaction';
