-- What failed of the monitoring itself: a row for each minute, kind and region in which something
-- did, none otherwise. Region 0: it is no region's.
CREATE TABLE own_faults (
  minute INTEGER NOT NULL,
  kind TEXT NOT NULL,
  region INTEGER NOT NULL,
  count INTEGER NOT NULL,
  -- The last of them, in words.
  detail TEXT NOT NULL,
  PRIMARY KEY (minute, kind, region)
) STRICT, WITHOUT ROWID;

-- Regions' objects that do not answer, since when; a row goes when its object answers again.
CREATE TABLE silent_objects (
  region INTEGER NOT NULL,
  shard INTEGER NOT NULL,
  since INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (region, shard)
) STRICT, WITHOUT ROWID;

-- What ticks took of the platform's limits, a row a day (UTC, its first second). Written where
-- CLOUDFLARE_PLAN says whose limits those are.
CREATE TABLE platform_usage (
  day INTEGER PRIMARY KEY,
  -- free or paid, as CLOUDFLARE_PLAN said last.
  plan TEXT NOT NULL,
  d1_rows_read INTEGER NOT NULL,
  d1_rows_written INTEGER NOT NULL,
  worker_requests INTEGER NOT NULL,
  object_requests INTEGER NOT NULL,
  -- Of the tick that took most.
  most_subrequests INTEGER NOT NULL,
  most_d1_queries INTEGER NOT NULL,
  -- As the database last said.
  database_bytes INTEGER NOT NULL
) STRICT;

-- An alert of such a rule is about the monitoring; none is ever part of an outage of NetPost.
INSERT INTO alert_rules (id, document) VALUES
  ('missed-ticks', '{"id":"missed-ticks","name":"Minutes of the last hour in which nothing was looked at","enabled":true,"signal":{"kind":"missed-ticks","windowSeconds":3600},"selector":{},"thresholds":{"direction":"above","warning":2,"critical":10,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":3600,"policy":"default","runbook":null}'),
  ('object-fault', '{"id":"object-fault","name":"Part of a region does not answer, seconds","enabled":true,"signal":{"kind":"object-fault"},"selector":{},"thresholds":{"direction":"above","warning":180,"critical":900,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":120,"cooldownSeconds":900,"policy":"default","runbook":null}'),
  ('outbox-stuck', '{"id":"outbox-stuck","name":"Oldest notification that waits, seconds","enabled":true,"signal":{"kind":"outbox-age"},"selector":{},"thresholds":{"direction":"above","warning":300,"critical":900,"margin":0},"severity":"critical","forSeconds":0,"resolveSeconds":60,"cooldownSeconds":900,"policy":"default","runbook":null}'),
  ('channel-away', '{"id":"channel-away","name":"Nothing gets through a channel, seconds","enabled":true,"signal":{"kind":"channel-away"},"selector":{},"thresholds":{"direction":"above","warning":600,"critical":3600,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":60,"cooldownSeconds":3600,"policy":"default","runbook":null}'),
  ('dead-letters', '{"id":"dead-letters","name":"Notifications of the last hour that were given up","enabled":true,"signal":{"kind":"dead-letters","windowSeconds":3600},"selector":{},"thresholds":{"direction":"above","warning":0,"critical":10,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":3600,"policy":"default","runbook":null}'),
  ('database-faults', '{"id":"database-faults","name":"Faults of the database in 15 minutes","enabled":true,"signal":{"kind":"own-faults","faults":["database","recording"],"windowSeconds":900},"selector":{},"thresholds":{"direction":"above","warning":2,"critical":30,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":120,"cooldownSeconds":1800,"policy":"default","runbook":null}'),
  ('stale-plan', '{"id":"stale-plan","name":"Ticks of 15 minutes that went by an old plan","enabled":true,"signal":{"kind":"own-faults","faults":["stale-plan"],"windowSeconds":900},"selector":{},"thresholds":{"direction":"above","warning":2,"critical":10,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":120,"cooldownSeconds":1800,"policy":"default","runbook":null}'),
  ('step-faults', '{"id":"step-faults","name":"Steps of ticks that failed in 15 minutes","enabled":true,"signal":{"kind":"own-faults","faults":["missed-round","alerting","delivery","upkeep"],"windowSeconds":900},"selector":{},"thresholds":{"direction":"above","warning":2,"critical":10,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":120,"cooldownSeconds":1800,"policy":"default","runbook":null}'),
  ('export-faults', '{"id":"export-faults","name":"Failures to tell other services in 15 minutes","enabled":true,"signal":{"kind":"own-faults","faults":["dead-man","exporter","error-reports","status-push","vantage-point"],"windowSeconds":900},"selector":{},"thresholds":{"direction":"above","warning":4,"critical":null,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":120,"cooldownSeconds":3600,"policy":"default","runbook":null}'),
  ('dropped-results', '{"id":"dropped-results","name":"Rounds of the last hour that a region had to drop","enabled":true,"signal":{"kind":"own-faults","faults":["dropped-results"],"windowSeconds":3600},"selector":{},"thresholds":{"direction":"above","warning":null,"critical":0,"margin":0},"severity":"critical","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":3600,"policy":"default","runbook":null}'),
  ('quota', '{"id":"quota","name":"Limit of Cloudflare used, percent","enabled":true,"signal":{"kind":"quota"},"selector":{},"thresholds":{"direction":"above","warning":80,"critical":95,"margin":0.02},"severity":"warning","forSeconds":0,"resolveSeconds":0,"cooldownSeconds":3600,"policy":"default","runbook":null}'),
  ('clock-skew', '{"id":"clock-skew","name":"Clocks lie apart, seconds","enabled":true,"signal":{"kind":"clock-skew"},"selector":{},"thresholds":{"direction":"above","warning":10,"critical":60,"margin":0},"severity":"warning","forSeconds":0,"resolveSeconds":300,"cooldownSeconds":3600,"policy":"default","runbook":null}');
