-- Keys that an admin issued. Of a secret only its SHA-256 is here.
CREATE TABLE access_keys (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL, -- JSON list
  hash TEXT NOT NULL, -- hex
  -- After a rotation with a grace: the secret before, and until when it still lets in.
  previous_hash TEXT,
  previous_until INTEGER,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER, -- null: never
  rotated_at INTEGER,
  revoked_at INTEGER,
  revoked_by TEXT,
  last_used_at INTEGER -- written at most once an hour
) STRICT;

-- Who changed or did what by hand. Only ever added to, which the triggers see to.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL, -- by which credential: admin-token, key:…, access:…, config:…
  name TEXT NOT NULL, -- as whom they present themselves
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  before TEXT, -- JSON, secrets redacted
  after TEXT, -- JSON, secrets redacted
  request_id TEXT
) STRICT;

CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_who ON audit (who, at);
CREATE INDEX audit_by_action ON audit (action, at);
CREATE INDEX audit_by_target ON audit (target, at);

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- INSERT OR REPLACE deletes without the trigger above.
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
