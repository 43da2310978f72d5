-- How the regions' objects fare, as they told with their last answer that differed: where each
-- really runs, and how many rounds it had to drop. Written on change only.
CREATE TABLE region_objects (
  region INTEGER NOT NULL,
  shard INTEGER NOT NULL,
  colo TEXT,
  country TEXT,
  dropped_rounds INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (region, shard)
) STRICT, WITHOUT ROWID;
