-- What people say of an incident. NULL: nobody said so. Recording never touches these columns.
ALTER TABLE incidents ADD COLUMN acknowledged_at INTEGER;
ALTER TABLE incidents ADD COLUMN false_alarm_at INTEGER;
ALTER TABLE incidents ADD COLUMN false_alarm_by TEXT;

-- A report that was made stays as it is. If its period gives other numbers later, that is a new
-- edition beside it.
CREATE TABLE reports (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
  zone TEXT NOT NULL,
  from_time INTEGER NOT NULL,
  to_time INTEGER NOT NULL,
  edition INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  -- What it was computed from, and its sections' digests, as JSON.
  basis TEXT NOT NULL,
  -- SHA-256 of the document's canonical JSON, in hexadecimal.
  digest TEXT NOT NULL,
  UNIQUE (kind, zone, from_time, edition)
) STRICT;

-- The document: canonical JSON, gzip, base64, in parts that a row can hold.
CREATE TABLE report_parts (
  report INTEGER NOT NULL,
  part INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (report, part)
) STRICT, WITHOUT ROWID;
