"""What of a report is news to the log."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from said import events
from tracker.encoding import event_id
from tracker.events import Fact, FigureReported, FigureWithdrawn, IncidentOpened
from tracker.figures import VERSION, extract_figures
from tracker.incidents.decide import date_report, decide, resolve, with_ids_of_their_own
from tracker.incidents.match import full_text
from tracker.intake import Incident, Issuer, Report, Source
from tracker.model import Measure, Rank, Role
from tracker.projections.ledger import Ledger, ledger

NOON = datetime(2031, 5, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)
FERRY = Incident(
    id="ferry", title="Ferry accident", began=date(2031, 5, 1), place="Cape Lorn",
    issuers=(("Jane Doe", Issuer("harbour-office", Rank.OFFICIAL)),),
)  # fmt: skip
WIRE = Source(id="wire", kind="feed", url="", name="The Wire", rank=Rank.AGENCY)


def report(text: str, **changes: object) -> Report:
    said = Report(source="wire", id="r1", title="Ferry sinks", text=text, published=NOON)
    return replace(said, **changes)  # type: ignore[arg-type]  # fields by name


def new_facts(
    said: Report, before: Ledger | None = None, observed_at: datetime = LATER
) -> list[Fact]:
    figures = extract_figures(full_text(said), "en")
    return list(decide(before or Ledger(), FERRY, WIRE, said, figures, observed_at=observed_at))


def killed(facts: list[Fact]) -> list[int | None]:
    return [
        each.low
        for each in facts
        if isinstance(each, FigureReported) and each.measure is Measure.KILLED
    ]


TWELVE = "Twelve people were killed when the ferry sank."
FIFTEEN = "Fifteen people were killed when the ferry sank."
HURT = "Thirty people were injured."


def test_a_first_report_opens_its_incident() -> None:
    facts = new_facts(report(TWELVE))
    assert isinstance(facts[0], IncidentOpened)
    assert killed(facts) == [12]
    assert [each.published_at for each in facts if isinstance(each, FigureReported)] == [NOON]


def test_a_figure_keeps_where_its_people_were() -> None:
    facts = new_facts(report("Twelve people were killed in Port Lorn and Skell. Two are missing."))
    places = [each.places for each in facts if isinstance(each, FigureReported)]
    assert places == [("Port Lorn", "Skell"), ()]


def test_a_report_read_again_says_nothing_new() -> None:
    """Neither as it was, nor with a touched date, nor with words changed around the figure."""
    known = ledger(events(new_facts(report(TWELVE))))
    assert new_facts(report(TWELVE), known) == []
    assert new_facts(report(TWELVE, modified=NOON + timedelta(hours=1)), known) == []
    assert new_facts(report(f"{TWELVE} The sea was calm."), known) == []


def test_a_figure_that_a_report_states_twice_is_known_twice() -> None:
    twice = report(f"{TWELVE}\n\n{TWELVE}")
    facts = new_facts(twice)
    assert killed(facts) == [12, 12]
    assert new_facts(twice, ledger(events(facts))) == []
    assert killed(
        new_facts(report(f"{TWELVE}\n\n{TWELVE}\n\n{TWELVE}"), ledger(events(facts)))
    ) == [12]


def occurrences(facts: Sequence[Fact]) -> list[int]:
    return [each.occurrence for each in facts if isinstance(each, FigureReported)]


def test_figures_keep_the_ids_that_nothing_else_has() -> None:
    facts = tuple(new_facts(report(f"{TWELVE}\n\n{TWELVE}\n\n{HURT}")))
    assert with_ids_of_their_own(facts, frozenset[str]().__contains__) == facts


def test_a_figure_whose_id_is_taken_gets_the_next_that_is_free() -> None:
    """Also where two alike make room: neither takes the other's, nor one that is taken."""
    facts = new_facts(report(f"{TWELVE}\n\n{TWELVE}"))
    first, second = map(event_id, facts[1:])
    one_taken = with_ids_of_their_own(facts, {first}.__contains__)
    assert occurrences(one_taken) == [1, 2]
    assert occurrences(with_ids_of_their_own(facts, {second}.__contains__)) == [0, 2]
    both_taken = with_ids_of_their_own(facts, {first}.__contains__, {second}.__contains__)
    assert occurrences(both_taken) == [2, 3]


def test_whatever_occurrence_made_room_a_report_read_again_says_nothing_new() -> None:
    """Nor does an edit miss what it replaces."""
    said = report(f"{TWELVE} The sea was calm.\n\n{TWELVE}")
    facts = new_facts(said)
    moved = with_ids_of_their_own(facts, set(map(event_id, facts[1:])).__contains__)
    known = ledger(events(list(moved)))
    assert new_facts(said, known) == []
    (fact,) = new_facts(report(f"{FIFTEEN}\n\n{TWELVE}"), known)
    assert isinstance(fact, FigureReported)
    assert fact.replaces == (event_id(moved[1]),)


def test_an_edit_stores_what_it_changed_and_names_what_that_replaced() -> None:
    first = new_facts(report(f"{TWELVE}\n\n{HURT}"))
    known = ledger(events(first))
    edited = report(f"{FIFTEEN}\n\n{HURT}", modified=NOON + timedelta(hours=2))
    (fact,) = new_facts(edited, known)
    assert isinstance(fact, FigureReported)
    assert (fact.low, fact.version, fact.published_at) == (15, 2, NOON + timedelta(hours=2))
    (old,) = (each.event.id for each in known.entries if each.figure.low == 12)
    assert fact.replaces == (old,)


def test_of_two_alike_an_edit_replaces_the_one_whose_words_are_gone() -> None:
    first = new_facts(report(f"{TWELVE} The sea was calm.\n\n{TWELVE}"))
    (fact,) = new_facts(report(f"{FIFTEEN}\n\n{TWELVE}"), ledger(events(first)))
    assert isinstance(fact, FigureReported)
    gone = next(each for each in first if isinstance(each, FigureReported))
    assert fact.replaces == (event_id(gone),)


def test_an_edit_without_a_later_date_counts_from_when_it_was_seen() -> None:
    known = ledger(events(new_facts(report(TWELVE))))
    (fact,) = new_facts(report(FIFTEEN, modified=NOON), known)
    assert fact.effective_at == LATER


def test_a_number_that_comes_back_is_a_third_version() -> None:
    facts = new_facts(report(TWELVE))
    facts += new_facts(report(FIFTEEN), ledger(events(facts)), LATER)
    facts += new_facts(report(TWELVE), ledger(events(facts)), LATER + timedelta(hours=1))
    assert killed(facts) == [12, 15, 12]


def test_what_a_whole_report_no_longer_states_is_withdrawn() -> None:
    """Another figure in its old words is the proof that the text was otherwise kept."""
    known = ledger(events(new_facts(report(f"{TWELVE}\n\n{HURT}"))))
    (fact,) = new_facts(report(HURT), known)
    assert isinstance(fact, FigureWithdrawn)
    assert (fact.by, fact.effective_at) == ("wire", LATER)


@pytest.mark.parametrize(
    "said",
    [
        report(HURT, whole=False),
        report("Accept our cookies to read on."),
        report("Subscribe to read this story.", title="Members only"),
        report(""),
    ],
)
def test_absence_is_no_withdrawal(said: Report) -> None:
    known = ledger(events(new_facts(report(f"{TWELVE}\n\n{HURT}"))))
    assert new_facts(said, known) == []


def test_a_report_may_state_again_what_it_took_back_and_an_operator_stands() -> None:
    facts = new_facts(report(f"{TWELVE}\n\n{HURT}"))
    facts += new_facts(report(HURT), ledger(events(facts)))
    again = new_facts(report(f"{TWELVE}\n\n{HURT}"), ledger(events(facts)))
    assert killed(again) == [12]
    (withdrawn,) = (each for each in facts if isinstance(each, FigureWithdrawn))
    facts[-1] = replace(withdrawn, by="operator")
    assert new_facts(report(f"{TWELVE}\n\n{HURT}"), ledger(events(facts))) == []


def test_a_newer_extraction_of_the_same_words_is_no_edit() -> None:
    old = [
        replace(each, reading=VERSION - 1, role=Role.PART)
        if isinstance(each, FigureReported)
        else each
        for each in new_facts(report(TWELVE))
    ]
    assert new_facts(report(TWELVE), ledger(events(old))) == []


def older(facts: list[Fact]) -> list[Fact]:
    """The same facts, read by an older extraction."""
    return [
        replace(each, reading=VERSION - 1) if isinstance(each, FigureReported) else each
        for each in facts
    ]


def test_what_an_older_extraction_overlooked_counts_from_when_the_report_did() -> None:
    """Nothing else shows an edit: the words around it are kept word for word."""
    known = ledger(events(older(new_facts(report(TWELVE)))))
    (fact,) = new_facts(report(f"{TWELVE}\n\n{HURT}"), known, LATER + timedelta(days=9))
    assert isinstance(fact, FigureReported)
    assert (fact.measure, fact.version, fact.published_at) == (Measure.INJURED, 2, NOON)


@pytest.mark.parametrize(
    "edited",
    [
        report(f"{TWELVE}\n\n{HURT}", modified=LATER - timedelta(hours=1)),
        report(f"{TWELVE} The sea was calm.\n\n{HURT}", modified=LATER - timedelta(hours=1)),
    ],
)
def test_an_edit_is_one_whoever_read_the_version_before(edited: Report) -> None:
    known = ledger(events(older(new_facts(report(TWELVE)))))
    (fact,) = new_facts(edited, known)
    assert fact.effective_at == LATER - timedelta(hours=1)
    (fact,) = new_facts(report(f"{FIFTEEN}\n\n{HURT}"), known)[:1]
    assert fact.effective_at == LATER


def test_words_that_come_back_are_an_edit_whoever_read_them_first() -> None:
    """Also where another figure of the same paragraph was never changed."""
    facts = older(new_facts(report(f"{TWELVE} {HURT}")))
    facts += new_facts(report(f"{FIFTEEN} {HURT}"), ledger(events(facts)), LATER)
    facts += new_facts(report(f"{TWELVE} {HURT}"), ledger(events(facts)), LATER)
    assert killed(facts) == [12, 15, 12]


def test_a_headline_that_an_older_extraction_read_is_no_edit() -> None:
    said = report(HURT, title="Ferry sinks, killing 12")
    facts = new_facts(said)
    unread = [each for each in facts if isinstance(each, FigureReported) and each.low == 12]
    hurt = [each for each in facts if each not in unread]
    assert new_facts(said, ledger(events(older(hurt)))) == []


@pytest.mark.parametrize(
    ("said", "moment", "stated"),
    [
        ({"published": NOON}, NOON, ""),
        ({"published": None}, LATER, ""),
        ({"published": None, "stated_date": "yesterday"}, LATER, "yesterday"),
        ({"published": LATER + timedelta(minutes=9)}, LATER + timedelta(minutes=9), ""),
        ({"published": datetime(2087, 1, 1, tzinfo=UTC)}, LATER, "2087-01-01T00:00:00.000000Z"),
        ({"published": datetime(1970, 1, 1, tzinfo=UTC)}, LATER, "1970-01-01T00:00:00.000000Z"),
        ({"published": datetime(2031, 4, 1, tzinfo=UTC)}, LATER, "2031-04-01T00:00:00.000000Z"),
        ({"published": datetime(2031, 5, 2, 23, 59, tzinfo=UTC), "date_only": True}, LATER, ""),
        ({"published": datetime(2031, 5, 1, 23, 59, tzinfo=UTC), "date_only": True},
         datetime(2031, 5, 1, 23, 59, tzinfo=UTC), ""),
        ({"published": None, "modified": NOON}, NOON, ""),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_true_is_kept_but_not_used(
    said: dict[str, object], moment: datetime, stated: str
) -> None:
    dated = date_report(report(TWELVE, **said), LATER, incident=FERRY)
    assert (dated.moment, dated.stated) == (moment, stated)


def test_an_alias_of_the_incident_names_the_issuer_before_the_lexicon_does() -> None:
    (figure,) = extract_figures("Twelve people were killed, Jane Doe said.", "en")
    assert resolve(replace(figure, issuer="JANE DOE"), FERRY, "en") == Issuer(
        "harbour-office", Rank.OFFICIAL
    )
    assert resolve(replace(figure, issuer=None), FERRY, "en") is None


def test_an_older_version_that_its_source_keeps_is_no_edit_of_a_later_one() -> None:
    """The history of a page, read once more from its beginning, adds nothing to what is known."""
    first = report(TWELVE, modified=NOON, versioned=True)
    second = report(FIFTEEN, modified=NOON + timedelta(hours=1), versioned=True)
    facts = [*new_facts(first)]
    before = ledger(events(facts))
    facts += new_facts(second, before)
    known = ledger(events(facts))
    assert killed(facts) == [12, 15]
    assert new_facts(first, known) == new_facts(second, known) == []
    assert killed(new_facts(replace(first, versioned=False), known)) == [12]
