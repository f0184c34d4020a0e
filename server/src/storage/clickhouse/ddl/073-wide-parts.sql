-- A part that merges made of some inserts is a file for each field again: what reads two fields of a large part of one
-- file takes three to four times as long, and such merges cost no more.
ALTER TABLE events MODIFY SETTING min_bytes_for_wide_part = 134217728
