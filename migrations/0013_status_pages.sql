-- Beside the versions of the two ledgers, what public documents are told apart by. One row.
CREATE TABLE public_version (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Raised with every change of planned time.
  maintenance INTEGER NOT NULL
) STRICT;
INSERT INTO public_version (id, maintenance) VALUES (1, 0);

CREATE TRIGGER maintenance_declared AFTER INSERT ON maintenance BEGIN
  UPDATE public_version SET maintenance = maintenance + 1 WHERE id = 1;
END;
CREATE TRIGGER maintenance_changed AFTER UPDATE ON maintenance BEGIN
  UPDATE public_version SET maintenance = maintenance + 1 WHERE id = 1;
END;
CREATE TRIGGER maintenance_deleted AFTER DELETE ON maintenance BEGIN
  UPDATE public_version SET maintenance = maintenance + 1 WHERE id = 1;
END;

-- Calendars tell what is called off, which ended before it began and is not found by its end.
CREATE INDEX called_off_maintenance ON maintenance (coalesce(withdrawn_at, cancelled_at))
  WHERE coalesce(withdrawn_at, cancelled_at) IS NOT NULL;

-- Of all that happened to incidents, what everybody may read.
CREATE INDEX public_events ON incident_events (incident, at, number) WHERE public = 1;

-- Incidents by month.
CREATE INDEX incidents_by_start ON incidents (started_at) WHERE merged_into IS NULL;
