-- What NetPost's jobs said of themselves: a row for each that ever called in. Nothing in it lets
-- anybody ping: the addresses are derived from a secret of the api Worker.
CREATE TABLE heartbeats (
  monitor INTEGER PRIMARY KEY,
  started_at INTEGER,
  succeeded_at INTEGER,
  failed_at INTEGER,
  -- Of the newest failure; NULL where it gave none.
  exit_status INTEGER,
  -- Whether the newest finish was a failure.
  failing INTEGER NOT NULL CHECK (failing IN (0, 1)),
  -- The run that has started and not finished, and what it calls itself, if anything.
  running_since INTEGER,
  run_id TEXT,
  -- The newest hundred pings, oldest first: [time, signal, run id, exit status].
  history TEXT NOT NULL
) STRICT;
