-- A monitor's latest incident, on its overall row: an outage soon after takes it up again.
ALTER TABLE statuses ADD COLUMN incident TEXT;

-- How often: a monitor that comes and goes has one incident, and this count.
ALTER TABLE incidents ADD COLUMN reopenings INTEGER NOT NULL DEFAULT 0;
