CREATE TABLE IF NOT EXISTS events (
  realm_id int NOT NULL,
  event_id text NOT NULL,
  event_name text NOT NULL,
  event_ts timestamptz NOT NULL,
  user_id text,
  person_id text,
  device_id text,
  session_id text,
  application text,
  auth_method text,
  category text,
  kind text NOT NULL,
  body jsonb NOT NULL
);
