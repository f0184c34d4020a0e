-- Which of the realm's clocks stamped the event: a realm whose time zone changes gets the next one.
ALTER TABLE events ADD COLUMN IF NOT EXISTS clock UInt16 DEFAULT 1 AFTER local_hour
