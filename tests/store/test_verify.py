"""`verify` finds whatever was changed behind the log's back, and says where."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from builders import figure, set_aside
from tracker.encoding import event_id
from tracker.errors import LogError
from tracker.events import INBOX
from tracker.store.base import Append
from tracker.store.chain import FIRST, Stored, link
from tracker.store.schema import STATEMENTS
from tracker.store.sqlite import open_log
from tracker.store.verify import first_flaw
from tracker.store.writer import open_writer

FERRY = "incident/ferry"
LONG_AGO = datetime(2021, 5, 1, 12, tzinfo=UTC)
TRIGGERS: Final = {
    statement.split()[2]: statement
    for statement in STATEMENTS
    if statement.startswith("CREATE TRIGGER")
}
CHANGES: Final = (
    "UPDATE events SET position = 77 WHERE position = :at",
    "UPDATE events SET stream = 'incident/bridge' WHERE position = :at",
    "UPDATE events SET version = 9 WHERE position = :at",
    "UPDATE events SET type = 'figure.withdrawn' WHERE position = :at",
    "UPDATE events SET id = '00000000000000000000' WHERE position = :at",
    "UPDATE events SET recorded_at = '2021-05-01T12:00:01.000000Z' WHERE position = :at",
    "UPDATE events SET data = '{}' WHERE position = :at",
    "UPDATE events SET hash = hex(randomblob(32)) WHERE position = :at",
)


@pytest.fixture
def written(db: Path) -> Path:
    """A log of five events in two streams."""
    with closing(open_writer(db)) as log:
        log.append([Append(FERRY, 0, (figure(1), figure(2)))], recorded_at=LONG_AGO)
        log.append([Append(INBOX, 0, (set_aside(),))], recorded_at=LONG_AGO)
        log.append([Append(FERRY, 2, (figure(3), figure(4)))], recorded_at=LONG_AGO)
    return db


def tamper(db: Path, *statements: str, at: int = 0) -> None:
    """As somebody would who drops the triggers, does his work, and makes them again."""
    with closing(sqlite3.connect(db)) as conn:
        for name in TRIGGERS:
            conn.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            conn.execute(statement, {"at": at})
        for statement in TRIGGERS.values():
            conn.execute(statement)
        conn.commit()


def flaw(db: Path) -> str:
    """What verify says, as one line; empty when it finds nothing."""
    with closing(open_log(db)) as log:
        found = log.verify()
    return f"{found.where}: {found.what}" if found else ""


def test_triggers_that_were_dropped_and_made_again_are_no_flaw(written: Path) -> None:
    """So whatever the tests below find is what they changed."""
    tamper(written)
    assert flaw(written) == ""


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("position", [1, 2, 4])
def test_a_changed_field_is_found_where_it_is(written: Path, change: str, position: int) -> None:
    """Any column of any event: the flaw is at that event, or at the gap that it leaves."""
    tamper(written, change, at=position)
    assert re.search(rf"position {position}\b", flaw(written))


def test_a_digit_changed_inside_an_event_is_found(written: Path) -> None:
    """The flaw names the event by its id, and its place in the log and in its stream."""
    tamper(
        written,
        """UPDATE events SET data = replace(data, '"low":3', '"low":8') WHERE position = 4""",
    )
    assert flaw(written) == (
        f"event {event_id(figure(3))} (position 4, version 3 of incident/ferry): "
        "it is not as it was written, or the one before it is not"
    )


def test_a_deleted_event_is_found(written: Path) -> None:
    tamper(written, "DELETE FROM events WHERE position = 2")
    assert flaw(written).startswith("position 2: is missing")


def test_a_deleted_event_is_found_when_the_rest_moves_up(written: Path) -> None:
    tamper(
        written,
        "DELETE FROM events WHERE position = 2",
        "UPDATE events SET position = position - 1 WHERE position > 2",
    )
    assert "position 2" in flaw(written)


def test_the_last_event_of_a_stream_is_missed_when_others_follow(written: Path) -> None:
    tamper(
        written,
        "DELETE FROM events WHERE stream = 'inbox'",
        "UPDATE events SET position = position - 1 WHERE position > 3",
    )
    assert "position 3" in flaw(written)


def test_swapped_events_are_found(written: Path) -> None:
    """Also events of different streams, whose own chains do not touch."""
    tamper(
        written,
        "UPDATE events SET position = -1 WHERE position = 2",
        "UPDATE events SET position = 2 WHERE position = 3",
        "UPDATE events SET position = 3 WHERE position = -1",
    )
    assert "position 2" in flaw(written)


@pytest.mark.parametrize(
    ("table", "field"), [("words", "title"), ("words", "quote"), ("paragraphs", "text")]
)
def test_changed_words_are_found(written: Path, table: str, field: str) -> None:
    tamper(
        written,
        f"UPDATE {table} SET {field} = {field} || '!' WHERE position = 2",
    )
    found = flaw(written)
    assert "is not in the words that were recorded" in found
    assert field in found


def test_a_changed_salt_is_found(written: Path) -> None:
    tamper(written, "UPDATE paragraphs SET salt = x'00'")
    assert "position 1" in flaw(written)


def test_words_that_were_never_recorded_are_found(written: Path) -> None:
    """Nobody can put words into the mouth of an event that had none."""
    tamper(written, "UPDATE words SET issuer = 'the harbour office' WHERE position = 2")
    assert "its issuer is not in the words that were recorded" in flaw(written)


def test_words_of_a_field_that_the_event_cannot_have_are_found(written: Path) -> None:
    tamper(written, "UPDATE words SET quote = 'Nobody said so' WHERE position = 3")
    assert "it was recorded without a quote" in flaw(written)


@pytest.mark.parametrize("field", ["title", "quote"])
def test_words_that_are_for_good_are_missed(written: Path, field: str) -> None:
    """A quote is never forgotten, so the event that has lost it is a flaw."""
    tamper(
        written,
        f"UPDATE words SET {field} = NULL WHERE position = 4",
    )
    assert f"its {field} is gone" in flaw(written)


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_missing_trigger_is_found(written: Path, name: str) -> None:
    with closing(sqlite3.connect(written)) as conn:
        conn.execute(f"DROP TRIGGER {name}")
    assert flaw(written) == f"trigger {name}: is missing"


def test_a_trigger_that_does_something_else_is_found(written: Path) -> None:
    with closing(sqlite3.connect(written)) as conn:
        conn.execute("DROP TRIGGER events_never_go")
        conn.execute("CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT 1; END")
    assert flaw(written) == "trigger events_never_go: is not as this program made it"


def test_a_trigger_of_somebody_else_is_found(written: Path) -> None:
    with closing(sqlite3.connect(written)) as conn:
        conn.execute("CREATE TRIGGER more AFTER INSERT ON events BEGIN DELETE FROM words; END")
    assert flaw(written) == "trigger more: was not made by this program"


def corrupt(data: bytes) -> bytes:
    """The page that holds the events, from its middle on, overwritten."""
    at = data.index(b"incident/ferry")
    return data[: at - 100] + b"\xff" * 200 + data[at + 100 :]


def halve(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize("damage", [corrupt, halve])
def test_a_damaged_file_is_a_flaw_and_no_crash(
    written: Path, damage: Callable[[bytes], bytes]
) -> None:
    """The file was sound when it was opened, and is damaged under the reader's hands."""
    with closing(open_log(written)) as log:
        written.write_bytes(damage(written.read_bytes()))
        found = log.verify()
    assert found is not None
    assert found.where == str(written)
    assert "damaged" in found.what


def test_an_event_of_an_unknown_type_is_named_and_never_guessed_at(db: Path) -> None:
    """Somebody may append by hand what follows all rules; reading it says what to do."""
    with closing(open_writer(db)):
        pass
    foreign = Stored(1, FERRY, 1, "figure.imagined", "0" * 20, "2021-05-01T12:00:00Z", "{}")
    with closing(sqlite3.connect(db)) as conn:
        conn.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*foreign, link(FIRST, foreign))
        )
        conn.commit()

    assert "this version knows no events of type 'figure.imagined'" in flaw(db)
    with (
        closing(open_log(db)) as log,
        pytest.raises(LogError, match=r"cannot read \('figure.imagined'\): install the version"),
    ):
        log.read(FERRY)


def test_reading_a_damaged_log_is_one_clear_line(written: Path) -> None:
    with closing(open_log(written)) as log:
        written.write_bytes(corrupt(written.read_bytes()))
        with pytest.raises(LogError, match=r"is damaged .*: put a copy of it back"):
            list(log.tail())


def test_a_log_may_be_written_while_it_is_verified(written: Path) -> None:
    """Verifying sees one moment of the log, so that what comes in meanwhile is no gap."""
    with closing(open_writer(written)) as writer, closing(sqlite3.connect(written)) as reader:
        numbers = count(100)

        def append_more() -> int:
            writer.append(
                [Append("incident/bridge", None, (figure(next(numbers)),))], recorded_at=LONG_AGO
            )
            return 0

        append_more()
        # SQLite calls this again and again while it works for the reader.
        reader.set_progress_handler(append_more, 50)
        assert first_flaw(reader, str(written)) is None
        reader.set_progress_handler(None, 0)
        assert len(writer.read("incident/bridge")) > 5
        assert first_flaw(reader, str(written)) is None
