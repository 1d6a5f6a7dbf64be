"""Reports that nobody claimed, put together where they are likely about one incident.

Taken by the time of publication, each report joins the group for which most of its words speak. A
word speaks for the groups whose reports had it in the last two weeks, divided among them: a rare
one for one group, a frequent one for none much. Names count more than other words, and a report
that names something joins no group without one of its names. The order of arrival changes nothing,
and the work grows with the number of reports, not with that of pairs.

What tells what a report is about is decided in `topics.py`.
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from rapidfuzz.fuzz import ratio

from tracker.incidents.match import folded
from tracker.incidents.topics import Text, Topic, topics
from tracker.projections.inbox import Aside

WITHIN: Final = timedelta(days=14)
"""A report joins no group whose last one is older than this."""

NAME: Final = 3.0
"""How many other words a name counts for."""
NEW: Final = 0.5
"""What a word that no report had so far counts against every group, as part of a known one."""
LEAST: Final = 1.5
"""The words that speak for a group must count for so much: a name, or two others."""
SHARE: Final = 0.3
"""What a group needs of a report's words, if its last report is as new; twice that at the end of
`WITHIN`. These five were fitted to reports of a dozen disasters, all moved to one fortnight, so
that nearly all that is put together belongs together; what is parted can be opened together."""

SAME_NUMBER: Final = 0.1
"""What a number that the group has of the same measure adds to its share."""
SAME_HEADLINE: Final = 0.3
"""What a headline adds that is nearly one of the group's: a wire copy joins for that alone."""
NEARLY: Final = 90.0
"""How alike two headlines are that are nearly the same, of 100."""
HEADLINES: Final = 20
"""The newest ones of a group that are looked at."""
NOMINEES: Final = 5
"""The groups with most votes, of which headlines and numbers are compared."""

LEAST_DIGITS: Final = 6
"""Of an event's id, that name a group."""

EVERYWHERE: Final = 20
"""A word that more groups have speaks for none."""
HEARD: Final = 10
"""The words of a report that are heard, those that the fewest groups have."""

_NUMBER: Final = re.compile(r"\d+(?:[,. ’']\d{3})*")


@dataclass(frozen=True, slots=True)
class Group:
    """Reports of likely one incident, the earliest first; several versions of one stay together."""

    id: str
    """"g" and the beginning of the id of its earliest event: the same however it grows."""
    aside: tuple[Aside, ...]

    @property
    def waiting(self) -> tuple[Aside, ...]:
        """Those that are filed nowhere."""
        return tuple(each for each in self.aside if each.incident is None)


def groups(aside: Iterable[Aside]) -> tuple[Group, ...]:
    """Every report in exactly one group, whatever the order in which they came."""
    reports = _reports(aside)
    said = topics([_text(each) for each in reports])
    sorting = _Sorting()
    for report, topic in zip(reports, said, strict=True):
        sorting.add(_Report(report, topic))
    found = [
        sorted((one for each in group.reports for one in each.aside), key=_order)
        for group in sorting.groups
    ]
    short = _beginnings([each.event.id for report in reports for each in report])
    return tuple(Group(f"g{short[each[0].event.id]}", tuple(each)) for each in found)


def _beginnings(ids: Iterable[str]) -> dict[str, str]:
    """The least of each id, but six digits, with which no other of them begins."""
    ordered = ["", *sorted(ids), ""]
    return {
        each: each[: max(LEAST_DIGITS, _shared(each, before) + 1, _shared(each, after) + 1)]
        for before, each, after in zip(ordered, ordered[1:], ordered[2:], strict=False)
    }


def _shared(one: str, other: str) -> int:
    """How many digits two ids have in common, from the first on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _order(aside: Aside) -> tuple[datetime, str, str, datetime, str]:
    fact = aside.fact
    return fact.published_at, *aside.report, fact.observed_at, aside.event.id


def _reports(aside: Iterable[Aside]) -> list[tuple[Aside, ...]]:
    """The versions of each report, reports by their earliest."""
    found: dict[tuple[str, str], list[Aside]] = {}
    for each in sorted(aside, key=_order):
        found.setdefault(each.report, []).append(each)
    return [tuple(each) for each in found.values()]


def _text(report: Sequence[Aside]) -> Text:
    parts = [part for each in report for part in (each.fact.title, each.fact.text) if part]
    return Text(report[-1].fact.language, tuple(dict.fromkeys(parts)))


class _Report:
    """A report on its way into a group."""

    def __init__(self, aside: tuple[Aside, ...], topic: Topic) -> None:
        self.aside = aside
        self.topic = topic
        self.at = aside[0].fact.published_at
        self.until = max(each.fact.published_at for each in aside)
        self.headlines = {folded(each.fact.title) for each in aside if each.fact.title}
        self.numbers = {
            (said.partition(" ")[0], re.sub(r"\D", "", number))
            for each in aside
            for said in each.fact.figures
            for number in _NUMBER.findall(said)
        }


class _Forming:
    """A group, and what its reports say."""

    def __init__(self) -> None:
        self.reports: list[_Report] = []
        self.until = datetime.min.replace(tzinfo=UTC)
        self.numbers = set[tuple[str, str]]()
        self.headlines = deque[str](maxlen=HEADLINES)
        self.names = set[str]()
        self.parts = set[str]()
        """Of the names: "cape", "lorn" and "cape lorn"."""

    def add(self, report: _Report) -> None:
        self.reports.append(report)
        self.until = max(self.until, report.until)
        self.numbers |= report.numbers
        self.headlines.extend(sorted(report.headlines))
        self.names |= report.topic.whole
        self.parts.update(part for name in report.topic.whole for part in _parts(name))

    def shares_name(self, report: _Report) -> bool:
        """Whether a name of theirs is one of the report's, or a part of it, or the reverse; it
        has none to share if the report names nothing. Not "Cape Lorn" and "Cape Besk".
        """
        names = report.topic.whole
        return (
            not report.topic.names
            or not self.parts.isdisjoint(names)
            or any(part in self.names for name in names for part in _parts(name))
        )

    def likeness(self, report: _Report) -> float:
        """What number and headline add to the share of the report's words."""
        number = SAME_NUMBER if report.numbers & self.numbers else 0.0
        alike = any(
            ratio(one, other, score_cutoff=NEARLY)
            for one in report.headlines
            for other in self.headlines
        )
        return number + (SAME_HEADLINE if alike else 0.0)


@lru_cache(maxsize=10_000)
def _parts(name: str) -> tuple[str, ...]:
    words = name.split()
    ends = range(1, len(words) + 1)
    return tuple(" ".join(words[begin:end]) for end in ends for begin in range(end))


@dataclass(slots=True)
class _Sorting:
    """The groups so far, by number, and which of them had which words within two weeks."""

    groups: list[_Forming] = field(default_factory=list)
    recent: deque[tuple[_Report, int]] = field(default_factory=deque)
    having: dict[str, dict[int, int]] = field(default_factory=dict)
    """How many of the recent reports of each group have a word."""

    def add(self, report: _Report) -> None:
        self._leave_behind(report.at - WITHIN)
        group = self._best(report)
        if group is None:
            group = len(self.groups)
            self.groups.append(_Forming())
        self.groups[group].add(report)
        self.recent.append((report, group))
        for word in report.topic.words:
            had = self.having.get(word)
            if had is None:
                self.having[word] = {group: 1}
            else:
                had[group] = had.get(group, 0) + 1

    def _leave_behind(self, before: datetime) -> None:
        while self.recent and self.recent[0][0].at < before:
            report, group = self.recent.popleft()
            for word in report.topic.words:
                had = self.having[word]
                if had[group] > 1:
                    had[group] -= 1
                elif len(had) > 1:
                    del had[group]
                else:
                    del self.having[word]

    def _best(self, report: _Report) -> int | None:
        """The group that the report joins; None: it begins one."""
        share = self._share(report.topic)
        best, most = None, SHARE
        nominees = sorted(share, key=lambda each: (-share[each], each))
        likely = (each for each in nominees if self.groups[each].shares_name(report))
        for group in islice(likely, NOMINEES):
            forming = self.groups[group]
            gap = max(timedelta(0), report.at - forming.until) / WITHIN
            found = (share[group] + forming.likeness(report)) / (1 + gap)
            if found > most or (best is None and found == most):
                best, most = group, found
        return best

    def _share(self, topic: Topic) -> dict[int, float]:
        """How much of the words speaks for each group, if enough do."""
        asked = 0.0
        known = list[tuple[bool, int, str]]()
        for word in topic.words:
            had = self.having.get(word)
            if had is None:
                asked += NEW * (NAME if word in topic.names else 1.0)
            elif len(had) <= EVERYWHERE:
                known.append((word not in topic.names, len(had), word))
        share, count, named = dict[int, float](), dict[int, float](), set[int]()
        for _, _, word in sorted(known)[:HEARD]:
            had = self.having[word]
            weight = NAME if word in topic.names else 1.0
            asked += weight
            each = weight / sum(had.values())
            for group, reports in had.items():
                share[group] = share.get(group, 0.0) + each * reports
                count[group] = count.get(group, 0.0) + weight
            if word in topic.names:
                named.update(had)
        likely = named if topic.names else share.keys()
        return {group: share[group] / asked for group in likely if count[group] >= LEAST}
