-- Planned time, left out of the SLA: maintenance windows, which mute as well, and exclusions.
CREATE TABLE maintenance (
  -- A row is never deleted, so no number comes twice.
  number INTEGER PRIMARY KEY,
  -- Raised with every change: of two who change, one starts again.
  revision INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('maintenance', 'exclusion')),
  name TEXT NOT NULL,
  reason TEXT,
  -- What it says, and from when until when it says so: [{ from, until, selector, timing }].
  versions TEXT NOT NULL,
  -- Outside of these it plans nothing; 253402300800 is the end of what has no end.
  begins_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  cancelled_at INTEGER,
  withdrawn_at INTEGER
) STRICT;

-- Of all that was ever planned, what reaches into a window of time is found by its end.
CREATE INDEX maintenance_by_end ON maintenance (ends_at);

-- The windows of NetPost's maintenance procedures, from now on: they plan nothing in the past.
INSERT INTO maintenance
  (number, revision, kind, name, reason, versions, begins_at, ends_at, created_at, created_by)
SELECT number, 1, 'maintenance', name, reason,
  json_array(json_object(
    'from', unixepoch(),
    'until', NULL,
    'selector', json_object('kind', 'all'),
    'timing', json_object(
      'kind', 'recurring',
      'expression', expression,
      'timeZone', 'UTC',
      'durationSeconds', hours * 3600
    )
  )),
  unixepoch(), 253402300800, unixepoch(), 'netpost'
FROM (
  SELECT 1 AS number, 'Weekly maintenance' AS name, 'Weekly checklist' AS reason,
    '0 2 * * 0' AS expression, 2 AS hours
  UNION ALL
  SELECT 2, 'Monthly maintenance', 'Monthly checklist, first Sunday', '0 2 * * 0#1', 4
  UNION ALL
  SELECT 3, 'Quarterly maintenance', 'Quarterly checklist, first Sunday', '0 2 * 1,4,7,10 0#1', 6
);
