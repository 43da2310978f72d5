-- How fast a channel may be told, whether it is held back, and since when nothing gets through.
CREATE TABLE channel_pace (
  channel TEXT PRIMARY KEY,
  -- Places in its pace are given away up to here, epoch milliseconds.
  booked_until INTEGER NOT NULL DEFAULT 0,
  -- Nothing is sent before: its receiver asked for that, or it is away.
  held_until INTEGER NOT NULL DEFAULT 0,
  -- The failure that held it back.
  failure TEXT,
  -- Since when no message got through; NULL: the last one did.
  away_since INTEGER
) STRICT, WITHOUT ROWID;

-- Every test of a channel, by schedule or by a person; the latest was the only one until now.
ALTER TABLE channel_tests RENAME TO former_channel_tests;
CREATE TABLE channel_tests (
  channel TEXT NOT NULL,
  -- When it was due; where a person asked for it, when that was.
  due_at INTEGER NOT NULL,
  -- Who asked for it; NULL: the schedule.
  author TEXT,
  -- When it was begun, or begun again.
  at INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  -- Not before then is it tried again, or told of once more; NULL: nothing is left to do.
  next_at INTEGER,
  -- JSON: what became of it; NULL: nobody knows yet.
  delivered TEXT,
  -- The channel through which people heard that it failed.
  told_through TEXT,
  PRIMARY KEY (channel, due_at)
) STRICT, WITHOUT ROWID;
INSERT INTO channel_tests (channel, due_at, author, at, tries, delivered)
  SELECT channel, at, author, at, 1, delivered FROM former_channel_tests;
DROP TABLE former_channel_tests;
CREATE INDEX unfinished_channel_tests ON channel_tests (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX channel_tests_by_time ON channel_tests (due_at);

-- Pages of the lists, by each of their filters. A rowid is the last part of every index.
CREATE INDEX notifications_by_state ON notifications (state);
CREATE INDEX notifications_by_channel ON notifications (channel);
CREATE INDEX notifications_by_channel_and_state ON notifications (channel, state);
CREATE INDEX root_incidents ON incidents (number) WHERE merged_into IS NULL;
CREATE INDEX closed_root_incidents ON incidents (number)
  WHERE merged_into IS NULL AND ended_at IS NOT NULL;

-- What is old is found by its time.
CREATE INDEX decisions_by_time ON alert_decisions (at);
CREATE INDEX alerting_changes_by_time ON alerting_changes (at);
