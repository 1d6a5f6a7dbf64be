"""Which incident a figure belongs to: by its words, its place and its dates; never guessed."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from tracker.intake import Figure, Incident, Report

NOWHERE: Final = "no incident"
AMBIGUOUS: Final = "ambiguous"

ZONES: Final = timedelta(hours=14)
"""A day begins up to so much earlier somewhere than in UTC."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """No incident, or several alike, could claim a figure: `why`, and which ones."""

    why: str
    candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.why}: {', '.join(self.candidates)}" if self.candidates else self.why


@dataclass(frozen=True, slots=True)
class Filing:
    """The figures of a report by incident, and those that nobody could claim, by why."""

    filed: dict[str, list[Figure]]
    unmatched: dict[str, list[Figure]]


def file_figures(
    report: Report,
    figures: Sequence[Figure],
    incidents: Sequence[Incident],
    *,
    moment: datetime,
    pinned: str | None,
    home: Callable[[str], str] = str,
) -> Filing:
    """Each figure of a report of that moment to its incident; `pinned` takes them all.

    `home` names the incident in which another counts: between two that are merged nothing is
    ambiguous.
    """
    candidates = [] if pinned else recognised(report, moment, incidents)
    filing = Filing({}, {})
    for figure in figures:
        owner = pinned or match_incident(report, figure, candidates)
        if isinstance(owner, Unmatched) and len(set(map(home, owner.candidates))) == 1:
            owner = owner.candidates[0]
        if isinstance(owner, Unmatched):
            filing.unmatched.setdefault(str(owner), []).append(figure)
        else:
            filing.filed.setdefault(owner, []).append(figure)
    return filing


def full_text(report: Report) -> str:
    """Headline and text, as they are read: offsets of figures point into this."""
    return "\n\n".join(part for part in (report.title, report.text) if part)


def paragraph_of(text: str, figure: Figure) -> str:
    """The paragraph of the text that holds the figure."""
    begin = text.rfind("\n\n", 0, figure.start) + 1
    end = text.find("\n\n", figure.end)
    return text[begin : end if end >= 0 else len(text)].strip()


def recognised(report: Report, moment: datetime, incidents: Sequence[Incident]) -> list[Incident]:
    """The incidents that headline or body name, among those that `moment` can be about."""
    text = folded(full_text(report))
    return [each for each in incidents if in_time(each, moment) and _score(each, text) > 0]


def match_incident(
    report: Report, figure: Figure, candidates: Sequence[Incident]
) -> str | Unmatched:
    """The id of the one incident, of those recognised in the report, that owns the figure.

    The figure's own paragraph decides, then the headline; where both leave it open, the one with
    more of its words in the paragraph, then in the report; a tie is not broken.
    """
    if not candidates:
        return Unmatched(NOWHERE)
    if len(candidates) == 1:
        return candidates[0].id
    text = full_text(report)
    remaining = list(candidates)
    for place in (paragraph_of(text, figure), report.title):
        seen = folded(place)
        scores = {each.id: _score(each, seen) for each in remaining}
        best = max(scores.values())
        if best > 0:
            remaining = [each for each in remaining if scores[each.id] == best]
        if len(remaining) == 1:
            return remaining[0].id
    return Unmatched(AMBIGUOUS, tuple(each.id for each in remaining))


def in_time(incident: Incident, moment: datetime) -> bool:
    """Whether something published then can be a report of the incident.

    A story of before the day is about another happening; one of long after is an anniversary.
    """
    earliest = (moment + ZONES).date()
    latest = (moment - ZONES).date()
    return incident.began <= earliest and (incident.ongoing or latest <= incident.last_day)


def folded(text: str) -> str:
    """Text without case and accents, so that "Türkiye" and "turkiye" are one word."""
    if text.isascii():
        return text.casefold()
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def mentions(words: str, text: str) -> bool:
    """Whether the folded text has these words, whole; a trailing * stands for any ending."""
    return _pattern(words).search(text) is not None


def _score(incident: Incident, text: str) -> int:
    """How many of the incident's words (place included) the folded text has; 0: not recognised.

    Where no words are given at all, the first part of the place must do.
    """
    if any(mentions(word, text) for word in incident.none_of):
        return 0
    if not all(mentions(word, text) for word in incident.all_of):
        return 0
    hits = sum(1 for word in incident.any_of if mentions(word, text))
    if incident.any_of and not hits:
        return 0
    places = [part.strip() for part in incident.place.split(",") if part.strip()]
    found = sum(1 for part in places if mentions(part, text))
    if not incident.any_of and not incident.all_of:
        return found if places and mentions(places[0], text) else 0
    return hits + len(incident.all_of) + found


@lru_cache(maxsize=10_000)
def _pattern(words: str) -> re.Pattern[str]:
    stem = words.removesuffix("*")
    phrase = r"\s+".join(re.escape(part) for part in folded(stem).split())
    return re.compile(rf"(?<!\w){phrase}" + ("" if words.endswith("*") else r"(?!\w)"))
