"""Whose words go when somebody names a report, or one of its events."""

import pytest

from builders import NOON, figure, opened, set_aside, withdrawn
from said import events as stream
from tracker.errors import UsageError
from tracker.events import Event, Fact, ReportRedacted
from tracker.incidents.redact import (
    elsewhere,
    ids,
    passages,
    redacted,
    redaction,
    report_of,
    reports_named,
)

ADDRESS = "https://wire.example/ferry?id=1"
GONE = {"title": None, "quote": None, "issuer": None, "text": None}


def log(*facts: Fact) -> list[Event]:
    return stream(list(facts))


def test_a_report_goes_by_its_full_name_its_id_or_its_address() -> None:
    held = log(opened(), figure(1, report="a/b", url=ADDRESS), figure(2, report="c", url=""))
    for name in ("wire/a/b", "a/b", ADDRESS):
        assert reports_named(held, name) == [("wire", "a/b")]
    for name in ("a", "wire", "wire/", "", "report-1"):
        assert reports_named(held, name) in ([], [("wire", "c")] if name == "" else [])


def test_a_full_name_is_never_ambiguous() -> None:
    """Where it is the id of another report, too: else the one could not be named at all."""
    held = log(figure(1, report="cape/x", source="wire"), figure(2, report="x", source="cape"))
    assert reports_named(held, "cape/x") == [("cape", "x")]
    assert reports_named(held, "wire/cape/x") == [("wire", "cape/x")]


def test_an_id_that_two_sources_use_names_both() -> None:
    held = log(figure(1, report="x", source="wire"), set_aside(report="x", source="cape"))
    assert reports_named(held, "x") == [("wire", "x"), ("cape", "x")]


def test_a_report_is_all_its_events_that_hold_words() -> None:
    """In every version, and where it was set aside; not those that hold none any more."""
    held = log(
        opened(),
        figure(1, report="r", **GONE),
        figure(2, report="r"),
        figure(3, report="r", version=2, title="Edited"),
        withdrawn(figure(2, report="r")),
        set_aside(report="r"),
        figure(4, report="r", source="cape"),
        figure(5, report="other"),
    )
    taken = redaction(held, ("wire", "r"))
    assert [each.position for each in taken.chosen] == [3, 4, 6]
    assert (taken.left, taken.before) == (0, False)


def test_an_event_takes_those_with_it_that_hold_its_headline_sentence_or_paragraph() -> None:
    """What only credits the same office, as everybody does, stays, and is counted."""
    own = {"report": "r", "title": "A", "quote": "q", "text": "p", "issuer": "the coast guard"}
    held = log(
        figure(1, **own),
        figure(2, **(own | {"quote": "other", "text": "other"})),
        figure(3, **(own | {"title": None, "text": "other"})),
        figure(4, **(own | {"title": "B", "quote": "other"})),
        figure(5, **(own | {"title": "B", "quote": "other", "text": "other"})),
        figure(6, **(own | {"report": "another"})),
    )
    taken = redaction(held, ("wire", "r"), held[0])
    assert [each.position for each in taken.chosen] == [1, 2, 3, 4]
    assert taken.left == 1


def test_an_event_without_words_takes_nothing_and_what_was_redacted_is_known() -> None:
    bare = figure(1, report="r", **GONE)
    first = redaction(log(figure(1, report="r")), ("wire", "r"))
    fact = redacted(first, "a court asked", now=NOON)
    held = log(bare, figure(2, report="r"), fact)
    taken = redaction(held, ("wire", "r"), held[0])
    assert taken.chosen == ()
    assert (taken.left, taken.before) == (1, True)


def test_the_fact_names_the_events_in_their_order() -> None:
    held = log(figure(1, report="r"), figure(2, report="r"))
    assert redacted(redaction(held, ("wire", "r")), "a court asked", now=NOON) == ReportRedacted(
        events=ids(held),
        source="wire",
        report="r",
        reason="a court asked",
        effective_at=NOON,
        observed_at=NOON,
    )


def test_the_same_words_in_other_reports_are_found() -> None:
    """A wire copy, or the same report under another address."""
    own = figure(1, report="r", title="A", quote="The very sentence.", text="A paragraph.")
    held = log(
        own,
        figure(2, report="r", title="A", quote="x", text="y"),
        figure(3, source="cape", report="copy", title="B", quote="The very sentence.", text="z"),
        figure(4, source="cape", report="copy", title="B", quote="x1", text="A paragraph. "),
        set_aside(report="aside", title="C", text="A paragraph."),
        figure(5, source="cape", report="none", title="D", quote="x2", text=None),
    )
    taken = redaction(held, ("wire", "r"))
    assert elsewhere(held, taken) == {("cape", "copy"): 2, ("wire", "aside"): 1}
    nothing = redaction(held, ("wire", "unknown"))
    assert elsewhere(held, nothing) == {}


def test_only_what_holds_words_from_outside_can_be_named() -> None:
    (event,) = log(opened())
    assert passages(event) == frozenset()
    with pytest.raises(UsageError, match=r"is incident\.opened: it holds no words from outside"):
        report_of(event)
