"""The standard policy, one sequence at a time."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import figure, withdrawn
from said import at, events, facts, log, phrases, reasons, told
from tracker.encoding import event_id
from tracker.events import Event
from tracker.model import Estimate, Measure, Qualifier, Rank, Reason, Role, Status
from tracker.projections.estimate import Replay, replay, replays
from tracker.projections.ledger import ledger
from tracker.projections.standing import Hearing
from tracker.projections.statements import statements

MINISTRY = "agency/interior-ministry"
COPY = "quote=Rescuers_say_that_many_people_died_when_the_ferry_sank_off_the_cape_in_the_night"

SEQUENCES = {
    "rises, a recount, a stale copy and two small rises": (
        ["1 outlet: nearly 100", "2 outlet2: over 100 report=a", "2 outlet2: 103 report=a",
         f"3 {MINISTRY}: 84 down earlier=95,103", "4 outlet3: at-least 103",
         "20 agency/governor: 89 earlier=84", "40 agency2: at-least 91 plus=2"],
        ["nearly 100", "over 100", "103", "84", "89", "at least 91"],
    ),
    "without the first reports the recount comes first": (
        [f"3 {MINISTRY}: 84 down earlier=95,103", "4 outlet3: at-least 103",
         "20 agency/governor: 89 earlier=84", "40 agency2: at-least 91 plus=2"],
        ["84", "89", "at least 91"],
    ),
    "a hedged number that its text calls a lowering lowers": (
        ["1 outlet: 103", "2 outlet2: at-least 84 earlier=95"], ["103", "at least 84"],
    ),
    "a copyist's number after a recount waits": (
        [f"1 {MINISTRY}: 103", f"2 {MINISTRY}: 84 down", "3 outlet: 98"], ["103", "84"],
    ),
    "slow outlets with the old number move nothing, however many": (
        [f"1 {MINISTRY}: 103", f"2 {MINISTRY}: 84 down", "3 outlet: 103", "4 outlet2: 103",
         "5 outlet3: at-least 103"],
        ["103", "84"],
    ),
    "a second independent voice frees a number that waits": (
        [f"1 {MINISTRY}: 103", f"2 {MINISTRY}: 84 down", "3 outlet: 98", "4 outlet2: 98"],
        ["103", "84", "98"],
    ),
    "a day later a larger number no longer waits": (
        [f"1 {MINISTRY}: 103", f"2 {MINISTRY}: 84 down", "27 outlet: 98"], ["103", "84", "98"],
    ),
    "a slow outlet quoting the ministry's old number": (
        ["1 agency/interior-ministry: 73", "2 agency/interior-ministry: 103",
         "3 outlet/interior-ministry: 73"],
        ["73", "103"],
    ),
    "a background line about an early rise": (
        ["1 outlet: 103", "2 outlet2: 50 up earlier=20"], ["103"],
    ),
    "a background line about an early rise, by the standing voice itself": (
        ["1 outlet: 103", "2 outlet: 50 up earlier=20"], ["103"],
    ),
    "an old correction told late": (
        [f"1 {MINISTRY}: 103", f"2 {MINISTRY}: 84 down", "3 outlet: 95 down earlier=103"],
        ["103", "84"],
    ),
    "a round hedge after an exact number is no lowering": (
        ["1 outlet: 103", "2 outlet: over 100", "3 agency/interior-ministry: over 100"],
        ["103", "103"],
    ),
    "a smaller number further down in the same report": (
        ["1 outlet: 50000 report=r", "1 outlet: 5914 report=r"], ["50,000"],
    ),
    "none besides those counted": (["1 outlet: 11", "2 agency: 0"], ["11"]),
    "none after all, if the text says so": (
        ["1 outlet: 11", "2 agency: 0 earlier=11"], ["11", "0"],
    ),
    "at least of a lower number moves nothing": (
        ["1 outlet: 103", "2 outlet2: at-least 60"], ["103"],
    ),
    "a lower rank's smaller number is outranked": (
        [f"1 {MINISTRY}: 284", "2 outlet: 211"], ["284"],
    ),
    "a higher rank lowers without saying so": (
        ["1 outlet: 103", f"2 {MINISTRY}: 84"], ["103", "84"],
    ),
    "an unverified voice lowers nothing, even if it says so": (
        ["1 outlet: 103", "2 unverified: 84 down earlier=103"], ["103"],
    ),
    "an unverified voice alone does not raise what a higher rank gave": (
        [f"1 {MINISTRY}: 84", "2 unverified: 500"], ["84"],
    ),
    "an official number relayed by one outlet has the rank of an agency": (
        ["1 agency: 103", "2 outlet/interior-ministry: 84"], ["103", "84"],
    ),
    "months of recounts": (
        ["1 agency/county: 106", "30 agency/county: 115", "900 agency/county: at-least 97 down",
         "1000 agency/county: 98", "5000 agency/county: 102"],
        ["106", "115", "at least 97", "98", "102"],
    ),
    "one page that goes up and back": (
        ["1 outlet: 95 report=p", "2 outlet: 103 report=p version=2",
         "3 outlet: 95 report=p version=3"],
        ["95", "103", "95"],
    ),
    "a word stands only until somebody states a number": (
        ["1 outlet: dozens", "2 outlet2: hundreds", "3 outlet3: 9", "4 outlet: scores"],
        ["dozens", "hundreds", "9"],
    ),
    "a ceiling is never the best": (["1 outlet: 12", "2 outlet2: up-to 39"], ["12"]),
    "places add up while nobody gives the whole": (
        ["1 outlet: 8 role=component report=r", "1 outlet: 5 role=component report=r",
         "2 outlet2: 12"],
        ["13", "12"],
    ),
    "a sum of some places does not lower a whole": (
        ["1 outlet: 30", "2 outlet2: 8 role=component report=r",
         "2 outlet2: 5 role=component report=r"],
        ["30"],
    ),
    "a part is never a total": (["1 outlet: 12 role=part"], []),
    "a passing mention of a running total does not count": (
        ["1 outlet: 12 role=background"], [],
    ),
    "a copyist waits, and then old copies of the number fallen from move nothing": (
        ["1 outlet: 103", f"2 {MINISTRY}: at-least 84 earlier=95", "3 outlet2: 98",
         "4 outlet3: 103", "5 outlet4: 103 up earlier=95", "6 outlet5: 103"],
        ["103", "at least 84"],
    ),
    "an item that a slow outlet sends out again in the words of the wire": (
        [f"1 {MINISTRY}: 103 {COPY}", f"2 {MINISTRY}: 84 down", "3 outlet: 84",
         f"40 outlet: 103 {COPY}"],
        ["103", "84", "84"],
    ),
    "a copy of a number that waits is no news a day later": (
        [f"1 {MINISTRY}: 103", f"2 {MINISTRY}: 84 down", f"3 outlet: 98 {COPY}",
         f"30 outlet2: 98 {COPY}"],
        ["103", "84"],
    ),
    "a lowering from a number that was never heard raises": (
        ["1 agency: 30", "900 agency: 71 earlier=80"], ["30", "71"],
    ),
    "a rumour that is denied with a higher count of its own": (
        ["1 agency: 31", f"2 {MINISTRY}: 35 role=current report=d",
         f"2 {MINISTRY}: 600 role=rejected report=d"],
        ["31", "35"],
    ),
    "a fall of some smaller count is not one of the whole": (
        ["1 outlet: 761", f"2 {MINISTRY}: 181 down earlier=259"], ["761"],
    ),
    "an outlet's own to and fro does not bar a higher rank from its number": (
        ["1 outlet: 10 report=p", "2 outlet: 11 report=p version=2",
         "3 outlet: 10 report=p version=3", f"9 {MINISTRY}: 11"],
        ["10", "11", "10", "11"],
    ),
    "what was left may be reached again, when the count has gone on for days": (
        ["1 agency: 143", f"2 {MINISTRY}: 133 down", f"30 {MINISTRY}: 137",
         f"60 {MINISTRY}: 139", "90 outlet: 143 up earlier=140"],
        ["143", "133", "137", "139", "143"],
    ),
    "an official who tells the rise anew reaches a number that was left": (
        ["1 agency/county: 99", "30 agency/county: 115", "900 agency/county: at-least 97 down",
         "950 agency/county: 98", "1500 agency/county: 99 up"],
        ["99", "115", "at least 97", "98", "99"],
    ),
    "a report that gives a rumour beside what an office counts stands by the office": (
        [f"1 {MINISTRY}: 115", "2 outlet: 143 report=a",
         "2 outlet/interior-ministry: 115 report=a"],
        ["115"],
    ),
    "more than five hundred, a year later, of 587": (
        ["1 outlet: 587", "9000 outlet: over 500"], ["587"],
    ),
    "a wrong date far ahead is a figure of its moment like any other": (
        ["1 agency: 12", "2 outlet: 14", "3 agency: 15 up"], ["12", "14", "15"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_history_of(name: str) -> None:
    lines, expected = SEQUENCES[name]
    assert phrases(told(*lines)) == expected


@pytest.mark.parametrize("name", SEQUENCES)
def test_arrival_order_changes_nothing_in(name: str) -> None:
    lines, _ = SEQUENCES[name]
    once = told(*lines)
    stream = log(*lines)
    for shuffled in itertools.islice(itertools.permutations(stream[1:]), 24):
        again = replay(ledger([stream[0], *shuffled]), "ferry-2031", Measure.KILLED)
        assert again == once


def test_equal_voices_contest_and_the_newer_is_best() -> None:
    """Bounds cover both sides, until a higher rank speaks; its number then raises."""
    lines = ["1 outlet: over 200", "2 outlet2: 188", f"3 {MINISTRY}: 284", "4 outlet3: 211"]
    replayed = told(*lines)
    assert phrases(replayed) == ["over 200", "188", "284"]
    assert reasons(replayed) == ["first", "contested", "raised"]
    contested = replayed.revisions[1].estimate
    assert (contested.low, contested.high, contested.status) == (188, None, Status.CONTESTED)
    assert replayed.estimate.status is Status.REPORTED
    assert [each.test for each in replayed.ignored] == ["outranked"]


@pytest.mark.parametrize(
    ("line", "settled"),
    [
        ("3 outlet3: 188", "188"),
        ("3 outlet3: 200", "200"),
        ("3 outlet2: 200", "200"),
        ("3 agency: 200", "200"),
    ],
)
def test_a_contest_is_settled_by(line: str, settled: str) -> None:
    """A further voice, or one side that moves to the other, or a higher rank."""
    replayed = told("1 outlet: 200", "2 outlet2: 188", line)
    assert phrases(replayed) == ["200", "188", settled]
    assert reasons(replayed)[-1] == "settled"
    assert replayed.estimate.status is not Status.CONTESTED


def test_another_voice_confirms_once() -> None:
    """The number does not move; copies of one sentence are one voice, and so is one office."""
    copied = "quote=Rescuers_say_that_103_people_died_when_the_ferry_sank_off_the_cape"
    assert reasons(told(f"1 outlet: 103 {copied}", f"2 outlet2: 103 {copied}")) == ["first"]
    same_office = ("1 agency/ministry: 103", "2 agency2/ministry: 103")
    assert reasons(told(*same_office)) == ["first"]
    twice = told("1 outlet: 103", "2 outlet2: 103", "3 outlet3: at-least 95")
    assert reasons(twice) == ["first", "confirmed"]
    assert twice.estimate.status is Status.CONFIRMED
    assert len(twice.estimate.basis) == 3


def test_a_second_relay_gives_an_office_its_full_rank() -> None:
    """One outlet's word for a ministry cannot overrule another ministry; two outlets' can."""
    first = "1 agency/health-ministry: 100"
    once = told(first, "2 outlet/interior-ministry: 90")
    assert phrases(once) == ["100"]
    twice = told(first, "2 outlet/interior-ministry: 90", "3 outlet2/interior-ministry: 90")
    assert phrases(twice)[-1] == "90"


@pytest.mark.parametrize(
    ("lines", "bests"),
    [
        (["1 agency: 120", "2 agency: 38", "3 outlet: 120"], [120, 38]),
        (["1 outlet: 120", "2 agency: 38", "3 outlet2: 50"], [120, 38]),
        (["1 outlet: 120", "2 agency: 38", "30 outlet2: 50"], [120, 38, 50]),
        (["1 agency/mayor: 99", "12 agency: 159"], [99, 159]),
        (["1 agency: 38", "2 agency2: 120"], [38, 120]),
        (
            ["1 agency/fire-service: 40", "9 agency2: 15", "10 agency2: 29 up earlier=16"],
            [40, 15, 29],
        ),
        (
            ["1 agency/coast-guard: 40", "2 agency/coast-guard: 29", "3 outlet/coast-guard: 24"],
            [40, 29, 24],
        ),
        (["1 agency: 40", "2 agency: 38", "3 agency2: 39 down earlier=50"], [40, 38]),
    ],
)
def test_a_stock_follows_the_newest_unless_a_higher_rank_has_just_spoken(
    lines: list[str], bests: list[int]
) -> None:
    """A fall needs no reason, an old page brings nothing back, and a relay moves on by itself."""
    replayed = told(*(f"{line} measure=missing" for line in lines), measure=Measure.MISSING)
    assert [each.estimate.best for each in replayed.revisions] == bests


def test_an_ongoing_incident_reads_passing_totals_as_current() -> None:
    assert phrases(told("1 outlet: 12 role=background", ongoing=True)) == ["12"]


def test_a_withdrawal_counts_from_its_own_time() -> None:
    """What stood before stays in the history, and the rest is heard again without the figure."""
    wrong = figure(500, source="outlet", published_at=at(2), source_rank=Rank.OUTLET)
    stream = events(
        [
            *facts("1 outlet2: 84"),
            wrong,
            withdrawn(wrong, effective_at=at(5)),
            *facts("6 agency: 90"),
        ]
    )
    assert phrases(replay(ledger(stream), "x", Measure.KILLED)) == ["84", "500", "84", "90"]
    assert phrases(replay(ledger(stream, as_of=at(4)), "x", Measure.KILLED)) == ["84", "500"]
    replayed = replay(ledger(stream), "x", Measure.KILLED)
    assert [each.change for each in replayed.revisions] == [None, 416, -416, 6]
    assert replayed.revisions[2].reason is Reason.WITHDRAWN


def test_withdrawing_the_only_figure_leaves_nothing() -> None:
    """Absent is never zero."""
    only = figure(5)
    stream = events([only, withdrawn(only, effective_at=at(30))])
    estimate = replay(ledger(stream), "x", Measure.KILLED).estimate
    assert (estimate.best, estimate.phrase, estimate.status) == (None, None, None)


def test_a_withdrawal_leaves_the_other_measures_alone() -> None:
    """Neither a move nor a figure set aside is told of a measure that lost nothing."""
    hurt = figure(30, measure=Measure.INJURED, published_at=at(1))
    stream = events([figure(12), hurt, withdrawn(hurt, effective_at=at(5))])
    killed = replay(ledger(stream), "x", Measure.KILLED)
    assert (phrases(killed), killed.ignored) == (["12"], ())


def test_a_second_relay_counts_for_none_killed_as_for_any_number() -> None:
    """Two outlets' word for a ministry has the ministry's rank, be the number zero."""
    lines = ["1 agency/health: 4", "2 outlet/interior: 0", "3 outlet2/interior: 0"]
    heard = Hearing()
    for statement in statements(ledger(log(*lines)), Measure.KILLED).by_scope[None]:
        rank = heard.rank(statement)
        heard.note(statement)
    assert rank is Rank.OFFICIAL


def test_a_denial_voids_what_was_credited_to_the_denier() -> None:
    """And relays of the number that name nobody else."""
    lines = [
        "1 outlet: 3958",
        "2 outlet2/red-crescent: 11300",
        "3 outlet3: 11300",
        "9 agency/red-crescent: 11300 role=rejected",
    ]
    replayed = told(*lines)
    assert phrases(replayed) == ["3,958", "11,300", "11,300", "3,958"]
    assert reasons(replayed)[-1] == "denied"


def test_nearly_the_same_sentence_is_one_voice() -> None:
    """A dateline, a comma, a word more or less; two sentences of one's own are two voices."""
    wire = "quote=Rescuers_say_that_103_people_died_when_the_ferry_sank_off_the_cape_on_Monday"
    copies = [
        wire.replace("Rescuers", "CAPE_LORN_(Wire)_-_Rescuers"),
        "quote=Rescuers_said_103_people_died_when_the_ferry_sank_off_the_cape_on_Monday.",
        "quote=Rescuers_say_that_103_people_died_when_the_ferry_sank_off_the_cape",
    ]
    for copy in copies:
        replayed = told(f"1 agency: 103 {wire}", f"2 outlet: 103 {copy}")
        assert reasons(replayed) == ["first"]
        assert [each.test for each in replayed.ignored] == ["echo"]
    own = "quote=By_Tuesday_morning_divers_had_brought_103_bodies_ashore_at_the_cape."
    assert reasons(told(f"1 agency: 103 {wire}", f"2 outlet: 103 {own}")) == ["first", "confirmed"]


def test_a_short_sentence_is_no_copy_of_itself() -> None:
    """Letters and digits count, blanks do not: there are few ways to say so little."""
    short = "quote=In_the_night_103_people_died_off_the_cape."
    long = "quote=In_the_night_103_people_died_off_the_cape_of_Lorn_in_a_gale."
    for quote, moved in ((short, ["first", "confirmed"]), (long, ["first"])):
        assert reasons(told(f"1 agency: 103 {quote}", f"2 outlet: 103 {quote}")) == moved


def test_a_higher_rank_that_copies_is_no_echo() -> None:
    """What an unverified voice said first, an agency says on its own authority."""
    told_twice = told(f"1 agency: 9 {COPY}s", f"2 unverified: 12 {COPY}", f"3 agency: 12 {COPY}")
    assert phrases(told_twice) == ["9", "12"]


def test_a_figure_with_a_scope_is_an_estimate_of_its_own() -> None:
    stream = log("1 agency: 50132", "2 agency: 44374 scope=in_the_north_alone")
    found = ledger(stream)
    assert list(replays(found, "x")) == [
        (Measure.KILLED, None),
        (Measure.KILLED, "in the north alone"),
    ]
    assert phrases(replay(found, "x", Measure.KILLED)) == ["50,132"]
    assert replay(found, "x", Measure.KILLED, "in the north alone").estimate.best == 44374


@pytest.mark.parametrize(("policy", "expected"), [("latest", 90), ("highest", 103), ("lowest", 84)])
def test_the_simple_policies(policy: str, expected: int) -> None:
    replayed = told("1 outlet: 95", "2 outlet: 103", "3 outlet: 84", "4 outlet: 90", policy=policy)
    assert replayed.estimate.best == expected


LINES = st.lists(
    st.builds(
        "{} {}{}: {}{}{}".format,
        st.integers(0, 60),
        st.sampled_from(["outlet", "outlet2", "agency", "agency2", "unverified"]),
        st.sampled_from(["", "/ministry", "/governor"]),
        st.sampled_from(["", "at-least ", "over ", "nearly ", "about ", "up-to "]),
        st.integers(1, 150),
        st.sampled_from(["", " up", " down", " earlier=40", " plus=2", " role=component"]),
    ),
    max_size=12,
)


def _alone(stream: list[Event]) -> list[Event]:
    return list({each.id: each for each in stream}.values())


@given(LINES, st.randoms(use_true_random=False))
def test_no_order_of_arrival_changes_the_history(lines: list[str], random: object) -> None:
    stream = _alone(log(*lines))
    shuffled = list(stream)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as object
    assert replay(ledger(shuffled), "x", Measure.KILLED) == replay(
        ledger(stream), "x", Measure.KILLED
    )


@given(LINES)
def test_bounds_hold_the_best_and_every_revision_moves_something(lines: list[str]) -> None:
    replayed = told(*lines)
    for each in replayed.revisions:
        estimate = each.estimate
        if estimate.low is not None and estimate.high is not None:
            assert estimate.low <= estimate.high
    for before, after in itertools.pairwise(replayed.revisions):
        assert before.estimate != after.estimate
    assert all(
        entry.figure.role in (Role.CURRENT, Role.COMPONENT)
        for entry in ledger(log(*lines)).entries
        if entry.event.id in replayed.estimate.basis
    )


@given(LINES, st.data())
def test_a_repeated_report_changes_nothing(lines: list[str], data: st.DataObject) -> None:
    """The same source says the same again, later: no number, no bound and no side moves."""
    said = [f"{line} report=r{number}" for number, line in enumerate(lines)]
    before = told(*said)
    hours = max((float(line.split()[0]) for line in said), default=0)
    standing = before.estimate.basis[:1]
    again = [line for number, line in enumerate(said) if _id(line, number) in standing]
    for line in again:
        _, tail = line.split(" ", 1)
        repeated = told(*said, f"{hours + data.draw(st.integers(0, 40))} {tail}b")
        assert _stands(repeated) == _stands(before)


@given(LINES, st.data())
def test_an_echo_moves_nothing(lines: list[str], data: st.DataObject) -> None:
    """A copy of any sentence heard so far, in an outlet of no higher rank, whenever it comes."""
    said = [f"{line} quote=In_these_very_words_number_{number}_the_story_of_the_ferry_is_told"
            for number, line in enumerate(lines)]  # fmt: skip
    before = told(*said)
    if said:
        copied = data.draw(st.sampled_from(said))
        _, speaker, tail = copied.split(" ", 2)
        _, slash, office = speaker.removesuffix(":").partition("/")
        rank = "unverified" if speaker.startswith("unverified") else "outlet"
        hours = max(float(line.split()[0]) for line in said) + data.draw(st.integers(1, 60))
        echoed = told(*said, f"{hours} {rank}{slash}{office}: {tail} source=copyist")
        assert _stands(echoed) == _stands(before)


@given(LINES, st.sampled_from(["", "at-least ", "about "]))
def test_a_figure_that_confirms_never_widens_the_bounds(lines: list[str], hedge: str) -> None:
    before = told(*lines).estimate
    if before.best is None:
        return
    hours = max(float(line.split()[0]) for line in lines) + 1
    after = told(*lines, f"{hours} agency9: {hedge}{before.best} source=another").estimate
    assert after.best == before.best
    if before.qualifier is not Qualifier.NEARLY:
        assert _width(after) <= _width(before)


def _width(estimate: Estimate) -> float:
    if estimate.low is None or estimate.high is None:
        return math.inf
    return estimate.high - estimate.low


def _stands(replayed: Replay) -> tuple[object, ...]:
    """What stands, whoever confirms it."""
    estimate = replayed.estimate
    contested = estimate.status is Status.CONTESTED
    return estimate.phrase, estimate.low, estimate.high, contested


def _id(line: str, number: int) -> str:
    return event_id(facts(line, number)[-1])


@given(LINES)
def test_as_of_is_a_prefix_of_the_history(lines: list[str]) -> None:
    """Without withdrawals, what was known to count by then never changes."""
    stream = _alone(log(*lines))
    whole = phrases(replay(ledger(stream), "x", Measure.KILLED))
    early = replay(ledger(stream, as_of=at(30)), "x", Measure.KILLED)
    assert phrases(early) == whole[: len(early.revisions)]
