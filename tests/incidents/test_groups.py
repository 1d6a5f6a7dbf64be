"""Reports that nobody claimed, in groups: likely incidents."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asides import aside, read
from tracker.errors import UnknownName, UsageError
from tracker.incidents.groups import EVERYWHERE, Group, groups
from tracker.incidents.named import reports_named
from tracker.projections.inbox import Aside

HISTORIES: list[Any] = [
    history
    for path in sorted((Path(__file__).parents[1] / "histories").glob("*.json"))
    for history in json.loads(path.read_text("utf-8"))
]

FERRY = read(
    "At least 12 people were killed when a ferry sank off Cape Lorn, the coast guard said.",
    title="Ferry sinks off Cape Lorn",
)
SAME_FERRY = read(
    "Twelve passengers of the ferry Lady Anne have died near Lorn, rescuers said on Thursday.",
    title="12 dead in ferry accident",
    days=0.2,
    source="cape-news",
)
ARNLAND = read("Floods in Arnland killed at least 20 people, officials said.", days=1)
BESK = read("Twenty people were killed by floods in Besk, the army said.", days=3)
FIRE = read("Two people were killed in a fire in a warehouse.", title="Fire in a warehouse")


def together(*reports: Aside) -> list[set[str]]:
    """The groups of these reports, as sets of their headlines or texts."""
    return [{each.fact.title or each.fact.text or "" for each in g.aside} for g in groups(reports)]


def test_two_outlets_about_one_accident_are_one_group() -> None:
    """Told in other words, by name of what happened and of where."""
    (group,) = groups([SAME_FERRY, FERRY])
    assert group.aside == (FERRY, SAME_FERRY)


def test_two_floods_in_one_week_are_two_groups() -> None:
    """What happened is the same, and so is the number: not where."""
    assert len(together(ARNLAND, BESK)) == 2


def test_a_lone_report_is_a_group_of_one() -> None:
    assert together(FERRY, FIRE, ARNLAND) == [
        {"Ferry sinks off Cape Lorn"},
        {"Fire in a warehouse"},
        {ARNLAND.fact.text},
    ]


@pytest.mark.parametrize(("days", "groups"), [(6, 1), (13, 1), (40, 2)])
def test_a_later_report_with_the_same_place_and_words_joins(days: int, groups: int) -> None:
    """Days after, but not when it would be another accident at the same place."""
    later = read("The toll of the ferry accident off Cape Lorn has risen to 15.", days=days)
    assert len(together(FERRY, later)) == groups


def test_reports_that_go_on_for_weeks_stay_together() -> None:
    """Each is within two weeks of the one before."""
    weekly = [
        read(f"The toll of the ferry off Cape Lorn is {n}.", days=10 * n) for n in range(2, 7)
    ]
    assert len(together(*weekly)) == 1


def test_a_report_in_another_language_joins_by_its_names() -> None:
    spanish = aside(
        "Al menos 12 personas murieron al hundirse un ferry frente a Lorn.", language="es", days=0.1
    )
    assert len(together(FERRY, spanish)) == 1


def test_a_wire_copy_joins_whatever_else_it_says() -> None:
    """Its headline is nearly the same; what the outlet wrote around it is not."""
    own = (
        "pavement lantern orchard cellar gutter ribbon kettle saddle anchor pillow thimble curtain"
        " blanket candle ladder"
    )
    wire = aside("", title="Overnight blast in Lorn kills three", figures=("killed three",))
    copied = aside(own, title="Overnight blast in Lorn: kills three", days=0.1)
    cited = aside(own, title="Lorn mourns", days=0.1)
    assert len(together(wire, copied)) == 1
    assert len(together(wire, cited)) == 2


def test_places_that_share_a_word_are_two() -> None:
    """Of a name of two words, one is not enough, unless the other report says no more."""
    sank = "A boat sank near {} and killed two people."
    lorn = read(sank.format("Cape Lorn"))
    assert len(together(lorn, read(sank.format("Cape Besk"), days=0.1))) == 2
    assert len(together(lorn, read(sank.format("Lorn"), days=0.1))) == 1
    assert len(together(read(sank.format("Lorn")), read(sank.format("Cape Lorn"), days=0.1))) == 1


def test_the_same_number_speaks_for_a_group() -> None:
    """Where the words alone are not quite enough."""
    other = "orchard kettle saddle anchor lantern"
    first = aside(f"A ferry {other}", figures=("killed at least 1,200",))
    later = "ferry saddle pavement cellar gutter ribbon harbourside lighthouse signal mast cargo"
    same = aside(later, days=4, figures=("killed 1200 dead",))
    less = aside(later, days=4, figures=("killed 1100 dead",))
    assert len(together(first, same)) == 1
    assert len(together(first, less)) == 2


def test_a_report_joins_the_group_that_most_of_its_words_speak_for() -> None:
    """Although it is not the newest."""
    barge = read("A barge sank near Lorn and killed two people.", days=0.1)
    later = read("Three bodies of the barge crew were recovered off Lorn.", days=0.2)
    other = read("A coach crashed near Besk and killed two people.", days=0.1)
    assert [len(each) for each in together(other, barge, later)] == [2, 1]


@pytest.mark.parametrize(("others", "joins"), [(1, True), (EVERYWHERE + 1, False)])
def test_a_name_that_everybody_has_speaks_for_nobody(others: int, *, joins: bool) -> None:
    """Where so many groups have it, a report with no other name is of none of them."""
    many = []
    for n in range(others):
        own = " ".join(f"{first}orn{chr(97 + n)}ing" for first in "bcdfghjklmnpqrst")
        many.append(aside(f"In Arnland {own}", days=n / 50))
    assert len(groups(many)) == others
    lone = aside("Again in Arnland", days=0.5)
    assert len(groups([*many, lone])) == others + (0 if joins else 1)


def test_versions_of_one_report_stay_together() -> None:
    """Although the edit has no word in common with what was there."""
    first = read("A fire killed two people.", days=0, report="r1")
    edited = read("At least 20 people have died in a mine in Besk.", days=1, report="r1")
    assert [group.aside for group in groups([edited, first])] == [(first, edited)]


def test_reports_without_words_are_each_alone() -> None:
    """Redacted, or forgotten after their time."""
    gone = [aside(title=None, text=None, report=name) for name in "ab"]
    assert [len(group.aside) for group in groups(gone)] == [1, 1]


def test_a_group_keeps_its_id_as_it_grows() -> None:
    """Whoever wrote it down finds it the next morning."""
    (small,) = groups([FERRY])
    grown = groups([ARNLAND, FIRE, SAME_FERRY, FERRY])
    assert small.id == f"g{FERRY.event.id[:6]}"
    assert small.id in [each.id for each in grown]


def test_a_group_shows_what_waits_in_it() -> None:
    """What was filed stays in the group, so that the rest of it is known by the same id."""
    filed = read(FERRY.fact.text or "", title=FERRY.fact.title or "", incident="lorn-ferry")
    (group,) = groups([filed, SAME_FERRY])
    assert group.waiting == (SAME_FERRY,)
    assert group.id == f"g{FERRY.event.id[:6]}"


def test_ids_that_begin_alike_are_told_apart() -> None:
    """With as many digits as that takes."""
    many = [aside(report=str(n)) for n in range(6000)]
    begins = {each.event.id[:6]: each for each in many}
    one = next(each for each in many if begins[each.event.id[:6]] is not each)
    other = begins[one.event.id[:6]]
    names = [each.id for each in groups([one, other])]
    assert len({*names}) == 2
    assert all(len(each) > 7 for each in names)


def test_a_group_is_named_by_any_of_its_reports() -> None:
    """So that, of two groups that became one, either id is good; an event's id is that report."""
    reports = [FERRY, SAME_FERRY, FIRE]
    found = groups(reports)
    assert named("g" + SAME_FERRY.event.id[:8], found, reports) == (FERRY, SAME_FERRY)
    assert named("G" + FIRE.event.id[:6].upper(), found, reports) == (FIRE,)
    assert named(SAME_FERRY.event.id[:9], found, reports) == (SAME_FERRY,)
    assert reports_named([FIRE.event.id, found[1].id], found, reports) == (FIRE,)


def named(name: str, found: Sequence[Group], reports: Sequence[Aside]) -> tuple[Aside, ...]:
    return reports_named([name], found, reports)


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("gffffff", UnknownName, "no group in the inbox 'gffffff'"),
        ("g", UnknownName, "no group in the inbox 'g' (known: g"),
        ("xyz", UnknownName, "no group or event in the inbox 'xyz'"),
        ("", UnknownName, "no group or event in the inbox ''"),
    ],
)
def test_a_name_of_nothing_is_refused(name: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as raised:
        named(name, groups([FERRY]), [FERRY])
    assert str(raised.value).startswith(said)


def test_a_name_of_several_is_refused() -> None:
    """With two of those that it could mean."""
    many = [aside(report=str(n)) for n in range(40)]
    digit = many[0].event.id[0]
    with pytest.raises(UsageError, match="several events in the inbox begin with"):
        named(digit, groups(many), many)
    with pytest.raises(UsageError, match="several groups have a report whose id begins with"):
        named(f"g{digit}", groups(many), many)


def test_an_empty_inbox_has_no_group() -> None:
    assert groups([]) == ()


WORDS = [
    *("ferry", "flood", "fire", "mill", "sank", "coast", "harbour", "people", "killed", "12"),
    *("Lorn", "Cape Lorn", "Besk", "Arnland", "Anne"),
]


def reports() -> st.SearchStrategy[list[Aside]]:
    one = st.builds(
        lambda words, days, source, name, number: aside(
            " ".join(words),
            days=days,
            source=source,
            report=name,
            title=" ".join(words[:2]),
            figures=(f"killed {number}",),
        ),
        st.lists(st.sampled_from(WORDS), max_size=8),
        st.integers(0, 40).map(lambda hours: hours / 2),
        st.sampled_from(["wire", "cape-news"]),
        st.sampled_from("abcdefgh"),
        st.integers(10, 12),
    )
    return st.lists(one, max_size=14, unique_by=lambda each: each.event.id)


@given(reports(), st.randoms(use_true_random=False))
def test_grouping_does_not_depend_on_the_order_of_arrival(
    given_: list[Aside], random: object
) -> None:
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random of hypothesis
    assert groups(shuffled) == groups(given_)


@given(reports())
def test_every_report_is_in_exactly_one_group(given_: list[Aside]) -> None:
    found = [each for group in groups(given_) for each in group.aside]
    assert sorted(each.event.id for each in found) == sorted(each.event.id for each in given_)


@given(reports())
def test_what_is_published_later_parts_nothing(given_: list[Aside]) -> None:
    """What is together stays so; and what is alone begins a group."""
    last = max((each.fact.published_at for each in given_), default=FERRY.fact.published_at)
    later = aside("An overturned tram", published_at=last + timedelta(hours=1), report="later")
    assert groups([*given_, later])[:-1] == groups(given_)


def test_news_of_many_disasters_in_one_fortnight_is_parted_by_disaster() -> None:
    """Real figures and wordings of a dozen disasters, all of them moved to one fortnight.

    Of the reports that are together with one, nine in ten are of its disaster; and with a report
    are more than half of those that were published within two weeks of the first.
    """
    disaster: dict[str, str] = {}
    told: list[Aside] = []
    for place, history in enumerate(HISTORIES):
        reports = [each for each in history["reports"] if each.get("language", "en") == "en"]
        times = [datetime.fromisoformat(each["published"][:10]) for each in reports]
        for number, (each, time) in enumerate(zip(reports, times, strict=True)):
            days = (time - min(times)).days
            if days <= 14:
                title = each.get("title", "")
                moved = aside(
                    each["text"], title=title, days=days + place / 3, report=f"{place}-{number}"
                )
                disaster[moved.event.id] = history["id"]
                told.append(moved)
    found = [[disaster[each.event.id] for each in group.aside] for group in groups(told)]
    pure = sum(group.count(each) / len(group) for group in found for each in group)
    every = [*disaster.values()]
    whole = sum(group.count(each) / every.count(each) for group in found for each in group)
    assert len(told) > 60
    assert pure / len(told) > 0.9
    assert whole / len(told) > 0.5


def test_words_in_a_language_that_is_not_read_tell_all_the_same() -> None:
    """Without its common words, which nobody knows."""
    first = aside("Feribot Lorn burnunda batti", language="tr")
    second = aside("Lorn burnunda batan feribot", language="tr", days=0.1)
    assert len(together(first, second)) == 1
