-- What results came to in an hour (step 3600) or a day (step 86400), UTC. A monitor's times lie
-- side by side: 90 days are read from a few pages.
CREATE TABLE rollups (
  step INTEGER NOT NULL,
  monitor INTEGER NOT NULL,
  region INTEGER NOT NULL,
  start INTEGER NOT NULL,
  -- Results by outcome.
  up INTEGER NOT NULL,
  degraded INTEGER NOT NULL,
  down INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  -- Response times in ms; a sketch gives their quantiles (shared/domain/sketch-text.ts).
  latency_count INTEGER NOT NULL,
  latency_sum INTEGER NOT NULL,
  latency_min INTEGER,
  latency_max INTEGER,
  sketch TEXT NOT NULL,
  PRIMARY KEY (step, monitor, region, start)
) STRICT, WITHOUT ROWID;

-- The rollups still to be made: an hour from when its first result is there, again when a late one
-- comes; a day after each of its hours. A few rows.
CREATE TABLE rollup_work (
  step INTEGER NOT NULL,
  start INTEGER NOT NULL,
  -- Monitors with smaller numbers are done; 0 until somebody begins.
  next_monitor INTEGER NOT NULL,
  -- A random number, another one whenever the work begins anew: who rolled up what there was before
  -- names the old one, and writes nothing.
  generation INTEGER NOT NULL,
  PRIMARY KEY (step, start)
) STRICT, WITHOUT ROWID;

-- From when on results (step 0), hours and days are complete; of what is older, some or all is gone.
CREATE TABLE retention (
  step INTEGER PRIMARY KEY,
  kept_from INTEGER NOT NULL,
  -- Of hours and days: monitors with smaller numbers have been gone through; NULL when all have.
  next_monitor INTEGER
) STRICT;
INSERT INTO retention (step, kept_from) VALUES (0, 0), (3600, 0), (86400, 0);

-- What was recorded before there were rollups.
INSERT INTO rollup_work (step, start, next_monitor, generation)
WITH RECURSIVE hours (start) AS (
  SELECT min(time) / 3600 * 3600 FROM results
  UNION ALL
  SELECT (SELECT min(time) / 3600 * 3600 FROM results WHERE time >= start + 3600)
  FROM hours WHERE start IS NOT NULL
)
SELECT 3600, start, 0, random() & 9007199254740991 FROM hours WHERE start IS NOT NULL;
