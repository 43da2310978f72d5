-- Services outside whose checks are read as vantage points: what each said last, a row each.
CREATE TABLE vantage_services (
  service TEXT PRIMARY KEY,
  -- When it last answered, epoch seconds; NULL: never yet.
  read_at INTEGER,
  -- It is not asked before: its limit, or it is away.
  held_until INTEGER NOT NULL DEFAULT 0,
  -- In a row.
  failures INTEGER NOT NULL DEFAULT 0,
  last_failure_at INTEGER,
  -- Of the last failure: of a closed set; in words, never anything secret.
  reason TEXT,
  detail TEXT,
  -- What it said of the checks that monitors name (JSON).
  sightings TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;
