-- Who applied a revision and why, as far as they said it. `restores`: the earlier revision that a
-- rollback put back into force.
ALTER TABLE plans ADD COLUMN applied_by TEXT;
ALTER TABLE plans ADD COLUMN note TEXT;
ALTER TABLE plans ADD COLUMN restores INTEGER;
