-- How telling each service outside fares: exporters of metrics, and status pages. A row each.
CREATE TABLE exports (
  name TEXT PRIMARY KEY,
  -- Minutes that begin before it were exported or given up; NULL: it is told a state, not minutes.
  until INTEGER,
  -- Who exports holds it, epoch seconds: of two ticks at once one exports.
  lease_until INTEGER NOT NULL DEFAULT 0,
  -- Nothing is sent before: the service asked for that, or it is away.
  held_until INTEGER NOT NULL DEFAULT 0,
  -- In a row.
  failures INTEGER NOT NULL DEFAULT 0,
  last_success_at INTEGER,
  last_failure_at INTEGER,
  -- Of the last failure: of a closed set; in words, never anything secret.
  reason TEXT,
  detail TEXT,
  -- Since the row is there: what arrived, what was refused for good, minutes that were given up.
  sent INTEGER NOT NULL DEFAULT 0,
  dropped_points INTEGER NOT NULL DEFAULT 0,
  dropped_minutes INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What a status page was told last, of each thing on it.
CREATE TABLE status_pushes (
  service TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('component', 'incident', 'state')),
  -- Id of the component, key of the incident.
  key TEXT NOT NULL,
  -- The service's own id; NULL: not known there, as far as we know.
  remote TEXT,
  -- Of the state that was told; NULL: none was.
  digest TEXT,
  -- Public updates of an incident that were told.
  updates INTEGER NOT NULL DEFAULT 0,
  -- When it was begun to tell it, and when it was told, epoch seconds.
  tried_at INTEGER NOT NULL,
  told_at INTEGER,
  -- 1: an incident that is over there too.
  done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
  PRIMARY KEY (service, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX present_status_pushes ON status_pushes (service) WHERE done = 0;
CREATE INDEX done_status_pushes ON status_pushes (told_at) WHERE done = 1;
