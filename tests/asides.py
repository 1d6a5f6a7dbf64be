"""Reports that were set aside, as a test about the inbox wants them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from builders import set_aside
from tracker.encoding import event_id
from tracker.events import INBOX, Event
from tracker.figures import extract_figures
from tracker.incidents.aside import set_aside as put_aside
from tracker.incidents.match import NOWHERE, full_text
from tracker.intake import Report, Source
from tracker.model import Rank
from tracker.projections.inbox import Aside

MAY = datetime(2031, 5, 1, tzinfo=UTC)


def after(days: float) -> datetime:
    return MAY + timedelta(days=days)


def aside(text: str | None = "", *, days: float = 0, **changes: Any) -> Aside:
    """A report that nobody claimed, `days` after the first of May, with these words in its body."""
    incident = changes.pop("incident", None)
    at = changes.setdefault("published_at", after(days))
    said = {"observed_at": at, "why": NOWHERE, "title": "", "text": text, "figures": ()} | changes
    said.setdefault("report", f"{said['title']}{text}{days}")
    fact = set_aside(**said)
    event = Event(position=1, stream=INBOX, version=1, id=event_id(fact), recorded_at=at, fact=fact)
    return Aside(event, fact, incident)


def read(text: str, *, title: str = "", days: float = 0, **changes: Any) -> Aside:
    """The same, set aside by what is read in it: it has to state a toll."""
    source = Source(id="wire", kind="feed", url="", name="The Wire", rank=Rank.AGENCY)
    report = Report(
        source="wire", id=title + text, title=title, text=text, published=after(days), language="en"
    )
    figures = extract_figures(full_text(report), "en")
    fact = put_aside(source, report, figures, NOWHERE, observed_at=after(days))
    assert fact is not None
    said = {"title": title, "figures": fact.figures, "report": report.id} | changes
    return aside(fact.text or "", days=days, **said)
