"""Ten thousand alerts through a receiver that fails in every way, while the daemon is killed.

Every alert arrives, in its order, with one id and one body; none is missing, and none comes that
the rules of its endpoint exclude. A short round runs with all tests; `make torture` runs the long
one (`TORTURE=long`) and prints what was counted. `TORTURE_SEED` repeats a round.
"""

import base64
import json
import os
import random
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final

from command import Running, done, run
from filing import Filing, filing_into
from folder import write_incident
from unruly import FAULTS, Entry, Unruly
from verifying import by_specification

LONG: Final = os.environ.get("TORTURE") == "long"
SEED: Final = int(os.environ.get("TORTURE_SEED", "7"))
KILLS: Final = 50 if LONG else 4
REPORTS: Final = 2_000 if LONG else 64
"""Each moves two estimates, of which the five endpoints are told six times, about."""
DOWN: Final = 5 if LONG else 2
"""How many lives of the daemon there are to each in which the receiver is away for a while."""
OPERATOR: Final = 10 if LONG else 3
"""How many there are to each in which somebody runs `tracker deliver` beside it."""
STARTED: Final = 1.5
"""Seconds after which a daemon posts, about."""
LIMIT: Final = 4.0
"""Seconds that a daemon lives, at most: what then has not arrived waits for its next attempt."""

NAMES: Final = [
    "barge",
    "bridge",
    "cinema",
    "coach",
    "crane",
    "depot",
    "ferry",
    "foundry",
    "harbour",
    "hotel",
    "jetty",
    "mill",
    "mine",
    "office",
    "pier",
    "quarry",
    "school",
    "silo",
    "tunnel",
    "viaduct",
]
LATE: Final = frozenset(NAMES[-3:])
"""Incidents of which only old reports are found: they are caught up on."""
SOME: Final = frozenset(NAMES[:4])
LARGE: Final = 25

RULES: Final = {
    "all": 'policy = "latest"',
    "large": f'policy = "latest"\nmin_change = {LARGE}',
    "falls": 'policy = "latest"\ndirection = "down"\nopened = false',
    "hurt": 'policy = "latest"\nmeasures = ["injured"]',
    "some": f"incidents = {json.dumps(sorted(SOME))}",
}
SECRETS: Final = {
    name: "whsec_" + base64.b64encode(name.encode() * 12).decode()[:32] for name in RULES
}
ENVIRONMENT: Final = {f"SECRET_OF_{name.upper()}": each for name, each in SECRETS.items()}

Value = dict[str, Any] | None
"""How an estimate stands, in a body."""


@dataclass(frozen=True, slots=True)
class Row:
    """An alert of the outbox."""

    id: str
    endpoint: str
    about: str
    sequence: int
    type: str
    body: str
    state: str

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)["data"]
        return data

    def values(self) -> Iterator[tuple[str, str | None, Value, Value]]:
        """What it says of each estimate: measure, scope, before, after."""
        if self.type.startswith("estimate."):
            for each in self.data.get("estimates", [self.data]):
                yield each["measure"], each["scope"], each["before"], each["after"]


@dataclass
class Round:
    """What was done, to be compared with what arrived."""

    chance: random.Random
    filed: list[tuple[str, str, int]] = field(default_factory=list)
    """Incident, measure, number: as they were published."""
    kills: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    downs: int = 0
    hands: int = 0


def test_every_alert_arrives_once_or_more_in_order_and_only_where_it_should(tmp_path: Path) -> None:
    began = time.monotonic()
    chance = random.Random(SEED)  # noqa: S311 — where to strike, not secrets
    done_so_far = Round(chance)
    with Unruly(verified, faults=FAULTS, chance=random.Random(SEED)) as receiver:  # noqa: S311
        configure(tmp_path, receiver)
        with filing_into(tmp_path) as filing:
            storm(tmp_path, done_so_far, filing, receiver)
            storm_is_over(tmp_path, filing, receiver)
    outbox, entries = alerts_of(tmp_path), receiver.entries
    where = f"TORTURE_SEED={SEED}"
    assert receiver.counts["refused"] == 0, where
    assert {each.state for each in outbox} == {"delivered"}, where
    everything_was_taken_with_one_body(outbox, entries, where)
    everything_came_in_order(outbox, entries, where)
    nothing_excluded_was_sent(outbox, where)
    each_begins_where_the_last_one_ended(outbox, where)
    all_that_is_due_was_sent(outbox, done_so_far.filed, where)
    assert "all is well" in done("verify", cwd=tmp_path)
    if LONG:
        tell(report(done_so_far, outbox, receiver, time.monotonic() - began))


# --- what happens --------------------------------------------------------------------------------


def configure(folder: Path, receiver: Unruly) -> None:
    today = datetime.now(UTC).date()
    for each in NAMES:
        write_incident(folder, each, began=today - timedelta(days=9), any_of=[each])
    (folder / "tracker.toml").write_text(
        'allow_hosts = ["127.0.0.1"]\n'
        + "".join(
            f'\n[[webhook]]\nname = "{name}"\nurl = "{receiver.url(name)}"\n'
            f'secret_env = "SECRET_OF_{name.upper()}"\n{rules}\n'
            for name, rules in RULES.items()
        )
    )


def verified(endpoint: str, headers: Mapping[str, str], body: bytes) -> None:
    by_specification([SECRETS[endpoint]], headers, body)


def storm(folder: Path, this: Round, filing: Filing, receiver: Unruly) -> None:
    """The daemon lives and dies; there is news all the time."""
    began = datetime.now(UTC)
    numbers, share = tolls(this.chance), REPORTS // KILLS
    for life in range(1, KILLS + 1):
        moment = this.chance.choice(("starting", "filing", "posting", "posting"))
        this.moments[moment] += 1
        if moment == "starting":
            file(filing, this, numbers, share)
        filing.log.repeat(now=datetime.now(UTC), since=began)
        with Running("daemon", cwd=folder, env=ENVIRONMENT) as daemon:
            if moment == "starting":
                threading.Event().wait(this.chance.uniform(0, STARTED))  # never set: so long
            else:
                daemon.wait_for("serving")
                before = receiver.counts["received"]
                with ExitStack() as away:
                    if life % DOWN == 0:
                        this.downs += 1
                        away.enter_context(receiver.down())
                    file(filing, this, numbers, share // 2)
                if moment == "filing":
                    daemon.process.kill()
                file(filing, this, numbers, share - share // 2)
                if life % OPERATOR == 0:
                    this.hands += 1
                    run("deliver", "--since", "1d", cwd=folder, env=ENVIRONMENT)
                some = this.chance.randint(1, 6 * share)
                if moment == "posting":
                    receiver.wait_for(before + some, within=LIMIT)
            daemon.process.kill()
            this.kills += 1


def tolls(chance: random.Random) -> Iterator[tuple[str, int, int]]:
    """Incident, killed, injured: they go up and down, and in the end the one down, the other up."""
    for number in range(REPORTS):
        killed = 9_000 - number + chance.randint(-40, 40)
        yield NAMES[number % len(NAMES)], killed, 20_000 + number + chance.randint(-60, 60)


def file(filing: Filing, this: Round, numbers: Iterator[tuple[str, int, int]], some: int) -> None:
    for incident, killed, injured in islice(numbers, some):
        filing.file(
            incident,
            f"The death toll of the {incident} accident now stands at {killed}, officials said.",
            f"{injured} people were injured.",
            age=timedelta(days=2) if incident in LATE else timedelta(0),
        )
        this.filed += [(incident, "killed", killed), (incident, "injured", injured)]


def storm_is_over(folder: Path, filing: Filing, receiver: Unruly) -> None:
    """The receiver is well again, somebody has what failed sent again, and the daemon lives on."""
    receiver.mend()
    end = time.monotonic() + 120
    with Running("daemon", cwd=folder, env=ENVIRONMENT) as daemon:
        daemon.wait_for("serving")
        filing.log.repeat(now=datetime.now(UTC), since=datetime.now(UTC) - timedelta(days=1))
        while waiting := sum(filing.log.waiting().values()) or len(filing.log.owed()):
            assert time.monotonic() < end, f"{waiting} alerts never arrived; TORTURE_SEED={SEED}"
            receiver.wait_for(receiver.counts["taken"] + waiting, what="taken", within=0.2)
        assert daemon.end() == 0


# --- what must hold ------------------------------------------------------------------------------


def alerts_of(folder: Path) -> list[Row]:
    with closing(sqlite3.connect(folder / "events.db")) as shell:
        rows = shell.execute(
            "SELECT id, endpoint, about, sequence, type, body, state FROM outbox"
            " ORDER BY endpoint, about, sequence"
        )
        return [Row(*row) for row in rows]


def in_their_order(outbox: list[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for each in outbox:
        found[each.endpoint, each.about].append(each)
    return found


def first(entries: list[Entry], what: str) -> dict[str, int]:
    """At which place of the record each id was received, or taken, for the first time."""
    places: dict[str, int] = {}
    for place, each in enumerate(entries):
        if each.what == what:
            places.setdefault(each.id, place)
    return places


def everything_was_taken_with_one_body(outbox: list[Row], entries: list[Entry], where: str) -> None:
    """Each alert, and nothing else: at its own endpoint, the same bytes each time."""
    arrived = defaultdict(set)
    for each in entries:
        arrived[each.id].add((each.endpoint, each.body))
    assert arrived == {each.id: {(each.endpoint, each.body.encode())} for each in outbox}, where
    assert first(entries, "taken").keys() == {each.id for each in outbox}, where


def everything_came_in_order(outbox: list[Row], entries: list[Entry], where: str) -> None:
    """None before the one before it was given a 2xx."""
    received, taken = first(entries, "received"), first(entries, "taken")
    for (endpoint, about), alerts in in_their_order(outbox).items():
        named = f"{endpoint} about {about}, {where}"
        assert [each.sequence for each in alerts] == list(range(1, len(alerts) + 1)), named
        assert [each.data["sequence"] for each in alerts] == list(range(1, len(alerts) + 1)), named
        for before, after in pairwise(alerts):
            assert taken[before.id] < received[after.id], f"{after.sequence} came early: {named}"


def best(value: Value) -> int:
    return (value or {}).get("best") or 0


EXCLUDED: Final[dict[str, Callable[[str, str, Value, Value], bool]]] = {
    "all": lambda *_: False,
    "large": lambda _, __, was, now: was is not None and abs(best(now) - best(was)) < LARGE,
    "falls": lambda _, __, was, now: was is not None and best(now) >= best(was),
    "hurt": lambda _, measure, *__: measure != "injured",
    "some": lambda incident, *_: incident not in SOME,
}
"""What the rules of each endpoint exclude, said once more by who reads the documentation."""


def nothing_excluded_was_sent(outbox: list[Row], where: str) -> None:
    for row in outbox:
        for measure, _, before, after in row.values():
            excluded = EXCLUDED[row.endpoint](row.about, measure, before, after)
            assert not excluded, f"{row.endpoint} was sent {row.body}, {where}"
            assert before != after, f"{row.endpoint} was told nothing new by {row.body}, {where}"
        opened = row.type == "incident.opened"
        assert not (opened and row.endpoint == "falls"), where
        assert not (opened and row.endpoint == "some" and row.about not in SOME), where


def each_begins_where_the_last_one_ended(outbox: list[Row], where: str) -> None:
    """But for whoever hears of falls only: what had risen meanwhile falls from there."""
    for (endpoint, about), alerts in in_their_order(outbox).items():
        told: dict[tuple[str, str | None], Value] = {}
        for row in alerts:
            for measure, scope, before, after in row.values():
                named = f"{endpoint} about {about}, {row.sequence}, {where}"
                assert endpoint == "falls" or told.get((measure, scope)) == before, named
                told[measure, scope] = after


Steps = list[tuple[int | None, int]]
"""From which number to which; None: from nothing."""


def steps(numbers: list[int], least: int = 1) -> Steps:
    """Each number that differs so much from the last one told."""
    told: Steps = []
    for number in numbers:
        before = told[-1][1] if told else None
        if before is None or abs(number - before) >= least:
            told.append((before, number))
    return told


TOLD: Final[dict[str, Callable[[str, list[int]], Steps]]] = {
    "all": lambda _, numbers: steps(numbers),
    "large": lambda _, numbers: steps(numbers, LARGE),
    "falls": lambda _, numbers: [
        (before, after) for before, after in steps(numbers) if before is None or after < before
    ],
    "hurt": lambda measure, numbers: steps(numbers) if measure == "injured" else [],
}
"""What is told to whom of the numbers that are published of one measure, all of them news."""


def all_that_is_due_was_sent(
    outbox: list[Row], filed: list[tuple[str, str, int]], where: str
) -> None:
    """Of news each move; of what was old, how it stands. One endpoint has the standard policy, by
    which not every number counts.
    """
    published: dict[tuple[str, str], list[int]] = defaultdict(list)
    told: dict[tuple[str, str, str], Steps] = defaultdict(list)
    for incident, measure, number in filed:
        published[incident, measure].append(number)
    for row in outbox:
        for measure, _, before, after in row.values():
            step = best(before) if before else None, best(after)
            told[row.endpoint, row.about, measure].append(step)
    for (incident, measure), numbers in published.items():
        for endpoint, due in TOLD.items():
            sent = told[endpoint, incident, measure]
            named = f"{measure} of {incident} to {endpoint}, {where}"
            assert incident in LATE or sent == due(measure, numbers), named
        assert told["all", incident, measure][-1][1] == numbers[-1], f"{incident}, {where}"


# --- what was counted ----------------------------------------------------------------------------


def report(this: Round, outbox: list[Row], receiver: Unruly, seconds: float) -> str:
    received = receiver.counts["received"]
    by_type = Counter(each.type for each in outbox)
    by_endpoint = Counter(each.endpoint for each in outbox)
    repeats = received - len(outbox)
    return (
        f"{len(outbox):,} alerts of {len(this.filed) // 2:,} reports, received {received:,} times:"
        f" {repeats:,} repeats, none refused, in {seconds:.0f} s\n"
        f"{this.kills} kills ({counted(this.moments)}), the receiver away {this.downs} times,"
        f" {this.hands} times `tracker deliver` beside the daemon\n"
        f"{sum(receiver.struck.values()):,} faults: {counted(receiver.struck)}\n"
        f"by endpoint: {counted(by_endpoint)}; by type: {counted(by_type)}"
    )


def counted(things: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in things.most_common())


def tell(what: str) -> None:
    """For `make torture`, which shows what tests print."""
    print(f"\n{what}")  # noqa: T201 — see above
