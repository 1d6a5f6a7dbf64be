"""Loading a whole new log: as if it had been appended to, and never over another."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from builders import NOON, figure, opened
from moved import FERRY, export_of, exported, write_lively_log
from tracker.encoding import event_id
from tracker.errors import LogBusy, LogError, ReadOnlyLog
from tracker.events import INBOX, ReportRedacted
from tracker.moving.whole import event_of
from tracker.store.base import Append, Owed
from tracker.store.batch import Written
from tracker.store.load import Ids, Load
from tracker.store.sqlite import open_log
from tracker.store.verify import first_flaw
from tracker.store.writer import open_writer


def written(file: bytes) -> list[Written]:
    return [event_of(orjson.loads(line)) for line in file.splitlines()]


def nobody(_: str) -> tuple[Owed, ...]:
    """Who is owed a word about an incident, where no endpoint is configured."""
    return ()


def load(path: Path, events: Iterable[Written]) -> None:
    with Load(str(path)) as loading:
        loading.begin(go_on=False)
        loading.add(events, "all")
        loading.finish(nobody)


def lively(folder: Path) -> tuple[Path, list[Written]]:
    write_lively_log(folder / "old.db")
    return folder / "old.db", written(export_of(folder / "old.db"))


def test_a_loaded_log_is_like_one_appended_to(tmp_path: Path) -> None:
    """Every table, index, trigger and row but its name; and both can be written to."""
    old, events = lively(tmp_path)
    load(tmp_path / "new.db", events)
    with closing(sqlite3.connect(old)) as one, closing(sqlite3.connect(tmp_path / "new.db")) as two:
        schema = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
        assert two.execute(schema).fetchall() == one.execute(schema).fetchall()
        for pragma in ("application_id", "user_version", "journal_mode", "page_size"):
            ask = f"PRAGMA {pragma}"
            assert two.execute(ask).fetchall() == one.execute(ask).fetchall()
        for table in ("events", "words", "paragraphs"):
            rows = f"SELECT * FROM {table}"
            assert two.execute(rows).fetchall() == one.execute(rows).fetchall()
        assert first_flaw(two, "new.db") is None
        assert (
            two.execute("SELECT * FROM identity").fetchall()
            != one.execute("SELECT * FROM identity").fetchall()
        )
    with closing(open_writer(tmp_path / "new.db")) as log:
        log.append([Append(FERRY, 4, (figure(20),))], recorded_at=NOON)
        assert (log.verify(), log.verify_projections()) == (None, None)


def test_an_event_is_loaded_once(tmp_path: Path) -> None:
    """Whether it comes twice in one part, or in two."""
    old, events = lively(tmp_path)
    with Load(str(tmp_path / "new.db")) as loading:
        loading.begin(go_on=False)
        assert loading.add([*events[:4], *events[:4]], "") == 4
        assert loading.add(events, "") == len(events) - 4
        loading.finish(nobody)
    assert export_of(tmp_path / "new.db") == export_of(old)


def test_a_load_cut_short_is_gone_on_from(tmp_path: Path) -> None:
    """Its mark tells how far it was read; then it is as if it had never stopped."""
    old, events = lively(tmp_path)
    new = tmp_path / "new.db"
    for number in range(3):
        with Load(str(new)) as loading:
            assert loading.mark == (f"mark {number}" if number else "")
            loading.begin(go_on=bool(number))
            assert len(loading) == number * 2
            loading.add(events[number * 2 : number * 2 + 2], f"mark {number + 1}")
        assert not new.exists()
    with Load(str(new)) as loading:
        loading.begin(go_on=True)
        loading.add(events, "all")
        loading.finish(lambda incident: [Owed(endpoint="desk", incident=incident)])
    assert export_of(new) == export_of(old)
    with closing(open_writer(new)) as log:
        assert log.owed() == [
            Owed(endpoint="desk", incident=each) for each in ("barge", "ferry-2031")
        ]
        assert (log.verify(), log.verify_projections()) == (None, None)


@pytest.mark.parametrize("left", [b"", b"x" * 5000, b"SQLite format 3\0" + b"\1" * 5000])
def test_what_is_left_of_something_else_is_replaced(tmp_path: Path, left: bytes) -> None:
    old, events = lively(tmp_path)
    (tmp_path / "new.db.importing").write_bytes(left)
    load(tmp_path / "new.db", events)
    assert export_of(tmp_path / "new.db") == export_of(old)


def test_a_log_made_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """Whoever was first has made the log."""
    _, events = lively(tmp_path)
    new = tmp_path / "new.db"
    with Load(str(new)) as loading:
        loading.begin(go_on=False)
        loading.add(events, "")
        with closing(open_writer(new)) as log:
            log.append([Append(FERRY, 0, (opened(),))], recorded_at=NOON)
            before = exported(log)
        with pytest.raises(LogError, match=r"has made .*new\.db meanwhile: import again"):
            loading.finish(nobody)
        loading.discard()
    assert export_of(new) == before
    assert not [*tmp_path.glob("*.importing*")]


def test_a_log_with_two_names_is_no_work_file(tmp_path: Path) -> None:
    """A load killed after it gave the log its name, and before it took the other away."""
    old, events = lively(tmp_path)
    before = export_of(old)
    (tmp_path / "new.db.importing").hardlink_to(old)
    load(tmp_path / "new.db", events[:2])
    assert export_of(old) == before


def test_only_one_load_at_a_time(tmp_path: Path) -> None:
    with Load(str(tmp_path / "new.db")), pytest.raises(LogBusy, match="in use by another import"):
        Load(str(tmp_path / "new.db"))
    with pytest.raises(ReadOnlyLog, match="cannot be written"):
        Load(str(tmp_path / "no" / "new.db"))


def test_redacted_words_do_not_come_back(tmp_path: Path) -> None:
    """Though a file that was made before the redaction still has them; nor into a log in use."""
    old, events = lively(tmp_path)
    redacted = ReportRedacted(
        events=(event_id(figure(12)),),
        source="wire",
        report="report-12",
        reason="asked to",
        effective_at=NOON,
        observed_at=NOON,
    )
    with closing(open_writer(old)) as log:
        log.redact(redacted, recorded_at=NOON)
        after = exported(log)
    with_words = [*events, *written(after)[-1:]]
    load(tmp_path / "new.db", with_words)
    assert export_of(tmp_path / "new.db") == after
    assert len(after.splitlines()) == len(events) + 1
    with closing(open_writer(tmp_path / "used.db")) as log:
        assert log.take(events) == len(events)
        assert log.take(with_words) == 1
        assert exported(log) == after
        assert log.verify() is None


def test_a_redaction_is_exported_with_the_incident_it_is_about(tmp_path: Path) -> None:
    """Without it nothing would say why words are gone."""
    old, _ = lively(tmp_path)
    with closing(open_writer(old)) as log:
        for redacted in (figure(12), figure(3, report="barge")):
            fact = ReportRedacted(
                events=(event_id(redacted),),
                source="wire",
                report=redacted.report,
                reason="asked to",
                effective_at=NOON,
                observed_at=NOON,
            )
            log.redact(fact, recorded_at=NOON)
        streams = [stored.stream for stored, _ in log.stored(FERRY)]
        assert streams == [FERRY] * 4 + [INBOX]
        load(tmp_path / "new.db", written(exported(log, FERRY)))
    with closing(open_log(tmp_path / "new.db")) as new:
        assert new.verify() is None


def test_a_restoration_is_refused_where_another_has_written_meanwhile(tmp_path: Path) -> None:
    _, events = lively(tmp_path)
    with closing(open_writer(tmp_path / "used.db")) as log:
        assert log.take(events[:2], after=0) == 2
        with pytest.raises(LogBusy, match="another process has written to"):
            log.take(events[2:], after=1)
        assert log.take(events[2:], after=2) == len(events) - 2
        assert log.take(events, after=0) == 0


def test_ids_are_told_apart_whatever_they_have_in_common() -> None:
    """As by a set: also where one is found across the border of two others."""
    ids, known = Ids(), set[str]()
    made = [f"abcd{a:08x}{b:08x}" for a in range(40) for b in (0, 1, 1 << 24, 0x01010101)]
    for each in [*made, *reversed(made), "abcd" + "00" * 8, "abcd" + "01" * 8]:
        assert ids.add(each) == (each not in known)
        known.add(each)
    assert len(ids) == len(known)
