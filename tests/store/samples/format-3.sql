PRAGMA application_id = 1953655666;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'log','words_beside_their_events','2026-11-28 14:16:08.319258+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'log','polls_with_all_that_is_kept','2026-11-28 17:47:44.814504+00:00');
CREATE TABLE backfills (
  endpoint TEXT NOT NULL,
  incident TEXT NOT NULL,
  PRIMARY KEY (endpoint, incident)
) STRICT;
INSERT INTO "backfills" VALUES('desk','ferry-2031');
CREATE TABLE events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  data TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
INSERT INTO "events" VALUES(1,'incident/ferry-2031',1,'incident.opened','042b3e548b638f7eee39','2021-05-01T12:00:00.000000Z','{"incident":"ferry-2031","title":"Ferry accident off the cape","began":"2021-05-01","place":"Cape Lorn","ongoing":false,"effective_at":"2021-05-01T12:00:00.000000Z","observed_at":"2021-05-01T12:00:00.000000Z"}','c6d6a5fddcc9bcb217b5d8badb94fbf6a2ceb0f65f3d99df08a2a91696f44b6b');
INSERT INTO "events" VALUES(2,'incident/ferry-2031',2,'figure.reported','3030ee2924f3bf33fe3e','2021-05-01T12:00:00.000000Z','{"source":"wire","source_name":"The Wire","source_rank":"agency","report":"report-12","version":1,"published_at":"2021-05-01T12:00:00.000000Z","observed_at":"2021-05-01T12:00:00.000000Z","stated_date":"","url":"https://wire.example/ferry","language":"en","reading":1,"measure":"killed","low":12,"high":12,"qualifier":"exact","role":"current","word":null,"scope":"Cape Lorn","move":null,"place":0,"occurrence":0,"replaces":[],"issuer_id":"harbour-office","issuer_rank":"official","title":"d47117690395aaacab3d3cf43182fcc2a144a862e7d013d99e6a0b9b58b92bd6","quote":"f44bdc8bf8db7ebc7b3335ba1c7dc1471e4390aa4842de76a5c0823163d9b126","issuer":"ba0718786873ad29feea26768efbc8caa09fd47612b506894dfcd7e710a2e649","text":"5ac2b294b4101a0c08e45206a918828628c270521cd1ba34eb581334aa54421e"}','81a326db7aee7bbdb2b67a76ba82f57fa3635f01745331f380d14006dff0be51');
INSERT INTO "events" VALUES(3,'incident/ferry-2031',3,'figure.reported','e3a502d0c8cf708b680c','2021-05-01T12:00:00.000000Z','{"source":"wire","source_name":"The Wire","source_rank":"agency","report":"report-12","version":1,"published_at":"2021-05-01T12:00:00.000000Z","observed_at":"2021-05-01T12:00:00.000000Z","stated_date":"","url":"https://wire.example/ferry","language":"en","reading":1,"measure":"killed","low":9,"high":null,"qualifier":"at_least","role":"current","word":null,"scope":null,"move":null,"place":0,"occurrence":0,"replaces":[],"issuer_id":null,"issuer_rank":null,"title":"d47117690395aaacab3d3cf43182fcc2a144a862e7d013d99e6a0b9b58b92bd6","quote":"80c5be66a6018ed05b48a5275e1c6dc45bdb19b2b17b5c9c264e2230a575dab7","text":"e10dd5cee9ff93c47c4b09ac2d1273572d9b03514826fc455d7dc9cd5a688bfe"}','c77bc89e7d60886dde9fde078141a63f0b41a348ff8dfb20fb85feb8c1c6c2a6');
INSERT INTO "events" VALUES(4,'inbox',1,'report.set_aside','f3880e668efeadd6d9e7','2031-05-01T12:00:00.000000Z','{"source":"wire","source_name":"The Wire","source_rank":"agency","report":"report-aside","published_at":"2031-05-01T12:00:00.000000Z","observed_at":"2031-05-01T12:00:00.000000Z","url":"https://wire.example/barge","language":"en","why":"no incident claims it","figures":["killed exact 3"],"title":"05b4e38bd95c10feb784c2f2dc245ba652cde347ad9621dd9e5b93c5770fd6c8","text":"d3e31a5801d5356798bafa6ae195b3aba4e8e0396196884dbf0cfa534a600bcb"}','f60083613f9668c25304535cd356898ef456cea34fb7abd7c4a73ea69e62342d');
INSERT INTO "events" VALUES(5,'incident/ferry-2031',4,'figure.reported','b8580097bd5edd361759','2031-05-01T12:00:00.000000Z','{"source":"wire","source_name":"The Wire","source_rank":"agency","report":"report-15","version":2,"published_at":"2031-05-01T12:00:00.000000Z","observed_at":"2031-05-01T12:00:00.000000Z","stated_date":"","url":"https://wire.example/ferry","language":"en","reading":1,"measure":"killed","low":15,"high":15,"qualifier":"exact","role":"current","word":null,"scope":null,"move":null,"place":0,"occurrence":0,"replaces":["00000000000000000000"],"issuer_id":null,"issuer_rank":null,"title":"386fdd40e29bb7ec57a98564a8af30c52073a25c29b3c4c76e3635def39c43a8","quote":"c89461640910cfdf07e435b9a32ccd22fcf50a1d5d01bdf831060baf73c452da","text":"4c42706db09ae47e0d8f4cd77350414353e1e82007ca77c29fe0788a4c56b101"}','2fc6cfc29ada8ac19e11a26fbb2f50cdffc2a2cfb02f9db1e44e1cacb6091fd6');
INSERT INTO "events" VALUES(6,'incident/ferry-2031',5,'figure.withdrawn','00d305d11a8cb2a1ae82','2031-05-01T12:00:00.000000Z','{"figure":"0c876e7e5cc2e18eafe6","by":"wire","reason":"the report no longer states it","effective_at":"2031-05-01T12:00:00.000000Z","observed_at":"2031-05-01T12:00:00.000000Z"}','8eb8ddcd2ace87be4a420965911dfc8e3bdea51aa6e639786601269184acd4f1');
INSERT INTO "events" VALUES(7,'incident/ferry-2031',6,'figure.reread','c57d21500e5b139b24cd','2031-05-01T12:00:00.000000Z','{"figure":"298d6cd85aa6a5b4a97d","reading":2,"figures":["66ceb0f6392b2ae56f36"],"effective_at":"2031-05-01T12:00:00.000000Z","observed_at":"2031-05-01T12:00:00.000000Z"}','00820c8be7df349d70aa90d8e2113b1aad4c404c7589715024820881eb3a6c8f');
INSERT INTO "events" VALUES(8,'incident/ferry-2031',7,'figure.reported','66ceb0f6392b2ae56f36','2031-05-01T12:00:00.000000Z','{"source":"wire","source_name":"The Wire","source_rank":"agency","report":"report-16","version":1,"published_at":"2031-05-01T12:00:00.000000Z","observed_at":"2031-05-01T12:00:00.000000Z","stated_date":"","url":"https://wire.example/ferry","language":"en","reading":2,"measure":"killed","low":16,"high":16,"qualifier":"exact","role":"current","word":null,"scope":null,"move":null,"place":0,"occurrence":0,"replaces":[],"issuer_id":null,"issuer_rank":null}','7a69f69f99b40b209fd86794356f111d809e47974b62260bc116416fad195105');
CREATE TABLE folded (position INTEGER NOT NULL) STRICT;
INSERT INTO "folded" VALUES(8);
CREATE TABLE gone (
  endpoint TEXT NOT NULL,
  url TEXT NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (endpoint, url)
) STRICT;
INSERT INTO "gone" VALUES('agency','https://agency.example/old','2031-05-01T12:00:00.000000Z');
CREATE TABLE identity (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO "identity" VALUES('6e83ee8775e7b1fa234276a3c6433f2d');
CREATE TABLE memos (source TEXT NOT NULL PRIMARY KEY, kept TEXT NOT NULL) STRICT;
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
) STRICT;
INSERT INTO "outbox" VALUES('msg_1','desk','ferry-2031',1,'estimate.revised','{}','waiting',0,'2031-05-01T12:00:00.000000Z','','2031-05-01T12:00:00.000000Z',NULL);
INSERT INTO "outbox" VALUES('msg_agency_ferry-2031_1','agency','ferry-2031',1,'estimate.revised','{"type":"estimate.revised"}','delivered',1,'2031-05-01T12:00:00.000000Z','204 No Content','2031-05-01T12:00:00.000000Z','2031-05-01T12:00:00.000000Z');
INSERT INTO "outbox" VALUES('msg_agency_ferry-2031_2','agency','ferry-2031',2,'estimate.revised','{"type":"estimate.revised"}','waiting',0,'2031-05-01T12:00:00.000000Z','','2031-05-01T12:00:00.000000Z',NULL);
INSERT INTO "outbox" VALUES('msg_agency_ferry-2031_3','agency','ferry-2031',3,'estimate.revised','{"type":"estimate.revised"}','waiting',0,'2031-05-01T12:00:00.000000Z','','2031-05-01T12:00:00.000000Z',NULL);
CREATE TABLE pages (
  source TEXT NOT NULL,
  url TEXT NOT NULL,
  kept TEXT NOT NULL,
  PRIMARY KEY (source, url)
) STRICT, WITHOUT ROWID;
CREATE TABLE paragraphs (
  position INTEGER PRIMARY KEY,
  salt BLOB NOT NULL,
  text TEXT NOT NULL,
  kept_until TEXT NOT NULL
) STRICT;
INSERT INTO "paragraphs" VALUES(4,X'2DEF6C43DEE6D33E18CCF7EFEE52952A','Three people died on a barge far upstream.','2031-07-30T12:00:00.000000Z');
INSERT INTO "paragraphs" VALUES(5,X'F53269559C6277F164A1776D99A8C7B0','Fifteen “dead”,
they said.','2031-07-30T12:00:00.000000Z');
CREATE TABLE polls (source TEXT NOT NULL PRIMARY KEY, kept TEXT NOT NULL) STRICT;
INSERT INTO "polls" VALUES('wire','{"source":"wire","polled_at":"2031-05-01T12:00:00.000000Z","succeeded_at":"2031-05-01T12:00:00.000000Z"}');
CREATE TABLE roster (
  incident TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  figures INTEGER NOT NULL,
  first_at TEXT,
  last_at TEXT,
  recorded_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "roster" VALUES('ferry-2031',7,'Ferry accident off the cape',4,'2021-05-01T12:00:00.000000Z','2031-05-01T12:00:00.000000Z','2031-05-01T12:00:00.000000Z');
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
) STRICT;
INSERT INTO "told" VALUES('desk','ferry-2031','killed','','standard','12',12,12,12,NULL,1);
CREATE TABLE words (
  position INTEGER PRIMARY KEY,
  salts BLOB NOT NULL,
  title TEXT,
  quote TEXT,
  issuer TEXT
) STRICT;
INSERT INTO "words" VALUES(2,X'0BBFA35D5C40A278BB7D604E1F262D568C8D035287FECA9639A510161FA6BC0C73501C6243B76607437213A3E4C8AEAF','Ferry accident off the cape','The ferry accident killed 12 people, the harbour office said.','the harbour office');
INSERT INTO "words" VALUES(3,X'0BBFA35D5C40A278BB7D604E1F262D5631D4167524F38B9825E444791D88354A00000000000000000000000000000000','Ferry accident off the cape','The ferry accident killed 9 people, the harbour office said.',NULL);
INSERT INTO "words" VALUES(4,X'9E0165504C8D2C49F3E1B4C5B32A0FE90000000000000000000000000000000000000000000000000000000000000000','Barge adrift',NULL,NULL);
INSERT INTO "words" VALUES(5,X'F6ED0E52331951301222B41EADB06EBA58410372808AADABDAEC971177066E6400000000000000000000000000000000','Ferry accident off the cape','The ferry accident killed 15 people, the harbour office said.',NULL);
CREATE INDEX outbox_waiting ON outbox (endpoint, incident, sequence) WHERE state = 'waiting';
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE UNIQUE INDEX events_by_stream ON events (stream, version);
CREATE INDEX redactions ON events (position) WHERE type = 'report.redacted';
CREATE INDEX paragraphs_kept_until ON paragraphs (kept_until);
CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN
  SELECT RAISE(ABORT, 'an event is never changed: the log only grows');
END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN
  SELECT RAISE(ABORT, 'an event is never deleted: the log only grows');
END;
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
END;
CREATE TRIGGER words_never_change BEFORE UPDATE ON words BEGIN
  SELECT RAISE(ABORT, 'quoted words are never changed');
END;
CREATE TRIGGER words_only_come BEFORE INSERT ON words
WHEN EXISTS (SELECT 1 FROM words WHERE position = NEW.position) BEGIN
  SELECT RAISE(ABORT, 'quoted words are never replaced');
END;
CREATE TRIGGER paragraphs_never_change BEFORE UPDATE ON paragraphs BEGIN
  SELECT RAISE(ABORT, 'quoted words are never changed');
END;
CREATE TRIGGER paragraphs_only_come BEFORE INSERT ON paragraphs
WHEN EXISTS (SELECT 1 FROM paragraphs WHERE position = NEW.position) BEGIN
  SELECT RAISE(ABORT, 'quoted words are never replaced');
END;
CREATE TRIGGER words_only_go_redacted BEFORE DELETE ON words
WHEN NOT EXISTS (
  SELECT 1 FROM events AS redaction, json_each(redaction.data, '$.events') AS redacted
  WHERE redaction.type = 'report.redacted'
    AND redacted.value = (SELECT id FROM events WHERE position = OLD.position)
) BEGIN
  SELECT RAISE(ABORT, 'these words are still kept: they go only by a redaction');
END;
CREATE TRIGGER paragraphs_only_go_in_time BEFORE DELETE ON paragraphs
WHEN OLD.kept_until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
AND NOT EXISTS (
  SELECT 1 FROM events AS redaction, json_each(redaction.data, '$.events') AS redacted
  WHERE redaction.type = 'report.redacted'
    AND redacted.value = (SELECT id FROM events WHERE position = OLD.position)
) BEGIN
  SELECT RAISE(ABORT, 'these words are still kept: they go after their time or by a redaction');
END;
COMMIT;
