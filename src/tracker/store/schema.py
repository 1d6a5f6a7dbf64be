"""The tables of the log in SQLite, and the triggers that make it append-only.

The rules stand in the file itself, so that any program that opens it is held to them. A shell
has `recursive_triggers` off, and there `INSERT OR REPLACE` deletes without asking a delete
trigger: so the trigger before an insert refuses what would replace something.

`events` is for good. Of `texts`, a paragraph may be deleted once its `kept_until` is past; a row
without it (title, quote, issuer) may not be deleted at all. The other tables are operational
state: they change all the time and nothing is derived from them.
"""

from datetime import timedelta
from typing import Final

APPLICATION_ID: Final = int.from_bytes(b"trkr", "big")
"""What marks an SQLite file as a log of this program (`PRAGMA application_id`)."""

SCHEMA_VERSION: Final = 1
"""`PRAGMA user_version` of the tables below."""

FORGETTABLE: Final = frozenset({"text"})
"""Words that are kept for a time only: the paragraph around a figure."""

KEPT: Final = timedelta(days=90)
"""How long they are kept, from the moment they were fetched, or recorded if that is earlier."""

STATEMENTS: Final = (
    """\
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (stream, version)
) STRICT""",
    """\
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN
  SELECT RAISE(ABORT, 'an event is never changed: the log only grows');
END""",
    """\
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN
  SELECT RAISE(ABORT, 'an event is never deleted: the log only grows');
END""",
    """\
CREATE TRIGGER events_only_follow BEFORE INSERT ON events BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
      OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND version = NEW.version)
    THEN RAISE(ABORT, 'an event is never replaced: the log only grows')
    WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events)
    THEN RAISE(ABORT, 'the position of an event is one more than the last in the log')
    WHEN NEW.version IS NOT
      (SELECT coalesce(max(version), 0) + 1 FROM events WHERE stream = NEW.stream)
    THEN RAISE(ABORT, 'the version of an event is one more than the last in its stream')
  END;
END""",
    # Without a rowid, since one that is given would be another way to replace a row.
    """\
CREATE TABLE texts (
  commitment TEXT NOT NULL PRIMARY KEY,
  salt BLOB NOT NULL,
  words TEXT NOT NULL,
  kept_until TEXT
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX texts_kept_until ON texts (kept_until) WHERE kept_until IS NOT NULL",
    """\
CREATE TRIGGER texts_never_change BEFORE UPDATE ON texts BEGIN
  SELECT RAISE(ABORT, 'quoted words are never changed');
END""",
    """\
CREATE TRIGGER texts_only_go_in_time BEFORE DELETE ON texts
WHEN OLD.kept_until IS NULL OR OLD.kept_until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now') BEGIN
  SELECT RAISE(ABORT, 'these words are still kept: only paragraphs go, after their time');
END""",
    """\
CREATE TRIGGER texts_only_come BEFORE INSERT ON texts
WHEN EXISTS (SELECT 1 FROM texts WHERE commitment = NEW.commitment) BEGIN
  SELECT RAISE(ABORT, 'quoted words are never replaced');
END""",
    "CREATE TABLE identity (name TEXT NOT NULL PRIMARY KEY) STRICT",
    """\
CREATE TABLE polls (
  source TEXT NOT NULL PRIMARY KEY,
  polled_at TEXT NOT NULL,
  succeeded_at TEXT,
  failures INTEGER NOT NULL,
  error TEXT NOT NULL
) STRICT""",
    """\
CREATE TABLE memos (
  source TEXT NOT NULL PRIMARY KEY,
  etag TEXT,
  last_modified TEXT,
  digest TEXT,
  reading TEXT
) STRICT""",
    # `due_at` is when it may be tried (again): after a back-off, or when a lease has run out.
    """\
CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  endpoint TEXT NOT NULL,
  incident TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given up')),
  attempts INTEGER NOT NULL,
  due_at TEXT NOT NULL,
  last_answer TEXT NOT NULL,
  created_at TEXT NOT NULL,
  delivered_at TEXT,
  UNIQUE (endpoint, incident, sequence)
) STRICT""",
    """\
CREATE INDEX outbox_waiting ON outbox (endpoint, incident, sequence) WHERE state = 'waiting'""",
    # Here '' is the scope of the whole incident: a key with NULL in it would never be met again.
    """\
CREATE TABLE told (
  endpoint TEXT NOT NULL,
  incident TEXT NOT NULL,
  measure TEXT NOT NULL,
  scope TEXT NOT NULL,
  policy TEXT NOT NULL,
  phrase TEXT,
  best INTEGER,
  low INTEGER,
  high INTEGER,
  status TEXT,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (incident, endpoint, measure, scope, policy)
) STRICT""",
    """\
CREATE TABLE backfills (
  endpoint TEXT NOT NULL,
  incident TEXT NOT NULL,
  PRIMARY KEY (endpoint, incident)
) STRICT""",
    """\
CREATE TABLE gone (
  endpoint TEXT NOT NULL,
  url TEXT NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (endpoint, url)
) STRICT""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
"""What makes an empty database a log, to be run in one transaction (the pragmas take part)."""
