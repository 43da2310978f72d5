-- What a monitor's status came to is an outage. An incident is what people handle: one or many.
ALTER TABLE incidents RENAME TO outages;
DROP INDEX open_incidents;
CREATE INDEX open_outages ON outages (monitor) WHERE ended_at IS NULL;
ALTER TABLE statuses RENAME COLUMN incident TO outage;
-- People say it of the incident that they handle.
ALTER TABLE outages DROP COLUMN acknowledged_at;
ALTER TABLE outages DROP COLUMN false_alarm_at;
ALTER TABLE outages DROP COLUMN false_alarm_by;
-- The version of the ledger that changed it last: what alerting has not seen yet lies above the one
-- that it has seen, also an outage that began and ended in between.
ALTER TABLE outages ADD COLUMN changed_in INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outages_by_change ON outages (changed_in);

-- One row. Whoever decides about alerts names the version it read, as with the ledger.
CREATE TABLE alert_ledger (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  -- Of the recording's ledger: changes of outages up to here are decided about.
  seen INTEGER NOT NULL
) STRICT;
-- What happened before there was any alerting is no news.
INSERT INTO alert_ledger (id, version, seen) SELECT 1, 0, version FROM ledger WHERE id = 1;

-- Documents as shared/contract/alerting/rule.ts has them.
CREATE TABLE alert_rules (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE escalation_policies (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rotations (id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Alerts that are pending or fire, and those resolved within their cooldown. Written on change only.
CREATE TABLE alerts (
  key TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  -- JSON: monitor, region, metric, by their ids.
  subject TEXT NOT NULL,
  -- JSON: how it stands.
  state TEXT NOT NULL,
  value REAL,
  detail TEXT NOT NULL,
  -- Key of its incident.
  incident TEXT,
  -- Why people are told of it or are not, as last decided.
  verdict TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL CHECK (origin IN ('outage', 'alert', 'manual')),
  -- Id of the monitor; NULL where it is about more than one, or about none.
  monitor TEXT,
  title TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  detected_at INTEGER NOT NULL,
  ended_at INTEGER,
  -- Key of the incident that people handle in its place.
  merged_into TEXT,
  severity TEXT NOT NULL CHECK (severity IN ('warning', 'critical')),
  priority TEXT NOT NULL CHECK (priority IN ('P1', 'P2', 'P3', 'P4')),
  priority_fixed INTEGER NOT NULL CHECK (priority_fixed IN (0, 1)),
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  snoozed_until INTEGER,
  -- JSON: how far the telling has got; NULL until somebody was told.
  page TEXT,
  -- What people say of it. Deciding never touches these.
  assignee TEXT,
  false_alarm_at INTEGER,
  false_alarm_by TEXT,
  -- JSON: the post-incident review.
  review TEXT,
  -- JSON: what a person who triggered it by hand called it.
  labels TEXT
) STRICT;
CREATE INDEX open_incidents ON incidents (key) WHERE ended_at IS NULL;
CREATE INDEX ended_incidents ON incidents (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX merged_incidents ON incidents (merged_into) WHERE merged_into IS NOT NULL;

-- Everything that happened to an incident, in order.
CREATE TABLE incident_events (
  incident TEXT NOT NULL,
  at INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  -- A person, or NULL for the monitoring itself.
  author TEXT,
  -- For the status page: an update that everybody may read.
  public INTEGER NOT NULL CHECK (public IN (0, 1)),
  text TEXT NOT NULL,
  PRIMARY KEY (incident, at, number)
) STRICT, WITHOUT ROWID;

-- Why people were told of an alert, or were not: a row for each time that this changed.
CREATE TABLE alert_decisions (
  alert TEXT NOT NULL,
  at INTEGER NOT NULL,
  incident TEXT,
  decision TEXT NOT NULL CHECK (decision IN ('told', 'not-told')),
  because TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (alert, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_of_incident ON alert_decisions (incident);
CREATE INDEX silenced_decisions ON alert_decisions (data ->> 'silence') WHERE because = 'silence';

-- Who changed a rule, a policy or a rotation, when, and what it was from then on.
CREATE TABLE alerting_changes (
  kind TEXT NOT NULL CHECK (kind IN ('rule', 'policy', 'rotation')),
  id TEXT NOT NULL,
  -- Versions of the alert ledger only ever grow: of two changes in a second this tells the order.
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  -- NULL: it was deleted.
  document TEXT,
  PRIMARY KEY (kind, id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE silences (
  id INTEGER PRIMARY KEY,
  matchers TEXT NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  -- Moved forward where it was ended early.
  ends_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  -- Who ended it early; NULL: nobody did.
  ended_by TEXT
) STRICT;
CREATE INDEX silences_by_end ON silences (ends_at);

-- The outbox: written with the decision, sent afterwards, done only once it was sent.
CREATE TABLE notifications (
  -- Which is also the key by which a receiver knows a repetition.
  id TEXT PRIMARY KEY,
  incident TEXT NOT NULL,
  channel TEXT NOT NULL,
  kind TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  on_call TEXT,
  because TEXT NOT NULL,
  -- The notification whose place it takes, through another channel.
  fallback_of TEXT,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'leased', 'sent', 'dead', 'superseded')),
  -- Since when this channel has not been told what it should know: those it supersedes count.
  waiting_since INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Whether another channel was told in its place.
  fell_back INTEGER NOT NULL DEFAULT 0 CHECK (fell_back IN (0, 1)),
  -- When it is tried next; while it is leased, when the lease ends.
  next_at INTEGER NOT NULL,
  -- Who sends it now.
  lease TEXT,
  lease_until INTEGER,
  sent_at INTEGER,
  receipt TEXT,
  failure TEXT,
  failure_detail TEXT,
  -- JSON: what was sent.
  message TEXT
) STRICT;
CREATE INDEX due_notifications ON notifications (next_at) WHERE state IN ('pending', 'leased');
CREATE INDEX notifications_of_incident ON notifications (incident, channel);
CREATE INDEX dead_notifications ON notifications (created_at) WHERE state = 'dead';
CREATE INDEX notifications_by_time ON notifications (created_at);

-- The last message that somebody sent through a channel to see whether it arrives.
CREATE TABLE channel_tests (
  channel TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  -- JSON: what became of it.
  delivered TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What NetPost asked for, and what else is worth knowing; the API changes all of it.
INSERT INTO alert_rules (id, document) VALUES
  ('service-down', '{"id":"service-down","name":"Service down","enabled":true,"signal":{"kind":"service-down"},"selector":{},"thresholds":null,"severity":"critical","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":0,"policy":"default","runbook":null}'),
  ('response-time', '{"id":"response-time","name":"Response time, p95 over 5 minutes, ms","enabled":true,"signal":{"kind":"response-time","statistic":"p95","windowSeconds":300},"selector":{},"thresholds":{"direction":"above","warning":1000,"critical":2000,"margin":0.05},"severity":"critical","forSeconds":120,"resolveSeconds":120,"cooldownSeconds":1800,"policy":"default","runbook":null}'),
  ('error-rate', '{"id":"error-rate","name":"Failed checks over 5 minutes, percent","enabled":true,"signal":{"kind":"error-rate","windowSeconds":300},"selector":{},"thresholds":{"direction":"above","warning":5,"critical":10,"margin":0.05},"severity":"critical","forSeconds":120,"resolveSeconds":120,"cooldownSeconds":1800,"policy":"default","runbook":null}'),
  ('database-time', '{"id":"database-time","name":"Database queries, ms","enabled":true,"signal":{"kind":"metric","name":"databaseQueryMs","windowSeconds":300},"selector":{},"thresholds":{"direction":"above","warning":500,"critical":1000,"margin":0.05},"severity":"critical","forSeconds":120,"resolveSeconds":120,"cooldownSeconds":1800,"policy":"default","runbook":null}'),
  ('memory', '{"id":"memory","name":"Memory, MB","enabled":true,"signal":{"kind":"metric","name":"memoryMb","windowSeconds":300},"selector":{},"thresholds":{"direction":"above","warning":400,"critical":500,"margin":0.05},"severity":"critical","forSeconds":120,"resolveSeconds":120,"cooldownSeconds":1800,"policy":"default","runbook":null}'),
  ('health-score', '{"id":"health-score","name":"Health score","enabled":true,"signal":{"kind":"health-score"},"selector":{},"thresholds":{"direction":"below","warning":80,"critical":60,"margin":0.05},"severity":"critical","forSeconds":120,"resolveSeconds":0,"cooldownSeconds":1800,"policy":"default","runbook":null}'),
  ('certificate', '{"id":"certificate","name":"Certificate ends, days","enabled":true,"signal":{"kind":"certificate-days"},"selector":{},"thresholds":{"direction":"below","warning":14,"critical":3,"margin":0},"severity":"critical","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":86400,"policy":"default","runbook":null}'),
  ('burn-rate-fast', '{"id":"burn-rate-fast","name":"Error budget burns 14.4 times too fast (1 hour and 5 minutes)","enabled":true,"signal":{"kind":"burn-rate","longSeconds":3600,"shortSeconds":300},"selector":{},"thresholds":{"direction":"above","warning":null,"critical":14.4,"margin":0},"severity":"critical","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":3600,"policy":"default","runbook":null}'),
  ('burn-rate-slow', '{"id":"burn-rate-slow","name":"Error budget burns 6 times too fast (6 hours and 30 minutes)","enabled":true,"signal":{"kind":"burn-rate","longSeconds":21600,"shortSeconds":1800},"selector":{},"thresholds":{"direction":"above","warning":null,"critical":6,"margin":0},"severity":"critical","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":21600,"policy":"default","runbook":null}'),
  ('budget-forecast', '{"id":"budget-forecast","name":"Error budget runs out, days","enabled":true,"signal":{"kind":"budget-forecast"},"selector":{},"thresholds":{"direction":"below","warning":3,"critical":null,"margin":0.2},"severity":"warning","forSeconds":600,"resolveSeconds":600,"cooldownSeconds":86400,"policy":"default","runbook":null}'),
  ('region-fault', '{"id":"region-fault","name":"Region does not report, seconds","enabled":true,"signal":{"kind":"region-fault"},"selector":{},"thresholds":{"direction":"above","warning":180,"critical":900,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":120,"cooldownSeconds":900,"policy":"default","runbook":null}'),
  ('stale-data', '{"id":"stale-data","name":"Nothing is recorded, seconds","enabled":true,"signal":{"kind":"stale-data"},"selector":{},"thresholds":{"direction":"above","warning":180,"critical":600,"margin":0},"severity":"critical","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":0,"policy":"default","runbook":null}'),
  ('heartbeat', '{"id":"heartbeat","name":"Job failed, missing or overlong","enabled":true,"signal":{"kind":"heartbeat"},"selector":{},"thresholds":null,"severity":"critical","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":0,"policy":"default","runbook":null}');

INSERT INTO escalation_policies (id, document) VALUES
  ('default', '{"id":"default","name":"Chat and e-mail at once, PagerDuty where it is critical","steps":[{"afterSeconds":0,"channels":["slack","email","webhook"],"onCall":null,"levels":["warning","critical"],"during":null},{"afterSeconds":0,"channels":["pagerduty"],"onCall":null,"levels":["critical"],"during":null}],"repeatSeconds":1800,"repeats":8}');
