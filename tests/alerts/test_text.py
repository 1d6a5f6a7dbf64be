"""What a person reads on a phone: all that matters in one glance, and nothing that does harm."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from full import NASTY, NUMBER, backfilled_data, digests, every_body
from tracker.alerts.bodies import (
    CONTROLS,
    Backfilled,
    BackfilledData,
    Digest,
    DigestData,
    Direction,
    Disabled,
    DisabledData,
    Opened,
    OpenedData,
    Revised,
    RevisedData,
    SourceData,
    SourceTold,
    Standing,
    Suggested,
    SuggestedData,
    Trial,
    TrialData,
    Value,
    change_of,
)
from tracker.alerts.shortly import CALL, plain
from tracker.alerts.text import LONGEST, LONGEST_DIGEST, Text, told
from tracker.model import Measure, Reason, State, Status

AT = datetime(2031, 5, 3, 15, 1, tzinfo=UTC)
THREE = datetime(2031, 5, 3, 15, tzinfo=UTC)


def number(phrase: str, best: int, high: int | None = None) -> Value:
    return Value(phrase=phrase, best=best, low=best, high=high, status=Status.REPORTED)


def contested(phrase: str, best: int, low: int | None, high: int | None) -> Value:
    return Value(phrase=phrase, best=best, low=low, high=high, status=Status.CONTESTED)


NOTHING = Value(phrase=None, best=None, low=None, high=None, status=None)


def way(before: Value | None, after: Value) -> Direction | None:
    change = change_of(before, after)
    if change is None and before is not None and after is NOTHING:
        return "down"
    return None if not change else "up" if change > 0 else "down"


def revised(before: Value | None, after: Value, reason: Reason, **changes: Any) -> str:
    """The body of an alert about the dead of a bombing."""
    type_ = changes.pop("type", "estimate.revised")
    fields: dict[str, Any] = {
        "incident": "kerman-2024",
        "name": "Kerman bombings",
        "measure": Measure.KILLED,
        "scope": None,
        "before": before,
        "after": after,
        "change": change_of(before, after),
        "direction": way(before, after),
        "status": after.status,
        "reason": reason,
        "source": "agency",
        "source_name": "the agency",
        "issuer": "interior minister",
        "title": "Toll revised",
        "url": "https://agency.example/1",
        "quote": "revised down from 95 to 84",
        "revisions": 6,
        "sequence": 7,
        "event": "9f2c51d07ab3e4486c10",
        "published_at": THREE,
    }
    return Revised(
        type=type_, timestamp=AT, data=RevisedData(**(fields | changes))
    ).model_dump_json()


def standing(before: Value | None, after: Value, measure: Measure = Measure.KILLED) -> Standing:
    return Standing(
        measure=measure,
        scope=None,
        before=before,
        after=after,
        change=change_of(before, after),
        direction=way(before, after),
        since=THREE - timedelta(days=2),
        revisions=2,
    )


FALL = standing(number("nearly 100", 100), number("84", 84))
MISSING = standing(None, number("3", 3), Measure.MISSING)


def ferry(*estimates: Standing, name: str = "Cape ferry") -> BackfilledData:
    return BackfilledData(incident="ferry", name=name, sequence=1, estimates=estimates)


def test_the_glance() -> None:
    """What moved, from what to what, that it fell, who says so, and in which words."""
    assert told(revised(number("103", 103), number("84", 84), Reason.LOWERED)) == Text(
        "Kerman bombings: killed 103 → 84 (−19), lowered",
        "Interior minister, via the agency, 15:00 UTC: "
        '"revised down from 95 to 84". 6 revisions so far.',
    )


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (revised(None, number("at least 12", 12), Reason.FIRST, revisions=1),
         "at least 12 (first figure)"),
        (revised(NOTHING, number("84", 84), Reason.FIRST), "84, a figure again"),
        (revised(None, number("84", 84), Reason.FIRST), "84, a figure again"),
        (revised(number("84", 84), number("about 84", 84), Reason.FIRST),
         "84 → about 84, a figure again"),
        (revised(None, number("84", 84), Reason.LOWERED), "84, lowered"),
        (revised(NOTHING, number("84", 84), Reason.REINSTATED), "84, reinstated"),
        (revised(number("nearly 100", 100), number("103", 103), Reason.RAISED),
         "nearly 100 → 103 (+3), raised"),
        (revised(number("1,984", 1_984), number("12,345", 12_345), Reason.RAISED),
         "1,984 → 12,345 (+10,361), raised"),
        (revised(number("over 84", 84), number("84", 84), Reason.NARROWED),
         "over 84 → 84, narrowed"),
        (revised(number("84", 84), number("84", 84), Reason.CONFIRMED), "84, confirmed"),
        (revised(number("103", 103), number("84", 84), Reason.WITHDRAWN),
         "103 → 84 (−19), a fall (another figure withdrawn)"),
        (revised(number("84", 84), number("103", 103), Reason.DENIED),
         "84 → 103 (+19), a rise (another figure denied)"),
        (revised(None, number("84", 84), Reason.WITHDRAWN), "84, another figure withdrawn"),
        (revised(NOTHING, contested("84", 84, 84, 103), Reason.DENIED),
         "84, another figure denied, contested (84 to 103)"),
        (revised(contested("84", 84, 84, 103), number("84", 84), Reason.WITHDRAWN,
                 type="estimate.settled"), "84, settled: another figure withdrawn"),
        (revised(contested("84", 84, 84, 103), number("103", 103), Reason.DENIED,
                 type="estimate.settled"),
         "84 → 103 (+19), a rise (another figure denied), settled"),
        (revised(number("103", 103), NOTHING, Reason.WITHDRAWN), "103 → no figure, withdrawn"),
        (revised(number("84", 84), contested("84", 84, 84, 103), Reason.CONTESTED,
                 type="estimate.contested"), "84, contested (84 to 103)"),
        (revised(number("103", 103), contested("84", 84, 84, 103), Reason.CONTESTED,
                 type="estimate.contested"), "103 → 84 (−19), a fall, contested (84 to 103)"),
        (revised(number("84", 84), contested("90", 90, 84, None), Reason.RAISED),
         "84 → 90 (+6), raised, contested (84 or more)"),
        (revised(number("84", 84), contested("90", 90, None, 1_100), Reason.RAISED),
         "84 → 90 (+6), raised, contested (at most 1,100)"),
        (revised(number("84", 84), contested("90", 90, None, None), Reason.RAISED),
         "84 → 90 (+6), raised, contested"),
        (revised(contested("84", 84, 84, 103), number("84", 84), Reason.SETTLED,
                 type="estimate.settled"), "84, settled"),
        (revised(contested("84", 84, 84, 103), number("103", 103), Reason.RAISED,
                 type="estimate.settled"), "84 → 103 (+19), raised, settled"),
    ],
)  # fmt: skip
def test_titles_of_moves(body: str, title: str) -> None:
    """What stood, what stands, and why; of two that stand against each other, both bounds."""
    assert told(body).title == f"Kerman bombings: killed {title}"


@pytest.mark.parametrize(
    ("reason", "after", "how"),
    [
        (Reason.RAISED, 90, "a fall"),
        (Reason.NARROWED, 90, "a fall (narrowed)"),
        (Reason.LOWERED, 110, "a rise"),
    ],
)
def test_the_words_never_belie_the_numbers(reason: Reason, after: int, how: str) -> None:
    """The last of several moves may have gone the other way than all of them together."""
    title = told(revised(number("103", 103), number(str(after), after), reason)).title
    assert title.endswith(f"), {how}")


def test_a_first_figure_has_no_count() -> None:
    """What has moved once has no history to tell of."""
    text = told(revised(None, number("at least 12", 12), Reason.FIRST, revisions=1))
    assert text.body.endswith('84".')


def test_scope_and_measure_are_words() -> None:
    changes = {"scope": "Port Vale", "measure": Measure.CRITICALLY_INJURED}
    text = told(revised(number("3", 3), number("4", 4), Reason.RAISED, **changes))
    assert text.title == "Kerman bombings: critically injured (Port Vale) 3 → 4 (+1), raised"


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        ({"issuer": None}, 'The agency, 15:00 UTC: "revised down from 95 to 84".'),
        ({"issuer": "The Agency"}, 'The agency, 15:00 UTC: "revised down from 95 to 84".'),
        ({"quote": None}, "Interior minister, via the agency, 15:00 UTC."),
        ({"quote": None, "issuer": None, "title": None}, "The agency, 15:00 UTC."),
        ({"quote": "It is 84."}, 'Interior minister, via the agency, 15:00 UTC: "It is 84."'),
        ({"quote": 'He said "84"'},
         'Interior minister, via the agency, 15:00 UTC: “He said "84"”.'),
        ({"published_at": THREE - timedelta(days=1)},
         'Interior minister, via the agency, 2 May 15:00 UTC: "revised down from 95 to 84".'),
        ({"published_at": THREE - timedelta(days=366)},
         'Interior minister, via the agency, 2 May 2030 15:00 UTC: "revised down from 95 to 84".'),
    ],
)  # fmt: skip
def test_what_is_not_known_leaves_no_trace(changes: dict[str, Any], body: str) -> None:
    """Neither commas nor quotation marks around nothing; the day where it is another."""
    text = told(revised(number("95", 95), number("84", 84), Reason.LOWERED, revisions=1, **changes))
    assert text.body == body


def test_the_day_is_told_where_it_is_not_that_of_the_reader() -> None:
    """An alert that was held overnight, or tried again, is read on another day than it was made."""
    body = revised(number("95", 95), number("84", 84), Reason.LOWERED)
    for days, clock in ((0, "15:00 UTC"), (1, "3 May 15:00 UTC"), (365, "3 May 2031 15:00 UTC")):
        text = told(body, at=AT + timedelta(days=days)).body
        assert text.startswith(f"Interior minister, via the agency, {clock}: ")


RAFAH = "رفح"


def test_words_from_right_to_left_turn_no_number_around() -> None:
    """Each stands apart from what is around it; what runs from left to right stays as it is."""
    body = revised(
        number("103", 103), number("84", 84), Reason.LOWERED, revisions=1,
        scope=RAFAH, issuer=RAFAH, quote=f"{RAFAH} 84",
    )  # fmt: skip
    text = told(body)
    assert text == Text(
        f"Kerman bombings: killed (\u2068{RAFAH}\u2069) 103 → 84 (−19), lowered",
        f'\u2068{RAFAH}\u2069, via the agency, 15:00 UTC: "\u2068{RAFAH} 84\u2069".',
    )
    assert plain(text.title) == f"Kerman bombings: killed ({RAFAH}) 103 → 84 (−19), lowered"


def is_harmless(words: str) -> bool:
    """Whether no control character is in them but marks that set words apart, each in a pair."""
    return not CONTROLS.search(re.sub("\u2068([^\u2068\u2069]*)\u2069", r"\1", words))


@pytest.mark.parametrize("words", ["עזה", "٣٤", f"Gaza ({RAFAH})", f"\u2066{RAFAH}\u202e"])
def test_what_is_set_apart_ends(words: str) -> None:
    """Whatever is cut, and whatever marks the words brought themselves."""
    for body in every_body(f"{words} " * 300, 84):
        text = told(body.model_dump_json())
        assert "\u2068" in text.title + text.body
        assert is_harmless(text.title)
        assert is_harmless(text.body)


def test_a_command_can_be_copied_as_it_stands() -> None:
    """A mark of direction in it would be a letter of the name."""
    [body] = [each for each in every_body(RAFAH, 84) if isinstance(each, Disabled)]
    assert f"`tracker webhooks enable {RAFAH}`" in told(body.model_dump_json()).body


def test_a_long_quote_is_cut_around_its_number() -> None:
    quote = "It was said of many things, and of none. " * 20 + "In all 84 are dead. " + "So. " * 99
    body = told(revised(number("95", 95), number("84", 84), Reason.LOWERED, quote=quote)).body
    assert "…" in body
    assert "In all 84 are dead." in body
    assert body.endswith("6 revisions so far.")


@pytest.mark.parametrize(
    ("type_", "how"),
    [("estimate.backfilled", "caught up"), ("estimate.reinterpreted", "by other rules")],
)
def test_what_was_caught_up(type_: Any, how: str) -> None:
    """Some estimates, and how many more."""
    estimates = (FALL, MISSING, *[MISSING] * 8)
    data = ferry(*estimates)
    assert told(Backfilled(type=type_, timestamp=AT, data=data).model_dump_json()) == Text(
        f"Cape ferry, {how}: killed nearly 100 → 84 (−16), a fall",
        "Missing 3; missing 3; missing 3; missing 3; and 5 more.",
    )


def test_one_estimate_is_told_with_its_time() -> None:
    body = Backfilled(timestamp=AT, data=ferry(MISSING)).model_dump_json()
    assert told(body) == Text("Cape ferry, caught up: missing 3", "So since 1 May 15:00 UTC.")


@pytest.mark.parametrize(
    ("after", "how"),
    [
        (number("84", 84), "84, settled"),
        (number("103", 103), "84 → 103 (+19), settled"),
        (number("80", 80), "84 → 80 (−4), a fall, settled"),
        (contested("84", 84, 80, 103), "84, contested (80 to 103)"),
        (NOTHING, "84 → no figure, a fall"),
    ],
)
def test_what_was_contested_is_seen_to_be_settled(after: Value, how: str) -> None:
    """In a message of many moves, too: the number alone may be the same."""
    data = ferry(standing(contested("84", 84, 84, 103), after))
    title = told(Backfilled(timestamp=AT, data=data).model_dump_json()).title
    assert title == f"Cape ferry, caught up: killed {how}"


def test_no_fall_is_among_what_is_left_out() -> None:
    """Wherever it stands in the list; where all are named, their order stays."""
    text = told(Backfilled(timestamp=AT, data=ferry(*[MISSING] * 7, FALL)).model_dump_json())
    assert text == Text(
        "Cape ferry, caught up: killed nearly 100 → 84 (−16), a fall",
        "Missing 3; missing 3; missing 3; missing 3; and 3 more.",
    )
    text = told(Backfilled(timestamp=AT, data=ferry(*[MISSING] * 4, FALL)).model_dump_json())
    assert text.title == "Cape ferry, caught up: missing 3"
    assert text.body.endswith("killed nearly 100 → 84 (−16), a fall.")
    text = told(Backfilled(timestamp=AT, data=ferry(*[FALL] * 7)).model_dump_json())
    assert text.body.endswith("and 2 more, falls among them.")


def test_no_fall_is_among_what_a_text_has_no_room_for() -> None:
    """Long names take the room, in a list and in a digest of many incidents."""
    hurt = standing(None, number("3", 3), Measure.CRITICALLY_INJURED)
    long = [hurt.model_copy(update={"scope": f"{place} " * 20}) for place in ("East", "West")]
    data = ferry(*long * 2, FALL, name="Ferry off the cape " * 4)
    text = told(Backfilled(timestamp=AT, data=data).model_dump_json())
    assert text.title.endswith("a fall")
    assert text.body.endswith("and 1 more.")
    assert len(text.title) + len(text.body) <= LONGEST
    others = [ferry(MISSING, name=f"Mine {place} {'of the far north ' * 4}") for place in range(30)]
    digest = DigestData(sequence=1, since=None, incidents=(*others, ferry(FALL)))
    first, *_, last = told(Digest(timestamp=AT, data=digest).model_dump_json()).body.split("\n")
    assert first == "Cape ferry: killed nearly 100 → 84 (−16), a fall"
    assert re.fullmatch(r"and \d+ more", last)
    falls = tuple(ferry(FALL, name=each.name) for each in others)
    digest = DigestData(sequence=1, since=None, incidents=falls)
    assert told(Digest(timestamp=AT, data=digest).model_dump_json()).body.endswith(
        "falls among them"
    )


def test_a_digest_has_a_line_for_each_incident() -> None:
    since = datetime(2031, 5, 3, 7, tzinfo=UTC)
    data = DigestData(
        sequence=1, since=since, incidents=(ferry(FALL, MISSING), ferry(MISSING, name="Mine"))
    )
    assert told(Digest(timestamp=AT, data=data).model_dump_json()) == Text(
        "Digest since 07:00 UTC: Cape ferry, Mine",
        "Cape ferry: killed nearly 100 → 84 (−16), a fall; missing 3\nMine: missing 3",
    )


def test_incidents_are_told() -> None:
    """With all that a person needs to go on."""
    opened = OpenedData(
        incident="ferry",
        name="Cape ferry",
        place="Cape Lorn",
        began=date(2031, 5, 1),
        sequence=1,
        event="e",
    )
    assert told(Opened(timestamp=AT, data=opened).model_dump_json()) == Text(
        "Cape ferry: followed from now on", "Cape Lorn, began 1 May 2031."
    )
    suggested = SuggestedData(
        group="g1a2b3c",
        title="Ferry sinks off the cape",
        place="Cape Lorn",
        reports=4,
        sources=("wire", "cape-news"),
        figures=("killed at least 12", "missing 30"),
        first_at=THREE - timedelta(hours=20),
        last_at=THREE,
        sequence=1,
        event="e",
    )
    text = told(Suggested(timestamp=AT, data=suggested).model_dump_json())
    assert text == Text(
        "A new incident? Ferry sinks off the cape",
        "4 reports of wire, cape-news near Cape Lorn since 2 May 19:00 UTC: killed at least 12; "
        "missing 30. `tracker open g1a2b3c` follows it.",
    )
    bare = suggested.model_copy(update={"title": None, "place": "", "figures": ()})
    assert told(Suggested(timestamp=AT, data=bare).model_dump_json()) == Text(
        "A new incident?",
        "4 reports of wire, cape-news since 2 May 19:00 UTC. `tracker open g1a2b3c` follows it.",
    )


def test_sources_and_endpoints_are_told() -> None:
    """What is wrong, since when, and what to do."""
    source = SourceData(
        source="cape-news",
        name="Cape News",
        state=State.SILENT,
        was=State.OK,
        why="no new report for 13 hours",
        since=THREE,
        succeeded_at=THREE,
        figure_at=THREE - timedelta(days=1),
        sequence=1,
        event="e",
    )
    silent = SourceTold(type="source.silent", timestamp=AT, data=source)
    assert told(silent.model_dump_json()) == Text(
        "Cape News is silent",
        "No new report for 13 hours. It was ok before. Last figure 2 May 15:00 UTC.",
    )
    well = source.model_copy(
        update={"state": State.OK, "was": State.SILENT, "why": "", "figure_at": None}
    )
    recovered = SourceTold(type="source.recovered", timestamp=AT, data=well)
    assert told(recovered.model_dump_json()) == Text(
        "Cape News is well again", "It was silent before."
    )
    disabled = DisabledData(
        endpoint="desk",
        url="https://desk.example",
        why="failing",
        failing_since=THREE - timedelta(days=5),
        answer="503 Service Unavailable",
        sequence=1,
    )
    assert told(Disabled(timestamp=AT, data=disabled).model_dump_json()) == Text(
        "Alerts to desk have stopped",
        "It has failed since 28 Apr 15:00 UTC (https://desk.example). "
        "Last: 503 Service Unavailable. `tracker webhooks enable desk` begins again.",
    )
    gone = disabled.model_copy(update={"why": "gone", "answer": ""})
    assert told(Disabled(timestamp=AT, data=gone).model_dump_json()).body == (
        "It answered that it is gone for good (https://desk.example). "
        "`tracker webhooks enable desk` begins again."
    )
    trial = TrialData(endpoint="desk", words="Sent by hand.")
    assert told(Trial(timestamp=AT, data=trial).model_dump_json()) == Text(
        "A test of desk", "Sent by hand."
    )


@pytest.mark.parametrize("body", ['{"type": "estimate.imagined"}', '{"type": 3}', "[]", "no JSON"])
def test_what_is_not_known_is_told_all_the_same(body: str) -> None:
    """A body of another version must not hold up all that comes after it."""
    assert told(body).title in ("estimate.imagined", "an alert")


@given(NASTY, NUMBER)
def test_texts_are_short_and_harmless(words: str, count: int) -> None:
    """No control character, no line that is not ours, and no more than is read at once."""
    for body in every_body(words, count):
        text = told(body.model_dump_json())
        assert text.title
        assert text.body
        assert len(text.title) + len(text.body) <= LONGEST
        assert is_harmless(text.title)
        assert is_harmless(text.body)
    for digest in digests([backfilled_data(words, count, 2)] * 30):
        text = told(digest.model_dump_json())
        assert len(text.body) <= LONGEST_DIGEST
        assert is_harmless(text.title)
        assert all(map(is_harmless, text.body.split("\n")))


@pytest.mark.parametrize("call", ["@everyone", "@here", "<!channel>", "<@U12345>", "<#C12345>"])
def test_nobody_outside_rings_for_a_whole_chat(call: str) -> None:
    text = told(
        revised(number("3", 3), number("4", 4), Reason.RAISED, name=call, quote=call, issuer=call)
    )
    assert not CALL.search(text.title + text.body)
    assert re.sub(r"\W", "", call) in text.title
