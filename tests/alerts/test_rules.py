"""What is told, to whom, once: decided from values alone."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.alerts.bodies import LARGEST
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.alerts.later import Due, told_now
from tracker.alerts.memory import Circumstances, Memory
from tracker.alerts.rules import alerts_due
from tracker.model import Estimate, Measure, Reason, Revision, Status
from tracker.projections.moves import Moved
from tracker.store.base import Held, Outbox, Owed, Told

NOW = datetime(2031, 5, 3, 12, tzinfo=UTC)
FRESH = timedelta(hours=24)
AROUND = Circumstances(now=NOW, log_id="log-1")
HOOK = Webhook(url="https://desk.example/hook", secret_env="DESK_SECRET")
DESK = Endpoint(name="desk", way=HOOK)
OWED = Owed(endpoint="desk", incident="ferry-2031")


def desk(name: str = "desk", *, policy: str = "standard", **rules: Any) -> Endpoint:
    """An endpoint with these rules."""
    return Endpoint(name=name, way=HOOK, policy=policy, rules=Rules(**rules))


def stands(best: int | None, **changes: Any) -> Estimate:
    """An estimate of the dead of the ferry accident: exactly `best`, or nobody says."""
    exact = Estimate(incident="ferry-2031", measure=Measure.KILLED)
    if best is not None:
        exact = replace(
            exact, best=best, low=best, high=best, phrase=str(best), status=Status.REPORTED
        )
    return replace(exact, **changes)


def moved(
    best: int | None,
    *,
    hours_old: float = 1,
    event: str = "",
    said: dict[str, Any] | None = None,
    policy: str = "standard",
    **changes: Any,
) -> Moved:
    """A move to `best` by a figure so many hours old; `said` replaces words of the revision."""
    after = stands(best, **changes)
    revision = Revision(
        position=7,
        published_at=NOW - timedelta(hours=hours_old),
        recorded_at=NOW,
        source="wire",
        issuer="the harbour office",
        change=None,
        reason=Reason.RAISED,
        quote=f"Divers have now found {best} bodies.",
        title="Ferry accident off the cape",
        url="https://wire.example/ferry",
        event_id=event or f"event-{best}",
        estimate=after,
    )
    revision = replace(revision, **(said or {}))
    return Moved(after=after, revision=revision, policy=policy, revisions=1)


def due(
    *moves: Moved,
    told: Sequence[Told] = (),
    endpoints: Sequence[Endpoint] = (DESK,),
    fresh: timedelta | None = FRESH,
    around: Circumstances = AROUND,
) -> Outbox:
    return alerts_due(moves, endpoints, Memory(told=tuple(told)), around, fresh=fresh)


def caught_up(
    *estimates: Estimate, told: Sequence[Told] = (), endpoint: Endpoint = DESK, owed: Owed = OWED
) -> Outbox:
    """What is told of a pass that is over."""
    owed = replace(owed, endpoint=endpoint.name)
    standing = [Moved(after=each, revision=None, revisions=1) for each in estimates]
    return told_now(
        Due(owed=(owed,)), endpoint, {"ferry-2031": standing}, Memory(told=tuple(told)), AROUND
    )


def one(outbox: Outbox) -> Any:
    """The body of the only alert."""
    [alert] = outbox.alerts
    body = json.loads(alert.body)
    assert body["type"] == alert.type
    assert body["data"]["sequence"] == alert.sequence
    return body


def test_a_fresh_move_is_told_with_everything_about_it() -> None:
    assert one(due(moved(14))) == {
        "type": "estimate.revised",
        "timestamp": "2031-05-03T12:00:00.000000Z",
        "data": {
            "incident": "ferry-2031",
            "name": "ferry-2031",
            "measure": "killed",
            "scope": None,
            "before": None,
            "after": {"phrase": "14", "best": 14, "low": 14, "high": 14, "status": "reported"},
            "change": None,
            "direction": None,
            "status": "reported",
            "reason": "raised",
            "source": "wire",
            "source_name": "wire",
            "issuer": "the harbour office",
            "title": "Ferry accident off the cape",
            "url": "https://wire.example/ferry",
            "quote": "Divers have now found 14 bodies.",
            "revisions": 1,
            "sequence": 1,
            "event": "event-14",
            "published_at": "2031-05-03T11:00:00.000000Z",
        },
    }


def test_what_is_told_is_remembered() -> None:
    outbox = due(moved(14))
    [row] = outbox.told
    assert (row.endpoint, row.policy, row.best, row.sequence) == ("desk", "standard", 14, 1)
    assert due(moved(14), told=outbox.told) == Outbox()


@pytest.mark.parametrize(
    ("hours_old", "is_news"), [(-1, True), (0, True), (23.99, True), (24, False), (900, False)]
)
def test_a_move_is_news_while_its_figure_is_younger_than_a_day(
    *, hours_old: float, is_news: bool
) -> None:
    outbox = due(moved(14, hours_old=hours_old))
    assert bool(outbox.alerts) is is_news
    assert bool(outbox.told) is is_news
    assert outbox.owed == (() if is_news else (OWED,))


def test_nothing_is_too_old_where_anything_is_news() -> None:
    """The longest span that `fresh` can be set to reaches back beyond the calendar."""
    span = timedelta(days=999_999)
    old = moved(14, hours_old=9_000)
    assert due(old, fresh=span).alerts


def test_a_first_poll_of_six_old_reports_owes_one_backfill() -> None:
    moves = [moved(best, hours_old=100 - best) for best in (9, 10, 11, 12, 13, 14)]
    assert due(*moves) == Outbox(owed=(OWED,))
    outbox = caught_up(stands(14))
    assert outbox.settled == (OWED,)
    assert one(outbox) == {
        "type": "estimate.backfilled",
        "timestamp": "2031-05-03T12:00:00.000000Z",
        "data": {
            "incident": "ferry-2031",
            "name": "ferry-2031",
            "sequence": 1,
            "estimates": [
                {
                    "measure": "killed",
                    "scope": None,
                    "before": None,
                    "after": {
                        "phrase": "14",
                        "best": 14,
                        "low": 14,
                        "high": 14,
                        "status": "reported",
                    },
                    "change": None,
                    "direction": None,
                    "since": None,
                    "revisions": 1,
                }
            ],
        },
    }


def test_what_is_no_news_owes_a_backfill_however_young_its_figure() -> None:
    """Words read anew: nobody published anything, and what stands may be nothing at all."""
    nothing = replace(moved(None), revision=None)
    told = due(moved(12)).told
    for move in (moved(14, hours_old=-0.1), nothing):
        outbox = due(move, told=told, fresh=None)
        assert outbox == Outbox(owed=(OWED,))
    assert due(nothing, told=told).owed == (OWED,)


def test_a_backfill_tells_what_stands_no_longer_once() -> None:
    """What was told of a measure that nobody has stated, as it is read by now, is taken back."""
    latest = desk("latest", policy="latest")
    told = due(
        moved(14),
        moved(3, measure=Measure.MISSING),
        moved(3, incident="bridge-2031"),
        moved(9, policy="latest"),
        endpoints=[DESK, latest],
    ).told
    outbox = caught_up(stands(14), told=told)
    (taken_back,) = one(outbox)["data"]["estimates"]
    assert (taken_back["measure"], taken_back["before"]["best"]) == ("missing", 3)
    assert taken_back["after"] == dict.fromkeys(("phrase", "best", "low", "high", "status"))
    assert caught_up(stands(14), told=[*told[:1], *outbox.told]).alerts == ()
    injured_only = desk(measures=frozenset({Measure.INJURED}))
    assert caught_up(told=told, endpoint=injured_only).alerts == ()


def test_before_is_what_the_receiver_was_last_told() -> None:
    """Between two alerts the estimate may have moved untold: the receiver never heard of that."""
    told = due(moved(14)).told
    data = one(due(moved(20), told=told))["data"]
    assert (data["before"]["best"], data["after"]["best"], data["sequence"]) == (14, 20, 2)


def test_a_figure_that_flaps_is_told_each_time() -> None:
    """14 → 20 → 14 in one append: three alerts, each with the one before it as `before`."""
    outbox = due(moved(14, event="a"), moved(20, event="b"), moved(14, event="c"))
    told = [json.loads(alert.body)["data"] for alert in outbox.alerts]
    assert [(each["before"] or {}).get("best") for each in told] == [None, 14, 20]
    assert [alert.sequence for alert in outbox.alerts] == [1, 2, 3]
    assert len({alert.id for alert in outbox.alerts}) == 3
    [row] = outbox.told
    assert (row.best, row.sequence) == (14, 3)


def test_an_old_detour_back_to_what_was_told_says_nothing() -> None:
    told = due(moved(14)).told
    assert due(moved(14, hours_old=30), told=told) == Outbox()


@pytest.mark.parametrize(
    "changes",
    [
        {"best": 15},
        {"low": 13},
        {"high": None},
        {"phrase": "about 14"},
        {"status": Status.CONTESTED},
    ],
)
def test_each_part_of_the_value_is_news_by_itself(changes: dict[str, Any]) -> None:
    told = due(moved(14)).told
    move = moved(14)
    changed = replace(move, after=replace(move.after, **changes))
    assert len(due(changed, told=told).alerts) == 1


def test_a_mere_confirmation_is_no_news() -> None:
    told = due(moved(14)).told
    assert due(moved(14, status=Status.CONFIRMED), told=told) == Outbox()


def test_a_withdrawal_is_told_as_nothing_standing() -> None:
    told = due(moved(14)).told
    data = one(due(moved(None), told=told))["data"]
    assert data["after"] == dict.fromkeys(("phrase", "best", "low", "high", "status"))


def test_nothing_standing_is_no_news_to_who_was_told_nothing() -> None:
    assert due(moved(None)) == Outbox()
    assert caught_up(stands(None)).alerts == ()


def hold(**changes: Any) -> Held:
    """What is held of the killed, and due."""
    held = Held(
        endpoint="desk",
        incident="ferry-2031",
        measure=Measure.KILLED,
        scope=None,
        policy="standard",
        since=NOW - timedelta(minutes=5),
        until=NOW,
    )
    return replace(held, **changes)


def released(
    *held: Held,
    standing: Sequence[Moved],
    told: Sequence[Told] = (),
    endpoint: Endpoint = DESK,
    disabled: bool = False,
) -> Outbox:
    memory = Memory(told=tuple(told), held=held, disabled=frozenset({"desk"} if disabled else ()))
    return told_now(Due(held=held), endpoint, {"ferry-2031": standing}, memory, AROUND)


def test_what_was_held_is_told_by_the_move_that_decided_it() -> None:
    outbox = released(hold(), standing=[moved(14)], told=due(moved(12)).told)
    data = one(outbox)["data"]
    assert (data["before"]["best"], data["after"]["best"], data["event"]) == (12, 14, "event-14")
    assert (outbox.released, outbox.held, outbox.owed) == ((hold(),), (), ())


def test_what_is_held_and_stands_as_told_by_now_is_forgotten() -> None:
    told = due(moved(14)).told
    outbox = released(hold(), standing=[moved(14)], told=told)
    assert outbox == Outbox(released=(hold(),))


def test_what_is_held_and_was_read_away_since_is_owed() -> None:
    """Nobody published that it is gone: there is no report to name."""
    told = due(moved(14)).told
    outbox = released(hold(), standing=[], told=told)
    assert outbox == Outbox(released=(hold(),), owed=(OWED,))
    (taken_back,) = one(caught_up(told=told))["data"]["estimates"]
    assert (taken_back["direction"], taken_back["change"]) == ("down", None)


def test_what_is_held_for_a_receiver_that_is_disabled_is_owed() -> None:
    outbox = released(hold(), standing=[], disabled=True)
    assert outbox == Outbox(released=(hold(),), owed=(OWED,))
    settled = told_now(Due(owed=(OWED,)), DESK, {}, Memory(disabled=frozenset({"desk"})), AROUND)
    assert settled == Outbox()


def test_what_comes_due_in_quiet_hours_waits_for_their_end() -> None:
    """The hours may have been written down since, or the tracker was not running."""
    night = desk(quiet=(time(11), time(13)))
    outbox = released(hold(), standing=[moved(14)], endpoint=night)
    later = hold(until=NOW + timedelta(hours=1))
    assert outbox == Outbox(held=(later,), released=(hold(),))


def test_what_is_held_under_another_policy_is_held_no_longer_as_such() -> None:
    """A receiver has one policy at a time, and believes what it was told under the last."""
    latest = desk(policy="latest")
    told = due(moved(12)).told
    outbox = released(hold(), standing=[moved(14, policy="latest")], told=told, endpoint=latest)
    assert one(outbox)["data"]["before"]["best"] == 12
    assert [row.policy for row in outbox.told] == ["latest"]
    assert outbox.released == (hold(),)


def test_a_backfill_leaves_alone_what_is_held() -> None:
    memory = Memory(held=(hold(until=NOW + timedelta(hours=1)),))
    missing = moved(3, measure=Measure.MISSING)
    outbox = told_now(Due(owed=(OWED,)), DESK, {"ferry-2031": [moved(14), missing]}, memory, AROUND)
    (told,) = one(outbox)["data"]["estimates"]
    assert told["measure"] == "missing"
    assert (outbox.held, outbox.released) == ((), ())


def test_an_old_figure_that_moves_what_is_held_as_news_is_news_with_it() -> None:
    memory = Memory(held=(hold(until=NOW + timedelta(hours=1)),))
    outbox = alerts_due([moved(14, hours_old=99)], [DESK], memory, AROUND, fresh=FRESH)
    assert outbox.owed == ()
    assert one(outbox)["data"]["after"]["best"] == 14


def test_names_are_those_that_people_use() -> None:
    names = {"incident/ferry-2031": "Ferry accident", "source/wire": "The Wire"}
    data = one(due(moved(14), around=replace(AROUND, names=names)))["data"]
    assert (data["name"], data["source_name"]) == ("Ferry accident", "The Wire")
    backfilled = told_now(
        Due(owed=(OWED,)),
        DESK,
        {"ferry-2031": [moved(14)]},
        Memory(),
        replace(AROUND, names=names),
    )
    assert one(backfilled)["data"]["name"] == "Ferry accident"


def test_only_the_incidents_and_measures_asked_for_are_told() -> None:
    injured = desk("injured", measures=frozenset({Measure.INJURED}))
    elsewhere = desk("elsewhere", incidents=frozenset({"bridge-2031"}))
    both = desk(
        "both",
        incidents=frozenset({"ferry-2031", "bridge-2031"}),
        measures=frozenset({Measure.KILLED, Measure.MISSING}),
    )
    everyone = [injured, elsewhere, both, DESK]
    outbox = due(moved(14), moved(3, measure=Measure.INJURED), endpoints=everyone)
    told = [(alert.endpoint, json.loads(alert.body)["data"]["measure"]) for alert in outbox.alerts]
    assert told == [
        ("injured", "injured"),
        ("both", "killed"),
        ("desk", "killed"),
        ("desk", "injured"),
    ]
    assert due(moved(14, hours_old=99), endpoints=everyone).owed == (
        replace(OWED, endpoint="both"),
        OWED,
    )
    assert caught_up(stands(14), endpoint=injured) == Outbox(
        settled=(replace(OWED, endpoint="injured"),)
    )


def test_an_endpoint_is_told_of_its_own_policy_only() -> None:
    latest = desk("latest", policy="latest")
    outbox = due(moved(14), moved(9, policy="latest"), endpoints=[DESK, latest])
    assert [(row.endpoint, row.policy, row.best) for row in outbox.told] == [
        ("desk", "standard", 14),
        ("latest", "latest", 9),
    ]


def test_sequences_count_per_endpoint_and_incident_over_all_measures() -> None:
    other = desk("other", measures=frozenset({Measure.MISSING}))
    moves = [
        moved(14),
        moved(3, measure=Measure.MISSING),
        moved(2, scope="crew"),
        moved(50, incident="bridge-2031"),
    ]
    outbox = due(*moves, endpoints=[DESK, other])
    assert [(each.endpoint, each.about, each.sequence) for each in outbox.alerts] == [
        ("desk", "ferry-2031", 1),
        ("desk", "ferry-2031", 2),
        ("desk", "ferry-2031", 3),
        ("desk", "bridge-2031", 1),
        ("other", "ferry-2031", 1),
    ]
    assert [each.sequence for each in due(moved(15), told=outbox.told).alerts] == [4]


def test_a_backfill_tells_all_that_differs_under_one_sequence() -> None:
    told = due(moved(14), moved(3, measure=Measure.MISSING)).told
    outbox = caught_up(
        stands(14), stands(5, measure=Measure.MISSING), stands(2, scope="crew"), told=told
    )
    data = one(outbox)["data"]
    assert data["sequence"] == 3
    assert [
        (each["measure"], each["scope"], (each["before"] or {}).get("best"), each["after"]["best"])
        for each in data["estimates"]
    ] == [("missing", None, 3, 5), ("killed", "crew", None, 2)]
    assert {row.sequence for row in outbox.told} == {3}
    assert caught_up(
        stands(5, measure=Measure.MISSING), stands(2, scope="crew"), told=outbox.told
    ) == Outbox(settled=(OWED,))


def test_more_estimates_than_fit_into_one_body_go_out_in_sequence() -> None:
    outbox = caught_up(*(stands(best, scope=f"deck {best}") for best in range(1, 41)))
    assert [alert.sequence for alert in outbox.alerts] == [1, 2, 3]
    assert len({alert.id for alert in outbox.alerts}) == 3
    assert [row.best for row in outbox.told] == list(range(1, 41))


def test_an_id_hangs_on_log_endpoint_incident_sequence_and_event() -> None:
    """The same move enqueued twice has one id; nothing else shares it."""
    [alert] = due(moved(14)).alerts
    assert due(moved(14)).alerts == (alert,)
    told = due(moved(13)).told
    others = [
        *due(moved(14, event="another")).alerts,
        *due(moved(14), endpoints=[desk("other")]).alerts,
        *due(moved(14), told=told).alerts,
        *due(moved(14, incident="bridge-2031")).alerts,
        *due(moved(14), around=replace(AROUND, log_id="log-2")).alerts,
        *caught_up(stands(14)).alerts,
    ]
    assert len({alert.id, *(each.id for each in others)}) == 7
    assert all(each.id.startswith("msg_") for each in others)


def test_control_characters_and_terminal_escapes_do_not_reach_the_receiver() -> None:
    words = {"title": "Ferry\x1b[2J sinks\x07", "quote": "14\x00dead\x9b31m\r\n\tsaid"}
    data = one(due(moved(14, said=words)))["data"]
    assert data["title"] == "Ferry [2J sinks"
    assert data["quote"] == "14 dead 31m said"


def test_long_words_are_cut_with_an_ellipsis() -> None:
    data = one(due(moved(14, said={"quote": "ä" * 50_000, "title": None})))["data"]
    assert data["quote"] == "ä" * 1_998 + "…"
    assert data["title"] is None


@pytest.mark.parametrize("times", [1, 6_000])
@settings(deadline=None, max_examples=30)
@given(
    words=st.one_of(
        st.none(),
        st.text(st.characters(), max_size=3),
        st.sampled_from(['"', "\\", "\x00", "é", "\U0001f6a2", "\ud800"]),
    )
)
def test_no_words_from_outside_make_a_body_too_large_or_unreadable(
    *, times: int, words: str | None
) -> None:
    words = words and words * times
    said = {"title": words, "quote": words, "issuer": words, "url": words or ""}
    told = [replace(row, phrase=words) for row in due(moved(13, scope=words)).told]
    revised = due(moved(14, scope=words, phrase=words, said=said), told=told)
    many = [stands(10**10, scope=f"{n}{words}", phrase=words, since=NOW) for n in range(20)]
    rows = caught_up(*many).told
    backfilled = caught_up(*(replace(each, low=10**9) for each in many), told=rows)
    alerts = (*revised.alerts, *backfilled.alerts)
    assert len(alerts) == 3
    for alert in alerts:
        assert len(alert.body.encode()) < LARGEST
        assert json.loads(alert.body)["type"] == alert.type


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([None, 3, 4, 5]), st.sampled_from([1.0, 48.0])), max_size=8)
)
def test_the_last_value_enqueued_is_always_the_standing_one(
    history: list[tuple[int | None, float]],
) -> None:
    """However news and history mix, the receiver ends up with what stands, and each alert says
    from where it moved: no alert is superfluous, none is missing."""
    told: dict[Measure, Told] = {}
    believed, standing, owed = None, None, False
    bodies: list[Any] = []
    for place, (best, hours_old) in enumerate(history):
        standing = best
        outbox = due(moved(best, hours_old=hours_old, event=str(place)), told=list(told.values()))
        told |= {row.measure: row for row in outbox.told}
        owed = owed or bool(outbox.owed)
        bodies += [json.loads(alert.body)["data"] for alert in outbox.alerts]
    if owed:
        for alert in caught_up(stands(standing), told=list(told.values())).alerts:
            bodies += json.loads(alert.body)["data"]["estimates"]
    for body in bodies:
        assert (body["before"] or {}).get("best") == believed
        assert body["after"]["best"] != believed
        believed = body["after"]["best"]
    assert believed == standing
