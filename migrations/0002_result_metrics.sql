-- Numbers taken from an answer, as a JSON object; NULL where there are none.
ALTER TABLE results ADD COLUMN metrics TEXT;
