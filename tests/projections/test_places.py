"""Numbers of places: parts of the whole once a text has told them side by side, and added up."""

from builders import figure, opened
from said import at, events, log, phrases, reasons, told
from tracker.model import Measure
from tracker.projections.estimate import replay, replays
from tracker.projections.ledger import ledger

NORTH = "places=Northland"
SIDE_BY_SIDE = [
    "1 outlet: 20 role=component scope=in_Northland places=Northland report=a",
    "1 outlet: 5 role=component scope=in_Southland places=Southland report=a",
]


def scopes(*lines: str) -> dict[str | None, list[str | None]]:
    found = replays(ledger(log(*lines)), "x", [Measure.KILLED])
    return {scope: phrases(each) for (_, scope), each in found.items()}


def test_a_place_alone_is_where_it_happened_and_no_limit() -> None:
    assert scopes(f"1 outlet: 12 {NORTH}", f"2 agency: 14 up {NORTH}") == {None: ["12", "14"]}


def test_a_total_of_two_places_is_not_lowered_by_the_number_of_one() -> None:
    """Whoever gives it: it is another number."""
    total = "1 outlet: 50132 places=Northland,Southland"
    one = "2 agency/disaster-agency: at-least 44374 places=Northland"
    assert scopes(total, one) == {None: ["50,132"], "Northland": ["at least 44,374"]}


def test_of_places_that_are_only_named_together_one_may_stand_for_all() -> None:
    """ "The attacks in Northland and Southland killed 127": later 130 died "in Northland"."""
    named = "1 agency: 127 places=Northland,Southland"
    whole, raid = f"5 agency: 130 up {NORTH} report=a", "5 agency: 3 places=Southland report=a"
    assert scopes(named, whole, raid) == {None: ["127", "130"], "Southland": ["3"]}


def test_numbers_of_places_add_up_over_several_reports() -> None:
    found = scopes(
        *SIDE_BY_SIDE, f"5 agency: 30 up {NORTH}", "6 outlet2: at-least 9 places=Southland"
    )
    assert found[None] == ["25", "35", "at least 39"]
    assert found["in Northland"] == ["20", "30"]


def test_a_sum_follows_its_parts_down() -> None:
    found = scopes(*SIDE_BY_SIDE, f"5 agency: 15 down earlier=20 {NORTH}")
    assert found[None] == ["25", "20"]


def test_a_whole_takes_the_place_of_a_sum_and_parts_do_not_lower_it() -> None:
    whole = "5 agency: 40 places=Northland,Southland"
    assert scopes(*SIDE_BY_SIDE, whole, f"6 outlet: 22 {NORTH}")[None] == ["25", "40"]


def test_a_number_that_is_far_less_than_a_sum_is_not_the_whole_of_it() -> None:
    whole = "9 outlet: 12"
    assert scopes(*SIDE_BY_SIDE, whole)[None] == ["25"]
    assert scopes(*SIDE_BY_SIDE, "9 outlet: 20")[None] == ["25", "20"]


def test_parts_that_are_more_than_an_older_whole_raise_it() -> None:
    lines = [
        "1 agency: 40 places=Northland,Southland",
        f"6 outlet: 38 {NORTH}",
        "7 outlet: 9 places=Southland",
    ]
    assert scopes(*lines)[None] == ["40", "47"]
    late = "8 outlet2: 40 places=Northland,Southland"
    assert scopes(*lines, late)[None] == ["40", "47"]


def test_an_office_that_has_only_counted_one_place_counts_it_again() -> None:
    counted = "2 agency/disaster-agency: 30 places=Northland"
    again = "9 agency/disaster-agency: 33"
    assert scopes(*SIDE_BY_SIDE, counted, again)["in Northland"] == ["20", "30", "33"]
    assert scopes(*SIDE_BY_SIDE, again)[None] == ["25", "33"]


def test_a_fall_that_is_told_of_one_place_is_none_of_another() -> None:
    """Northland's 25 were 30 once; Southland's nine never were."""
    lines = [
        *SIDE_BY_SIDE,
        "4 outlet2: at-least 3 role=component scope=in_Southland places=Southland report=b",
        "4 outlet2: 30 role=earlier scope=in_Northland places=Northland report=b",
        "4 outlet2: 25 role=component scope=in_Northland places=Northland report=b",
    ]
    assert scopes(*lines)["in Southland"] == ["5"]


def test_places_are_told_apart_only_from_when_they_are_told_apart() -> None:
    """What stood before stays as it was heard."""
    lines = [f"0 agency: 18 {NORTH}", *SIDE_BY_SIDE, f"3 agency: 22 up {NORTH}"]
    replayed = told(*lines)
    assert phrases(replayed) == ["18", "25", "27"]
    early = replay(ledger(log(*lines), as_of=at(2)), "x", Measure.KILLED)
    assert phrases(early) == ["18", "25"]


def test_the_places_of_an_incident_are_told_apart_from_the_start() -> None:
    one, other = figure(56, places=("Northland",)), figure(31, places=("Southland",), source="b")
    for place, best in (
        ("Northland and Southland", 87),
        ("Westland, Northland and Southland, the coast", 87),
        ("Northland, Southland", 56),
        ("", 56),
    ):
        folded = ledger(events([opened(place=place), one, other]))
        assert replay(folded, "x", Measure.KILLED).estimate.best == best


def test_where_an_incident_was_in_one_place_other_places_are_none_of_it() -> None:
    """A storm in Northland: what it did in Southland is told beside it, and not added."""
    lines = [*SIDE_BY_SIDE, f"5 agency: 30 up {NORTH}", "6 agency: 90 up places=Southland"]
    said = [each.fact for each in log(*lines)[1:]]
    folded = ledger(events([opened(place="Northland, the coast"), *said]))
    found = {scope: phrases(each) for (_, scope), each in replays(folded, "x").items()}
    assert found == {None: ["20", "30"], "in Southland": ["5", "90"]}


def test_no_more_than_the_parts_of_one_text_confirms_nothing() -> None:
    whole = "1 outlet: 25 report=a"
    assert reasons(told(*SIDE_BY_SIDE, whole)) == ["first"]
