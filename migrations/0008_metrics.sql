-- Metrics: numbers that NetPost tells of itself, found by probes in its answers (they are in
-- results.metrics) or pushed. Times are epoch seconds.

-- A line of values: of a name, from a monitor in a region, or pushed (monitor and region 0) with
-- labels. Its number stands in every point and rollup.
CREATE TABLE metric_series (
  number INTEGER PRIMARY KEY,
  monitor INTEGER NOT NULL,
  region INTEGER NOT NULL,
  name TEXT NOT NULL,
  -- JSON, names in order; '{}' where there are none.
  labels TEXT NOT NULL,
  -- Of pushed ones: whether there are points. Only so many may be active.
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  UNIQUE (monitor, region, name, labels)
) STRICT;

-- What was pushed, one value a second and series.
CREATE TABLE metric_points (
  series INTEGER NOT NULL,
  time INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (series, time)
) STRICT, WITHOUT ROWID;

-- What the values of a series came to in an hour (step 3600) or a day (step 86400), UTC.
CREATE TABLE metric_rollups (
  step INTEGER NOT NULL,
  series INTEGER NOT NULL,
  start INTEGER NOT NULL,
  count INTEGER NOT NULL,
  sum REAL NOT NULL,
  min REAL NOT NULL,
  max REAL NOT NULL,
  sketch TEXT NOT NULL,
  PRIMARY KEY (step, series, start)
) STRICT, WITHOUT ROWID;

-- The rollups of pushed points still to be made, as in rollup_work.
CREATE TABLE metric_work (
  step INTEGER NOT NULL,
  start INTEGER NOT NULL,
  -- Series with smaller numbers are done; 0 until somebody begins.
  next_series INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (step, start)
) STRICT, WITHOUT ROWID;

-- Pushes that came with a key, so that a repeat changes nothing; for a day or two.
CREATE TABLE metric_pushes (
  day INTEGER NOT NULL,
  key TEXT NOT NULL,
  -- SHA-256 of what was pushed.
  digest TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  PRIMARY KEY (day, key)
) STRICT, WITHOUT ROWID;

-- The health score, every five minutes; NULL where nothing was known.
CREATE TABLE health_scores (
  at INTEGER PRIMARY KEY,
  score REAL,
  -- JSON: the score of each category that had data.
  parts TEXT NOT NULL
) STRICT;

-- The scores of a day (UTC), once it is over.
CREATE TABLE health_days (
  start INTEGER PRIMARY KEY,
  -- Scores that were known, and those that were not.
  known INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  sum REAL NOT NULL,
  min REAL,
  max REAL,
  -- JSON: by category, [how many, their sum].
  parts TEXT NOT NULL
) STRICT;
