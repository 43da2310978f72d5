-- Times are epoch seconds, durations milliseconds. Monitors and regions appear as numbers: they
-- stand in every result, and a result has to be small.

-- One row. Whoever records must name the version it read; of two, one starts again.
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  plan_revision INTEGER NOT NULL
) STRICT;
INSERT INTO ledger (id, version, plan_revision) VALUES (1, 0, 0);

-- The configuration, a row for each time it was applied.
CREATE TABLE plans (
  revision INTEGER PRIMARY KEY,
  applied_at INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;

-- Numbers are given once and never reused, so that old results keep their meaning.
CREATE TABLE monitors (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  added_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;

CREATE TABLE regions (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
) STRICT;

-- Keyed by time first: inserts append, whatever the history. A monitor's results are found by
-- the times of its schedule, which can be computed. No second index: each would be a second write.
CREATE TABLE results (
  time INTEGER NOT NULL,
  monitor INTEGER NOT NULL,
  region INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  latency_ms INTEGER,
  reason INTEGER,
  detail TEXT,
  PRIMARY KEY (time, monitor, region)
) STRICT, WITHOUT ROWID;

-- When a region was looking: touching slots are one row, so it grows with the gaps.
CREATE TABLE coverage (
  region INTEGER NOT NULL,
  step INTEGER NOT NULL,
  from_time INTEGER NOT NULL,
  to_time INTEGER NOT NULL,
  PRIMARY KEY (region, step, from_time)
) STRICT, WITHOUT ROWID;

-- The present status of each monitor, per region and overall (scope 0). Written on change only.
CREATE TABLE statuses (
  monitor INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('up', 'degraded', 'down', 'unknown')),
  since INTEGER NOT NULL,
  last_known TEXT CHECK (last_known IN ('up', 'degraded', 'down')),
  streak TEXT,
  cause TEXT,
  PRIMARY KEY (monitor, scope)
) STRICT, WITHOUT ROWID;

-- One row per change of status: downtime and alerts both read it.
CREATE TABLE transitions (
  monitor INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  at INTEGER NOT NULL,
  from_status TEXT NOT NULL CHECK (from_status IN ('up', 'degraded', 'down', 'unknown')),
  to_status TEXT NOT NULL CHECK (to_status IN ('up', 'degraded', 'down', 'unknown')),
  cause TEXT,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (monitor, scope, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (
  number INTEGER PRIMARY KEY,
  monitor INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  detected_at INTEGER NOT NULL,
  ended_at INTEGER,
  end_detected_at INTEGER,
  cause TEXT,
  UNIQUE (monitor, started_at)
) STRICT;
CREATE INDEX open_incidents ON incidents (monitor) WHERE ended_at IS NULL;
