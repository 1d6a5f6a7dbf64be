"""What rules would have sent is what they do send: the past told once more, by its own clock."""

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import figure, opened, reread, withdrawn
from past import Recorded, events
from said import at, facts
from tracker.alerts.endpoint import FRESH, Endpoint, Rules, Webhook
from tracker.alerts.incidents import opened_now
from tracker.alerts.judgement import gist, judge
from tracker.alerts.rehearsal import PASS, Sent, Unsent, as_published, rehearse
from tracker.desk import Desk
from tracker.events import Event, Fact, FigureReported, incident_stream
from tracker.model import Measure, Status
from tracker.pipeline import send_due
from tracker.projections.ledger import ledger
from tracker.projections.moves import moves, standing
from tracker.store.base import Append
from tracker.store.records import Told
from tracker.store.writer import open_writer

HOOK = Webhook(url="https://desk.example/hook", secret_env="DESK_SECRET")
LATER = at(2_000)
"""When everything that is held has come due."""
MINUTE = timedelta(minutes=1)


def desk(name: str = "desk", *, policy: str = "standard", **rules: Any) -> Endpoint:
    return Endpoint(name=name, way=HOOK, policy=policy, rules=Rules(**rules))


def sent(past: Sequence[Recorded], *endpoints: Endpoint) -> list[Any]:
    """The bodies of what would have been sent, in order."""
    found = rehearse(events(past), endpoints, fresh=FRESH, now=LATER)
    return [json.loads(each.alert.body) for each in found if isinstance(each, Sent)]


def stopped(past: Sequence[Recorded], endpoint: Endpoint) -> list[tuple[int | None, str]]:
    """What was not told at once, and which rule says so."""
    found = rehearse(events(past), [endpoint], fresh=FRESH, now=LATER)
    return [(each.after.best, each.rule) for each in found if isinstance(each, Unsent)]


def tolls(*told: tuple[float, int]) -> list[Recorded]:
    """So many are missing, each reported and recorded so many hours after the beginning."""
    return [
        Recorded(at(hours), "x", facts(f"{hours} official: {best} measure=missing", int(hours * 4)))
        for hours, best in told
    ]


def values(bodies: Iterable[Any]) -> list[tuple[int | None, int | None]]:
    """From what to what each of them moved."""
    return [
        ((body["data"]["before"] or {}).get("best"), body["data"]["after"]["best"])
        for body in bodies
    ]


def test_without_rules_every_move_is_told_when_it_came() -> None:
    bodies = sent(tolls((1, 12), (2, 14), (3, 13)), desk())
    assert values(bodies) == [(None, 12), (12, 14), (14, 13)]
    assert [each["timestamp"][11:13] for each in bodies] == ["01", "02", "03"]


def test_who_asks_for_falls_is_told_of_each_however_far_it_had_risen() -> None:
    past = tolls((1, 100), (2, 150), (3, 120), (4, 130), (5, 90))
    assert values(sent(past, desk(direction="down"))) == [(None, 100), (150, 120), (130, 90)]
    assert values(sent(past, desk(direction="up"))) == [(None, 100), (100, 150), (120, 130)]
    assert stopped(past, desk(direction="down")) == [(150, "direction"), (130, "direction")]


def test_a_first_figure_that_is_not_told_is_what_the_next_is_compared_with() -> None:
    past = tolls((1, 100), (2, 105), (3, 112))
    assert values(sent(past, desk(first=False, min_change=10))) == [(100, 112)]
    assert stopped(past, desk(first=False, min_change=10)) == [(100, "first"), (105, "size")]


def test_a_figure_that_flips_back_is_told_only_when_it_stays_so() -> None:
    """84 → 103 → 84 → 103 says nothing new; 84 that stays does."""
    flapping = tolls((1, 84), (2, 103), (2.5, 84), (2.75, 103))
    rules = desk(flap=timedelta(hours=1))
    assert values(sent(flapping, rules)) == [(None, 84), (84, 103)]
    stays = tolls((1, 84), (2, 103), (2.5, 84))
    assert values(sent(stays, rules)) == [(None, 84), (84, 103), (103, 84)]
    assert sent(stays, rules)[-1]["timestamp"] == "2031-05-01T03:30:00.000000Z"


def test_a_debounce_tells_the_last_of_many_moves_once() -> None:
    past = tolls((1, 12), (1.25, 14), (1.5, 19), (4, 20))
    bodies = sent(past, desk(debounce=timedelta(minutes=30)))
    assert values(bodies) == [(None, 19), (19, 20)]
    assert bodies[0]["timestamp"] == "2031-05-01T02:00:00.000000Z"
    assert bodies[0]["data"]["revisions"] == 3
    impatient = desk(debounce=timedelta(minutes=30), max_wait=timedelta(minutes=40))
    assert sent(past, impatient)[0]["timestamp"] == "2031-05-01T01:40:00.000000Z"


def test_old_reports_are_one_backfill_when_the_pass_is_over() -> None:
    past = [
        Recorded(at(100) + place * timedelta(seconds=1), each.incident, each.facts)
        for place, each in enumerate(tolls((1, 12), (2, 14), (3, 13)))
    ]
    (body,) = sent(past, desk())
    assert body["type"] == "estimate.backfilled"
    assert [each["after"]["best"] for each in body["data"]["estimates"]] == [13]
    assert stopped(past, desk()) == [(12, "owed"), (14, "owed"), (13, "owed")]
    assert sent(past, desk(first=False)) == []
    assert values(sent(past + tolls((101, 20)), desk(first=False))) == [(13, 20)]
    as_if = rehearse(as_published(events(past)), [desk()], fresh=FRESH, now=LATER)
    live = [json.loads(each.alert.body) for each in as_if if isinstance(each, Sent)]
    assert values(live) == [(None, 12), (12, 14), (14, 13)]


def test_an_old_figure_is_no_news_because_somebody_repeats_it() -> None:
    """It is told as how things stand; who asks for what is confirmed is told when it is."""
    past = [
        Recorded(at(80), "x", facts("1 agency: 100")),
        Recorded(at(80) + timedelta(seconds=2), "x", facts("79 agency2: 100", 1)),
    ]
    (body,) = sent(past, desk())
    assert body["type"] == "estimate.backfilled"
    confirmed = desk(statuses=frozenset({Status.CONFIRMED}))
    (body,) = sent(past, confirmed)
    assert (body["type"], body["data"]["reason"]) == ("estimate.revised", "confirmed")
    assert body["data"]["published_at"] == "2031-05-04T07:00:00.000000Z"
    repeated = [*past, Recorded(at(81), "x", facts("81 agency3: 100", 2))]
    assert len(sent(repeated, confirmed)) == 1


def test_a_confirmation_has_nobody_wait_for_longer() -> None:
    told = facts("1 agency: 12"), facts("1.25 agency2: 12", 1)
    past = [Recorded(at(1 + place / 4), "x", each) for place, each in enumerate(told)]
    (body,) = sent(past, desk(debounce=timedelta(minutes=30)))
    assert body["timestamp"] == "2031-05-01T01:30:00.000000Z"
    assert stopped(past, desk(debounce=timedelta(minutes=30))) == [(12, "held"), (12, "held")]
    back = [*tolls((1, 84), (2, 103), (2.5, 84))]
    back.append(Recorded(at(3), "x", facts("3 official2: 84 measure=missing", 13)))
    rules = desk(flap=timedelta(hours=1))
    body = sent(back, rules)[-1]
    assert (body["timestamp"], body["data"]["reason"]) == ("2031-05-01T03:30:00.000000Z", "lowered")


def test_that_a_contest_is_over_is_not_told_to_who_was_not_told_of_it() -> None:
    told = "1 agency: 103", "2 agency2: 84", "3 agency: 84 down"
    past = [Recorded(at(place + 1), "x", facts(each, place)) for place, each in enumerate(told)]
    assert values(sent(past, desk(direction="up"))) == [(None, 103)]
    assert [each["type"] for each in sent(past, desk())] == [
        "estimate.revised",
        "estimate.contested",
        "estimate.settled",
    ]


def test_that_an_incident_is_opened_is_told_before_its_first_figure() -> None:
    """As it is when a source shows it; of a report that is old by then, it is no news."""
    start: list[Fact] = [opened("x", effective_at=at(1)), *facts("1 agency: 12")]
    bodies = sent([Recorded(at(1), "x", start)], desk(), desk("other", opened=False))
    assert [(each["type"], each["data"]["sequence"]) for each in bodies] == [
        ("incident.opened", 1),
        ("estimate.revised", 2),
        ("estimate.revised", 1),
    ]
    (late,) = sent([Recorded(at(80), "x", start)], desk())
    assert (late["type"], late["data"]["sequence"]) == ("estimate.backfilled", 1)


def test_what_is_read_otherwise_by_now_was_always_read_so_as_published() -> None:
    wrong, right = figure(120, published_at=at(1)), figure(12, published_at=at(1), reading=2)
    past = [
        Recorded(at(1), "x", [opened("x", effective_at=at(1)), wrong]),
        Recorded(at(90), "x", [right, reread(wrong, right)]),
    ]
    quiet = desk(opened=False)
    as_if = rehearse(as_published(events(past)), [quiet], fresh=FRESH, now=LATER)
    assert values(json.loads(each.alert.body) for each in as_if if isinstance(each, Sent)) == [
        (None, 12)
    ]
    news, told_anew = sent(past, quiet)
    assert (news["data"]["after"]["best"], told_anew["type"]) == (120, "estimate.backfilled")


def test_a_digest_tells_all_incidents_together_and_nothing_where_nothing_moved() -> None:
    past = [*tolls((1, 12), (2, 14)), Recorded(at(3), "y", facts("3 agency: 5", 9))]
    (body,) = sent(past, desk(digest=(time(8),)))
    assert body["timestamp"] == "2031-05-01T08:00:00.000000Z"
    assert [
        (each["incident"], each["sequence"], each["estimates"][0]["after"]["best"])
        for each in body["data"]["incidents"]
    ] == [("x", 1, 14), ("y", 1, 5)]
    assert body["data"]["since"] == "2031-05-01T01:00:00.000000Z"
    more = [*past, *tolls((30, 20))]
    first, second = sent(more, desk(digest=(time(8),)))
    assert first == body
    (again,) = second["data"]["incidents"]
    assert (second["data"]["sequence"], again["sequence"]) == (2, 2)
    assert again["estimates"][0]["before"]["best"] == 14


def test_more_than_one_body_holds_is_several_digests_in_sequence() -> None:
    many = [
        Recorded(at(1), "x", facts(f"1 agency: {number + 1} scope=Deck_{number}", number))
        for number in range(100)
    ]
    bodies = sent(many, desk(digest=(time(8),)))
    assert [body["data"]["sequence"] for body in bodies] == [*range(1, len(bodies) + 1)]
    inside = [part for body in bodies for part in body["data"]["incidents"]]
    assert [part["sequence"] for part in inside] == [*range(1, len(inside) + 1)]
    scopes = [each["scope"] for part in inside for each in part["estimates"]]
    assert {*scopes} >= {f"Deck {number}" for number in range(100)}
    assert len(scopes) == len({*scopes})


def test_news_that_waits_for_the_morning_is_told_as_it_stands_then() -> None:
    night: dict[str, Any] = {"quiet": (time(22), time(6))}
    past = tolls((21, 12), (23, 30), (26, 14))
    bodies = sent(past, desk(**night))
    assert values(bodies) == [(None, 12), (12, 14)]
    assert bodies[1]["timestamp"] == "2031-05-02T06:00:00.000000Z"
    assert values(sent(tolls((21, 12), (23, 30), (26, 12)), desk(**night))) == [(None, 12)]
    assert stopped(past, desk(**night)) == [(30, "held"), (14, "held")]


# ── whatever the rules and the past ──────────────────────────────────────────────────────────────

lines = st.builds(
    "{} {}: {}{}{}".format,
    st.integers(0, 90).map(lambda each: each / 2),
    st.sampled_from(["agency", "agency2", "outlet", "official"]),
    st.sampled_from([1, 2, 3, 9, 10, 11, 99, 100, 120]),
    st.sampled_from(["", " up", " down", " down", " scope=North"]),
    st.sampled_from(["", "", " measure=missing"]),
)
spans = st.sampled_from([timedelta(0), timedelta(0), timedelta(minutes=20), timedelta(hours=5)])
rule_sets = st.builds(
    Rules,
    statuses=st.sampled_from([frozenset(), frozenset(), frozenset({Status.CONFIRMED})]),
    direction=st.sampled_from(["both", "both", "up", "down"]),
    min_change=st.sampled_from([0, 0, 2, 50]),
    min_percent=st.sampled_from([0.0, 0.0, 20.0]),
    thresholds=st.sampled_from([(), (), (10, 100)]),
    first=st.sampled_from([True, True, False]),
    contested=st.booleans(),
    debounce=spans,
    quiet=st.sampled_from([None, None, (time(22), time(6))]),
    digest=st.sampled_from([None, None, (time(8), time(20)), timedelta(hours=6)]),
    flap=spans,
    timezone=st.sampled_from(["UTC", "Asia/Kathmandu"]),
)


@st.composite
def pasts(draw: st.DrawFn) -> list[Recorded]:
    """Reports of an incident, some of them recorded late, a few taken back or read anew."""
    known: list[FigureReported] = []
    past: list[Recorded] = []
    moment = at(0)
    if draw(st.booleans()):
        past.append(Recorded(moment, "x", [opened("x", effective_at=moment)]))
    for number, line in enumerate(draw(st.lists(lines, max_size=9))):
        new: list[Fact] = [*facts(line, number)]
        said = at(float(line.split()[0]))
        late = draw(st.sampled_from([MINUTE, MINUTE, timedelta(hours=1), timedelta(hours=30)]))
        moment = max(moment + timedelta(seconds=7), said + late)
        if known and draw(st.integers(0, 4)) == 0:
            old = draw(st.sampled_from(known))
            new.append(withdrawn(old, effective_at=moment, observed_at=moment))
        elif known and draw(st.integers(0, 9)) == 0:
            new.append(reread(draw(st.sampled_from(known))))
        known += [each for each in new if isinstance(each, FigureReported)]
        past.append(Recorded(moment, "x", new))
    return past


def in_parts(body: Any) -> list[Any]:
    """What an alert of whichever type says of single estimates."""
    data = body["data"]
    of = data.get("incidents", [data])
    return [
        {"sequence": each["sequence"]} | part
        for each in of
        for part in each.get("estimates", [each])
    ]


Believed = dict[tuple[str, str | None], Any]


def as_told(value: Any, name: tuple[str, str | None]) -> Told | None:
    if value is None:
        return None
    status = value["status"] and Status(value["status"])
    return Told(
        endpoint="desk",
        incident="x",
        measure=Measure(name[0]),
        scope=name[1],
        policy="standard",
        sequence=1,
        told_at=at(0),
        **(value | {"status": status}),
    )


@settings(deadline=None, max_examples=60)
@given(pasts(), rule_sets)
def test_every_alert_keeps_to_the_rules_and_to_what_was_told(
    past: list[Recorded], rules: Rules
) -> None:
    """Each is news, in sequence, goes the way that was asked for, and moves from what was told."""
    believed: Believed = {}
    sequence = 0
    for body in sent(past, desk_with(rules)):
        for part in in_parts(body):
            name = part["measure"], part["scope"]
            before, after = as_told(part["before"], name), as_told(part["after"], name)
            assert gist(before) != gist(after)
            assert part["sequence"] - sequence in (0, 1)
            sequence = part["sequence"]
            if rules.direction != "both" and before is not None:
                assert part["direction"] in (rules.direction, None)
            if rules.direction == "both" and rules.first:
                assert part["before"] == believed.get(name)
            if rules.statuses:
                assert part["after"]["status"] in (None, *rules.statuses)
            believed[name] = part["after"]


@settings(deadline=None, max_examples=60)
@given(pasts(), rule_sets)
def test_in_the_end_nothing_stands_that_should_have_been_told(
    past: list[Recorded], rules: Rules
) -> None:
    """Once all has come due, what passes the rules has been told."""
    rules = replace(rules, direction="both", first=True)
    believed: Believed = {}
    for body in sent(past, desk_with(rules)):
        believed |= {(each["measure"], each["scope"]): each["after"] for each in in_parts(body)}
    folded = ledger(events(past))
    for move in standing(folded, "x"):
        name = move.after.measure.value, move.after.scope
        assert not judge(rules, as_told(believed.get(name), name), move.after).told


def desk_with(rules: Rules) -> Endpoint:
    return Endpoint(name="desk", way=HOOK, rules=replace(rules, opened=False))


@settings(deadline=None, max_examples=25)
@given(pasts(), st.lists(rule_sets, min_size=1, max_size=2))
def test_what_would_have_been_sent_is_what_is_sent(
    past: list[Recorded], rule_sets: list[Rules]
) -> None:
    """By a desk with a real log that lives through the same: each body and its moment."""
    endpoints = tuple(
        Endpoint(name=f"desk-{place}", way=HOOK, rules=rules)
        for place, rules in enumerate(rule_sets)
    )
    rehearsed = [
        (each.at, each.alert.endpoint, json.loads(each.alert.body))
        for each in rehearse(events(past), endpoints, fresh=FRESH, now=LATER)
        if isinstance(each, Sent)
    ]
    assert sorted(rehearsed, key=str) == sorted(lived(past, endpoints), key=str)


def lived(
    past: Sequence[Recorded], endpoints: tuple[Endpoint, ...]
) -> list[tuple[datetime, str, Any]]:
    """What a desk enqueues as the past comes."""
    now = at(0)
    with closing(open_writer(":memory:")) as log:
        live = Desk(log=log, incidents=(), clock=lambda: now, endpoints=endpoints)
        owed_at: datetime | None = None
        for step in [*by_moment(events(past)), (LATER, [])]:
            while True:
                held_at = send_due(live, backfills=False)
                due = min((each for each in (held_at, owed_at) if each), default=None)
                if due is None or due > step[0]:
                    break
                now, over = due, owed_at is not None and owed_at <= due
                before = {*log.owed()}
                again = send_due(live, backfills=over)
                left = {*log.owed()}
                if left - before:  # what was held, and is nothing that anybody says any more
                    owed_at = now + PASS
                elif over:
                    owed_at = again if left else None
            now = step[0]
            owed_at = append(live, step[1], now) or owed_at
        return [
            (each.created_at, each.alert.endpoint, json.loads(each.alert.body))
            for each in log.enqueued(limit=1_000)
        ]


def by_moment(every: Iterable[Event]) -> list[tuple[datetime, list[Fact]]]:
    steps: dict[datetime, list[Fact]] = {}
    for each in every:
        steps.setdefault(each.recorded_at, []).append(each.fact)
    return [*steps.items()]


def append(live: Desk, new: list[Fact], now: datetime) -> datetime | None:
    """Append facts as the pipeline does; when what is owed for them is told."""
    if not new:
        return None
    stream = incident_stream("x")
    change = moves({stream: new}, live.events, recorded_at=now, policies=live.policies)
    is_news = not any(each.TYPE == "figure.reread" for each in new)
    opens = opened_now(new, now=now, fresh=live.fresh)
    outbox = live.outbox(change.moved, now, news=is_news, opened=opens)
    live.log.append([Append(stream, None, tuple(new))], recorded_at=now, outbox=outbox)
    return now + PASS if outbox.owed else None
