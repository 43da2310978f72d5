-- The benchmark that later ones are held against: one for a monitor, a region and a path.
CREATE TABLE baselines (
  monitor INTEGER NOT NULL,
  region INTEGER NOT NULL,
  -- On the monitor's host; '' is what the monitor itself asks for.
  path TEXT NOT NULL,
  -- Epoch seconds.
  run_at INTEGER NOT NULL,
  -- The run's figures, JSON. Nothing of what was sent or answered is in it.
  summary TEXT NOT NULL,
  PRIMARY KEY (monitor, region, path)
) STRICT, WITHOUT ROWID;
