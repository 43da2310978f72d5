-- What a maintenance window muted, found by its number.
CREATE INDEX maintained_decisions ON alert_decisions (data ->> 'maintenance', at)
  WHERE because = 'maintenance';
