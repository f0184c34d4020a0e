-- Everything of it is in first_times.
DROP TABLE IF EXISTS firsts
