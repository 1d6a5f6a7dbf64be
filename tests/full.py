"""Bodies of every kind with as much in them as they may hold, in the nastiest words."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tracker.alerts.bodies import (
    MOST_FIGURES,
    MOST_SOURCES,
    MOST_STANDING,
    Backfilled,
    BackfilledData,
    Body,
    Digest,
    DigestData,
    Disabled,
    DisabledData,
    Opened,
    OpenedData,
    Revised,
    RevisedData,
    SourceData,
    SourceTold,
    Standing,
    Suggested,
    SuggestedData,
    Trial,
    TrialData,
    Value,
    fitting,
)
from tracker.model import MOST_PEOPLE, Measure, Reason, State, Status

NOW = datetime(2031, 5, 1, 15, tzinfo=UTC)

# A quotation mark and a backslash are two bytes each in JSON, a control six, an astral character
# four, half of one none that could be written.
NASTY: SearchStrategy[str] = st.builds(
    lambda bit, words: bit * 5_000 + words,
    st.sampled_from(
        ['"', "\\", "\x00", "\x1b", "\x7f", "\u202e", "é", "א", "𐍈", "\ud800", "/", "<"]
    ),
    st.text(max_size=20),
)
NUMBER = st.integers(-MOST_PEOPLE, MOST_PEOPLE)


def value(words: str, number: int) -> Value:
    return Value(phrase=words, best=number, low=number, high=number, status=Status.CONTESTED)


def revised_data(words: str, number: int, **changes: Any) -> RevisedData:
    fields: dict[str, Any] = {
        "incident": words,
        "name": words,
        "measure": Measure.CRITICALLY_INJURED,
        "scope": words,
        "before": value(words, number),
        "after": value(words, number),
        "change": number,
        "direction": "down",
        "status": Status.CONTESTED,
        "reason": Reason.REINSTATED,
        "source": words,
        "source_name": words,
        "issuer": words,
        "title": words,
        "url": words,
        "quote": words,
        "revisions": abs(number),
        "sequence": abs(number),
        "event": words,
        "published_at": NOW,
    }
    return RevisedData(**(fields | changes))


def standing(words: str, number: int) -> Standing:
    return Standing(
        measure=Measure.CRITICALLY_INJURED,
        scope=words,
        before=value(words, number),
        after=value(words, number),
        change=number,
        direction="down",
        since=NOW,
        revisions=abs(number),
    )


def backfilled_data(words: str, number: int, count: int = MOST_STANDING) -> BackfilledData:
    estimates = (standing(words, number),) * count
    return BackfilledData(incident=words, name=words, sequence=abs(number), estimates=estimates)


def every_body(words: str, number: int) -> list[Body]:
    """One of each kind, with as many of everything as it may hold."""
    return [
        Revised(type="estimate.contested", timestamp=NOW, data=revised_data(words, number)),
        Backfilled(
            type="estimate.reinterpreted", timestamp=NOW, data=backfilled_data(words, number)
        ),
        Opened(
            timestamp=NOW,
            data=OpenedData(
                incident=words,
                name=words,
                place=words,
                began=date(2031, 5, 1),
                sequence=abs(number),
                event=words,
            ),
        ),
        Suggested(
            timestamp=NOW,
            data=SuggestedData(
                group=words,
                title=words,
                place=words,
                reports=abs(number),
                sources=(words,) * MOST_SOURCES,
                figures=(words,) * MOST_FIGURES,
                first_at=NOW,
                last_at=NOW,
                sequence=1,
                event=words,
            ),
        ),
        SourceTold(
            type="source.recovered",
            timestamp=NOW,
            data=SourceData(
                source=words,
                name=words,
                state=State.DEGRADED,
                was=State.UNCHANGED,
                why=words,
                since=NOW,
                succeeded_at=NOW,
                figure_at=NOW,
                sequence=abs(number),
                event=words,
            ),
        ),
        Disabled(
            timestamp=NOW,
            data=DisabledData(
                endpoint=words,
                url=words,
                why="failing",
                failing_since=NOW,
                answer=words,
                sequence=abs(number),
            ),
        ),
        Trial(timestamp=NOW, data=TrialData(endpoint=words, words=words)),
    ]


def digests(parts: Sequence[BackfilledData]) -> list[Digest]:
    return [
        Digest(timestamp=NOW, data=DigestData(sequence=MOST_PEOPLE, since=NOW, incidents=some))
        for some in fitting(parts)
    ]
