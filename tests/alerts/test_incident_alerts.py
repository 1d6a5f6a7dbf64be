"""Of incidents themselves: that one is followed, and that reports look like one, told once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from asides import MAY, after, aside
from builders import NOON, figure, opened
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.alerts.incidents import opened_now, suggestions
from tracker.alerts.memory import Circumstances, Memory
from tracker.alerts.rules import alerts_due
from tracker.encoding import event_id
from tracker.incidents.groups import groups
from tracker.model import Estimate, Measure, Reason, Revision, Status
from tracker.projections.inbox import Aside
from tracker.projections.moves import Moved
from tracker.store.records import Alert

FRESH = timedelta(hours=24)
HOOK = Webhook(url="https://desk.example/hook", secret_env="DESK_SECRET")


def desk(name: str = "desk", **rules: Any) -> Endpoint:
    return Endpoint(name=name, way=HOOK, rules=Rules(**rules))


def first(best: int = 12) -> Moved:
    """The first figure of the ferry accident."""
    stands = Estimate(
        incident="ferry-2031", measure=Measure.KILLED, best=best, low=best, high=best,
        phrase=str(best), status=Status.REPORTED,
    )  # fmt: skip
    revision = Revision(
        position=2, published_at=NOON, recorded_at=NOON, source="wire", issuer=None, change=None,
        reason=Reason.FIRST, quote="12 dead", title="Ferry", url="", event_id="e2", estimate=stands,
    )  # fmt: skip
    return Moved(after=stands, revision=revision, revisions=1)


def told_with(
    *endpoints: Endpoint, memory: Memory | None = None, now: datetime = NOON
) -> Sequence[Alert]:
    """The alerts of an append that opens the incident with its first figure."""
    around = Circumstances(now=now, log_id="log-1")
    return alerts_due(
        [first()], endpoints, memory or Memory(), around, fresh=FRESH, opened=[opened()]
    ).alerts


def test_that_an_incident_is_followed_is_told_before_its_first_figure() -> None:
    """In the incident's own sequence, so that both arrive in this order."""
    alerts = told_with(desk())
    assert [(each.about, each.sequence, each.type) for each in alerts] == [
        ("ferry-2031", 1, "incident.opened"),
        ("ferry-2031", 2, "estimate.revised"),
    ]
    assert json.loads(alerts[0].body) == {
        "type": "incident.opened",
        "timestamp": "2031-05-01T12:00:00.000000Z",
        "data": {
            "incident": "ferry-2031",
            "name": "Ferry accident off the cape",
            "place": "Cape Lorn",
            "began": "2031-05-01",
            "sequence": 1,
            "event": event_id(opened()),
        },
    }
    assert told_with(desk()) == alerts


@pytest.mark.parametrize("endpoint", [desk(opened=False), desk(incidents=frozenset({"mill-2031"}))])
def test_who_did_not_ask_is_not_told(endpoint: Endpoint) -> None:
    """And the figures are then counted from one on."""
    alerts = told_with(endpoint, desk("other", incidents=frozenset({"ferry-2031"})))
    types = [(each.endpoint, each.type) for each in alerts]
    assert (endpoint.name, "incident.opened") not in types
    assert ("other", "incident.opened") in types
    assert [each.sequence for each in alerts if each.endpoint == "desk"] in ([], [1])


def test_a_disabled_endpoint_is_not_told() -> None:
    assert told_with(desk(), memory=Memory(disabled=frozenset({"desk"}))) == ()


def test_nobody_is_woken_by_it() -> None:
    """In quiet hours it waits for their end; with a digest, for that."""
    at_night = NOON.replace(hour=23)
    quiet = desk(quiet=(time(22), time(6)))
    assert told_with(quiet, now=at_night)[0].due_at == datetime.fromisoformat("2031-05-02T06:00Z")
    daily = desk(digest=(time(18),))
    assert told_with(daily)[0].due_at == NOON.replace(hour=18)
    assert told_with(desk())[0].due_at is None


def test_only_news_opens_an_incident_for_receivers() -> None:
    """Old reports of a first poll open many; what an operator opens is news, however old."""
    just, late = NOON + FRESH - timedelta(seconds=1), NOON + FRESH
    assert opened_now([opened(), figure(12)], now=just, fresh=FRESH) == (opened(),)
    assert opened_now([opened(), figure(12)], now=late, fresh=FRESH) == ()
    assert opened_now([opened(), figure(12)], now=late, fresh=None) == (opened(),)
    assert opened_now([figure(12)], now=NOON, fresh=FRESH) == ()


SINKS = "At least 12 people were killed when the ferry Lady Anne sank off Cape Lorn."
TOLL = "The ferry Lady Anne went down near Cape Lorn on Saturday, and 14 people died."


def report(text: str, source: str, *, days: float = 0.0, **changes: Any) -> Aside:
    said = {"source": source, "title": "Ferry Lady Anne sinks off Cape Lorn"} | changes
    said.setdefault("figures", ("killed At least 12",))
    return aside(text, days=days, **said)


SINKING = (report(SINKS, "wire"), report(TOLL, "cape-news", days=0.1, figures=("killed 14",)))


SOON = after(0.2)


class Outbox:
    """What was enqueued and noted so far, as the log remembers it."""

    def __init__(self) -> None:
        self.sequences: dict[str, dict[str, int]] = {}

    def last_sequences(self, about: str) -> Mapping[str, int]:
        return self.sequences.get(about, {})

    def look(
        self, aside: Iterable[Aside], *endpoints: Endpoint, now: datetime = SOON
    ) -> Sequence[Alert]:
        """What is suggested now, of these reports."""
        new = suggestions(
            groups(aside),
            endpoints or (desk(),),
            self.last_sequences,
            now=now,
            fresh=FRESH,
            log_id="log-1",
        )
        for noted in new.noted:
            self.sequences.setdefault(noted.about, {}).setdefault(noted.endpoint, 0)
        for alert in new.alerts:
            self.sequences.setdefault(alert.about, {})[alert.endpoint] = alert.sequence
        return new.alerts


def test_what_looks_like_an_incident_is_suggested() -> None:
    """With all that `tracker inbox` would show of it, to the one who decides."""
    [alert] = Outbox().look(SINKING)
    assert (alert.type, alert.sequence) == ("incident.suggested", 1)
    assert alert.about == f"inbox/{SINKING[0].event.id}"
    data = json.loads(alert.body)["data"]
    assert SINKING[0].event.id.startswith(data["group"].removeprefix("g"))
    assert data == {
        "group": data["group"],
        "title": "Ferry Lady Anne sinks off Cape Lorn",
        "place": "Cape Lorn",
        "reports": 2,
        "sources": ["wire", "cape-news"],
        "figures": ["killed 14", "killed At least 12"],
        "first_at": "2031-05-01T00:00:00.000000Z",
        "last_at": "2031-05-01T02:24:00.000000Z",
        "sequence": 1,
        "event": SINKING[0].event.id,
    }


def test_a_group_is_suggested_once_however_it_grows() -> None:
    """Even where an earlier report of it comes later; a new endpoint learns of it all the same."""
    outbox = Outbox()
    assert len(outbox.look(SINKING)) == 1
    assert outbox.look(SINKING) == ()
    earlier = report(f"{SINKS} It was calm.", "desk", days=-0.5)
    later = report(f"{TOLL} Divers went down.", "desk", days=0.5)
    assert outbox.look((earlier, *SINKING, later), now=after(1)) == ()
    [alert] = outbox.look((earlier, *SINKING), desk(), desk("second"))
    assert (alert.endpoint, alert.about) == ("second", f"inbox/{earlier.event.id}")


def test_a_group_is_known_by_each_report_that_it_ever_had() -> None:
    """Whichever of them have grown old, and whoever could not be told meanwhile."""
    outbox = Outbox()
    assert len(outbox.look(SINKING, desk(), desk("second"))) == 2
    third, stale, fifth = (
        report(f"{TOLL} {words}", source, days=days)
        for words, source, days in (
            ("Divers.", "desk", 1),
            ("Late.", "slow", 2),
            ("Go.", "wire", 9),
        )
    )
    assert outbox.look((*SINKING, third), desk("second"), now=after(1)) == ()
    assert outbox.look((third, stale), now=after(8)) == ()
    assert outbox.look((stale, fifth), desk(), desk("second"), now=after(9)) == ()
    [alert] = outbox.look((stale, fifth), desk("new"), now=after(9))
    assert alert.endpoint == "new"


def test_two_groups_are_two_suggestions() -> None:
    mine = "Twenty miners were killed in a pit of the Arnland colliery at Besk."
    other = (
        report(mine, "wire", title="Pit at Besk collapses"),
        report(f"{mine} Rescuers dig.", "cape-news", title="Besk colliery collapses"),
    )
    outbox = Outbox()
    assert len({each.about for each in outbox.look((*SINKING, *other))}) == 2


@pytest.mark.parametrize(
    "reports",
    [
        SINKING[:1],
        (SINKING[0], report(f"{TOLL} It was night.", "wire", days=0.1)),
        (SINKING[0], replace(SINKING[1], incident="ferry-2031")),
        tuple(
            report(text, source, figures=("escaped_or_rescued 14",))
            for text, source in ((SINKS, "wire"), (TOLL, "cape-news"))
        ),
        tuple(report(text, source, figures=()) for text, source in ((SINKS, "a"), (TOLL, "b"))),
    ],
    ids=["one report", "one source", "filed by now", "nobody harmed", "no figure"],
)
def test_less_than_that_is_not_suggested(reports: Sequence[Aside]) -> None:
    """What one source says, what is followed already, and what harmed nobody."""
    assert Outbox().look(reports) == ()


def test_old_reports_suggest_nothing() -> None:
    """A first poll of an archive wakes nobody."""
    assert Outbox().look(SINKING, now=after(1.1)) == ()
    assert len(Outbox().look(SINKING, now=after(1.09))) == 1


@pytest.mark.parametrize("rules", [{"suggested": False}, {"incidents": frozenset({"ferry-2031"})}])
def test_who_does_not_want_suggestions_gets_none(rules: dict[str, Any]) -> None:
    """One who asked for certain incidents has no use for others."""
    assert Outbox().look(SINKING, desk(**rules)) == ()


def test_suggestions_keep_quiet_hours() -> None:
    [alert] = Outbox().look(SINKING, desk(quiet=(time(0), time(6))))
    assert alert.due_at == MAY.replace(hour=6)
