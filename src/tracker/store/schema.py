"""The tables of the log in SQLite, and the triggers that make it append-only.

The rules stand in the file itself, so that any program that opens it is held to them. A shell
has `recursive_triggers` off, and there `INSERT OR REPLACE` deletes without asking a delete
trigger: so the trigger before an insert refuses what would replace something.

`events` is for good. Of the words from outside, `words` are too, and `paragraphs` until their
`kept_until` is past; either may go earlier where a `report.redacted` names their event. `roster`
is a projection of the events, and the other tables are operational state: they change all the
time and no fact is derived from them.
"""

from datetime import timedelta
from typing import Final

APPLICATION_ID: Final = int.from_bytes(b"trkr", "big")
"""What marks an SQLite file as a log of this program (`PRAGMA application_id`)."""

SCHEMA_VERSION: Final = 4
"""`PRAGMA user_version` of the tables below; `migrations.py` brings older logs here."""

KEPT_WORDS: Final = ("title", "quote", "issuer")
"""The columns of `words`. Their salts stand in one column, in this order."""

PARAGRAPH: Final = "text"
"""Words that are kept for a time only: the paragraph around a figure."""

KEPT: Final = timedelta(days=90)
"""How long they are kept, from the moment they were fetched, or recorded if that is earlier."""

TABLES: Final = (
    """\
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT""",
    # Beside the events and in their order: a new event's words go to the end of the file, however
    # long the log is.
    """\
CREATE TABLE words (
  position INTEGER PRIMARY KEY,
  salts BLOB NOT NULL,
  title TEXT,
  quote TEXT,
  issuer TEXT
) STRICT""",
    """\
CREATE TABLE paragraphs (
  position INTEGER PRIMARY KEY,
  salt BLOB NOT NULL,
  text TEXT NOT NULL,
  kept_until TEXT NOT NULL
) STRICT""",
)
"""What is for good, without what holds it to that, so that a whole log can be loaded fast."""

RULES: Final = (
    "CREATE UNIQUE INDEX events_by_id ON events (id)",
    "CREATE UNIQUE INDEX events_by_stream ON events (stream, version)",
    # Small, and asked whenever words are deleted.
    "CREATE INDEX redactions ON events (position) WHERE type = 'report.redacted'",
    "CREATE INDEX paragraphs_kept_until ON paragraphs (kept_until)",
    """\
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN
  SELECT RAISE(ABORT, 'an event is never changed: the log only grows');
END""",
    """\
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN
  SELECT RAISE(ABORT, 'an event is never deleted: the log only grows');
END""",
    # A position that is taken is not the next one either, nor is a version.
    """\
CREATE TRIGGER events_only_follow BEFORE INSERT ON events BEGIN
  SELECT CASE
    WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events)
    THEN RAISE(ABORT, 'an event is never replaced: the log only grows, by the next position')
    WHEN NEW.version IS NOT
      (SELECT coalesce(max(version), 0) + 1 FROM events WHERE stream = NEW.stream)
    THEN RAISE(ABORT, 'an event is never replaced: the log only grows, by the next version')
    WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    THEN RAISE(ABORT, 'an event is never replaced: the log only grows, and holds this id')
  END;
END""",
    *(
        statement
        for table in ("words", "paragraphs")
        for statement in (
            f"""\
CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table} BEGIN
  SELECT RAISE(ABORT, 'quoted words are never changed');
END""",
            f"""\
CREATE TRIGGER {table}_only_come BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE position = NEW.position) BEGIN
  SELECT RAISE(ABORT, 'quoted words are never replaced');
END""",
        )
    ),
    """\
CREATE TRIGGER words_only_go_redacted BEFORE DELETE ON words
WHEN NOT EXISTS (
  SELECT 1 FROM events AS redaction, json_each(redaction.data, '$.events') AS redacted
  WHERE redaction.type = 'report.redacted'
    AND redacted.value = (SELECT id FROM events WHERE position = OLD.position)
) BEGIN
  SELECT RAISE(ABORT, 'these words are still kept: they go only by a redaction');
END""",
    """\
CREATE TRIGGER paragraphs_only_go_in_time BEFORE DELETE ON paragraphs
WHEN OLD.kept_until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
AND NOT EXISTS (
  SELECT 1 FROM events AS redaction, json_each(redaction.data, '$.events') AS redacted
  WHERE redaction.type = 'report.redacted'
    AND redacted.value = (SELECT id FROM events WHERE position = OLD.position)
) BEGIN
  SELECT RAISE(ABORT, 'these words are still kept: they go after their time or by a redaction');
END""",
)
"""What holds the tables above to their rules."""

BESIDE: Final = (
    # One row for each incident: what a list of incidents shows, so that it need not read the log.
    """\
CREATE TABLE roster (
  incident TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  figures INTEGER NOT NULL,
  first_at TEXT,
  last_at TEXT,
  recorded_at TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    # Up to which position of the log the roster is folded: one row.
    "CREATE TABLE folded (position INTEGER NOT NULL) STRICT",
    "INSERT INTO folded VALUES (0)",
    "CREATE TABLE identity (name TEXT NOT NULL PRIMARY KEY) STRICT",
    # What is kept of polls is read and written whole, so each is one JSON document.
    "CREATE TABLE polls (source TEXT NOT NULL PRIMARY KEY, kept TEXT NOT NULL) STRICT",
    "CREATE TABLE memos (source TEXT NOT NULL PRIMARY KEY, kept TEXT NOT NULL) STRICT",
    """\
CREATE TABLE pages (
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  kept TEXT NOT NULL,
  PRIMARY KEY (source, url)
) STRICT, WITHOUT ROWID""",
    # Of each endpoint and what it is told about, the first alert that is not settled is `due`, and
    # those behind it are `queued`. `due_at` is when it may be tried (again): after a back-off, or
    # when a lease has run out; `attempts` are those since it was last asked to be sent.
    """\
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  endpoint TEXT NOT NULL,
  about TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'queued', 'delivered', 'given up')),
  attempts INTEGER NOT NULL,
  due_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  delivered_at TEXT,
  UNIQUE (about, endpoint, sequence)
) STRICT""",
    "CREATE INDEX outbox_due ON outbox (endpoint, due_at) WHERE state = 'due'",
    """\
CREATE INDEX outbox_waiting ON outbox (about, endpoint, sequence)
WHERE state IN ('due', 'queued')""",
    "CREATE INDEX outbox_given_up ON outbox (created_at) WHERE state = 'given up'",
    # The last sequence of each endpoint and what it is told about.
    """\
CREATE TABLE sequences (
  about TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (about, endpoint)
) STRICT, WITHOUT ROWID""",
    # `alert` is a number of the outbox; `took` is in milliseconds.
    """\
CREATE TABLE attempts (
  number INTEGER PRIMARY KEY,
  alert INTEGER NOT NULL,
  at TEXT NOT NULL,
  took INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'failed', 'given up')),
  status INTEGER,
  answer TEXT NOT NULL,
  said TEXT NOT NULL
) STRICT""",
    "CREATE INDEX attempts_of ON attempts (alert)",
    # Here '' is the scope of the whole incident: a key with NULL in it would never be met again.
    # `earlier` is a list in JSON of what was told before.
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
  told_at TEXT NOT NULL,
  earlier TEXT NOT NULL,
  PRIMARY KEY (incident, endpoint, measure, scope, policy)
) STRICT""",
    "CREATE INDEX told_to ON told (endpoint, incident)",
    """\
CREATE TABLE held (
  endpoint TEXT NOT NULL,
  incident TEXT NOT NULL,
  measure TEXT NOT NULL,
  scope TEXT NOT NULL,
  policy TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  PRIMARY KEY (incident, endpoint, measure, scope, policy)
) STRICT""",
    "CREATE INDEX held_until ON held (endpoint, until)",
    """\
CREATE TABLE owed (
  endpoint TEXT NOT NULL,
  incident TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('backfilled', 'reinterpreted')),
  PRIMARY KEY (endpoint, incident)
) STRICT""",
    # How an endpoint can be reached, as one document; and by which rules it was told last.
    "CREATE TABLE reach (endpoint TEXT NOT NULL PRIMARY KEY, kept TEXT NOT NULL) STRICT",
    """\
CREATE TABLE interpretations (
  endpoint TEXT NOT NULL PRIMARY KEY,
  policy TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT""",
)
"""The projection, and operational state."""

SINCE_2: Final = ("roster", "folded")
"""The tables of `BESIDE` that are there since format 2."""

SINCE_3: Final = ("polls", "memos", "pages")
"""The tables of `BESIDE` that are as they are since format 3."""

SINCE_4: Final = (
    "outbox", "outbox_due", "outbox_waiting", "outbox_given_up", "sequences", "attempts",
    "attempts_of", "told", "told_to", "held", "held_until", "owed", "reach", "interpretations",
)  # fmt: skip
"""What of `BESIDE` is as it is since format 4."""

MARKS: Final = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

STATEMENTS: Final = (*TABLES, *RULES, *BESIDE, *MARKS)
"""What makes an empty database a log, to be run in one transaction (the pragmas take part)."""
