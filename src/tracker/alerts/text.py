"""What a person reads of an alert in one glance, on a phone: a line or two, all harmless. Pure.

It is made of the frozen body that a webhook would get, so that both say the same, and what was
redacted in it since is in neither.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, assert_never

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from tracker.alerts.bodies import (
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
)
from tracker.alerts.shortly import (
    NAME,
    apart,
    capital,
    clock,
    cut,
    line,
    named,
    quoted,
    sentence,
    short,
    some,
)
from tracker.model import Measure, Reason, State, Status

LONGEST: Final = 500
"""Characters of title and body together …"""
LONGEST_DIGEST: Final = 1_500
"""… and of a digest, which is read at leisure, and has a line for each incident."""
MOST: Final = 5
"""Estimates of one incident that are named."""

_QUOTE: Final = 240

_BODY: Final[TypeAdapter[Body]] = TypeAdapter(Annotated[Body, Field(discriminator="type")])


@dataclass(frozen=True, slots=True)
class Text:
    """A headline, and what there is to say beside it: neither says again what the other says."""

    title: str
    body: str


class _Envelope(BaseModel):
    type: str = "an alert"


def told(body: str, *, at: datetime | None = None) -> Text:
    """An alert's frozen JSON body, of any type, in words; its times are in UTC.

    `at` is when it is sent, None: when it was enqueued; what is of another day says of which. Of a
    type or with fields that this version does not know, only the type is told.
    """
    try:
        alert = _BODY.validate_json(body)
    except ValidationError:
        return _unknown(body)
    at = at or alert.timestamp
    match alert:
        case Revised():
            return _revised(alert.data, at, settled=alert.type == "estimate.settled")
        case Backfilled():
            how = "caught up" if alert.type == "estimate.backfilled" else "by other rules"
            return _backfilled(alert.data, how, at)
        case Digest():
            return _digest(alert.data, at)
        case Opened():
            return _opened(alert.data)
        case Suggested():
            return _suggested(alert.data, at)
        case SourceTold():
            return _source(alert.data, at)
        case Disabled():
            return _disabled(alert.data, at)
        case Trial():
            return _trial(alert.data)
        case _:  # pragma: no cover — mypy lists what is forgotten
            assert_never(alert)


def _unknown(body: str) -> Text:
    try:
        named = _Envelope.model_validate_json(body).type
    except ValidationError:
        named = "an alert"
    return Text(line(short(named)), "`tracker deliveries` shows what it says.")


def _revised(data: RevisedData, at: datetime, *, settled: bool) -> Text:
    stood = data.before is not None and data.before.phrase is not None
    if stood or data.after.phrase is None:
        how = f", {_how(data, settled=settled)}"
    else:
        how = " (first figure)" if data.revisions <= 1 else f", {_why(data)}"
    what = f"{_measured(data.measure, data.scope)} {_move(data)}"
    title = f"{short(data.name)}: {what}{_contested(how, data.after)}"
    source, issuer = short(data.source_name), short(data.issuer or "")
    via = [issuer, f"via {source}"] if issuer and issuer.lower() != source.lower() else [source]
    who = capital(", ".join([*filter(None, via), clock(data.published_at, at)]))
    count = f" {data.revisions:,} revisions so far." if data.revisions > 1 else ""
    room = min(_QUOTE, LONGEST - len(title) - len(who) - len(count) - len(': "".'))
    quote = quoted(data.quote, data.after.phrase, room)
    return _text(title, f"{who}{quote or '.'}{count}")


def _how(data: RevisedData, *, settled: bool) -> str:
    """Why it moved, that it fell where it did, and that two figures no longer stand against it.

    What this receiver was told may lie several moves back, and the last of them may have gone the
    other way.
    """
    why, way = _why(data), data.direction
    ends = ", settled" if settled and data.reason is not Reason.SETTLED else ""
    if data.after.phrase is None:
        return f"{why}{ends}"
    match way, data.reason:
        case ("down", Reason.LOWERED) | ("up", Reason.RAISED):
            return f"{why}{ends}"
        case "down", Reason.RAISED | Reason.FIRST:
            return f"a fall{ends}"
        case "down", Reason.CONTESTED:
            return f"a fall, contested{ends}"
        case "down", _:
            return f"a fall ({why}){ends}"
        case "up", Reason.LOWERED | Reason.FIRST:
            return f"a rise{ends}"
        case "up", Reason.WITHDRAWN | Reason.DENIED:
            return f"a rise ({why}){ends}"
        case None, Reason.WITHDRAWN | Reason.DENIED if ends:
            return f"settled: {why}"
    return f"{why}{ends}"


def _why(data: RevisedData) -> str:
    """The reason; where a figure was taken back and one stands, that it is not this one."""
    match data.reason:
        case Reason.WITHDRAWN | Reason.DENIED if data.after.phrase is not None:
            return f"another figure {data.reason}"
        case Reason.FIRST if data.revisions > 1:
            return "a figure again"
    return data.reason


def _contested(said: str, after: Value) -> str:
    """How it moved and, where two figures stand against each other, what both cover."""
    if after.status is not Status.CONTESTED:
        return said
    low, high = after.low, after.high
    if low is None or high is None:
        both = "" if low is None else f" ({low:,} or more)"
        both = both or ("" if high is None else f" (at most {high:,})")
    else:
        both = f" ({low:,} to {high:,})"
    return f"{said}{both}" if said.endswith("contested") else f"{said}, contested{both}"


def _move(data: RevisedData | Standing) -> str:
    before = apart(data.before.phrase) if data.before and data.before.phrase else None
    after = apart(data.after.phrase or "no figure")
    if before in (None, after):
        return after
    change = f" ({data.change:+,})".replace("-", "−") if data.change else ""
    return f"{before} → {after}{change}"


def _measured(measure: Measure, scope: str | None) -> str:
    return measure.replace("_", " ") + (f" ({short(scope)})" if scope else "")


def _standing(data: Standing) -> str:
    how = ", a fall" if data.direction == "down" else ""
    was = data.before.status if data.before else None
    if was is Status.CONTESTED and data.after.status not in (None, Status.CONTESTED):
        how += ", settled"
    return f"{_measured(data.measure, data.scope)} {_move(data)}{_contested(how, data.after)}"


def _falls(estimates: Iterable[Standing]) -> bool:
    return any(each.direction == "down" for each in estimates)


def _standings(estimates: Iterable[Standing], room: int) -> list[str]:
    return named([(_standing(each), _falls([each])) for each in estimates], MOST, room)


def _backfilled(data: BackfilledData, how: str, at: datetime) -> Text:
    title = f"{short(data.name)}, {how}: "
    said = _standings(data.estimates, LONGEST - len(title))
    first, *others = said or ["nothing stands"]
    since = data.estimates[0].since if data.estimates else None
    only = "Nothing else" if since is None else f"So since {clock(since, at)}"
    return _text(f"{title}{first}", f"{capital('; '.join(others)) or only}.")


def _digest(data: DigestData, at: datetime) -> Text:
    names = list(dict.fromkeys(short(each.name) for each in data.incidents))
    since = f" since {clock(data.since, at)}" if data.since else ""
    parts = list[tuple[str, bool]]()
    for each in data.incidents:
        said = _standings(each.estimates, LONGEST_DIGEST // 2)
        parts.append((line(f"{short(each.name)}: {'; '.join(said)}"), _falls(each.estimates)))
    body = "\n".join(named(parts, len(parts), LONGEST_DIGEST))
    return Text(line(f"Digest{since}: {some(names, 3, ', ')}"), body)


def _opened(data: OpenedData) -> Text:
    where = f"{short(data.place)}, " if data.place else ""
    began = f"{data.began.day} {data.began:%B %Y}"
    return _text(f"{short(data.name)}: followed from now on", capital(f"{where}began {began}."))


def _suggested(data: SuggestedData, at: datetime) -> Text:
    what = f" {apart(cut(data.title, 2 * NAME))}" if data.title else ""
    where = f" near {short(data.place)}" if data.place else ""
    figures = [apart(each.replace("_", " ")) for each in data.figures]
    said = f": {some(figures, MOST)}" if figures else ""
    return _text(
        f"A new incident?{what}",
        f"{data.reports:,} reports of {_sources(data)}{where} since "
        f"{clock(data.first_at, at)}{said}. `tracker open {data.group}` follows it.",
    )


def _sources(data: SuggestedData) -> str:
    return some([short(each) for each in data.sources], 3, ", ")


def _source(data: SourceData, at: datetime) -> Text:
    if data.state in (State.OK, State.UNCHANGED):
        title = f"{short(data.name)} is well again"
    else:
        title = f"{short(data.name)} is {data.state}"
    last = f" Last figure {clock(data.figure_at, at)}." if data.figure_at else ""
    why = f"{apart(sentence(capital(cut(data.why, _QUOTE))))} " if data.why else ""
    return _text(title, f"{why}It was {data.was} before.{last}")


def _disabled(data: DisabledData, at: datetime) -> Text:
    why = "it answered that it is gone for good"
    if data.why == "failing":
        since = f" since {clock(data.failing_since, at)}" if data.failing_since else ""
        why = f"it has failed{since}"
    answer = f" Last: {apart(sentence(cut(data.answer, NAME)))}" if data.answer else ""
    return _text(
        f"Alerts to {short(data.endpoint)} have stopped",
        f"{capital(why)} ({short(data.url)}).{answer} "
        # To be copied: a mark of direction would be part of the name.
        f"`tracker webhooks enable {cut(data.endpoint, NAME)}` begins again.",
    )


def _trial(data: TrialData) -> Text:
    words = apart(cut(data.words, LONGEST // 2))
    return _text(f"A test of {short(data.endpoint)}", words or "Sent by hand.")


def _text(title: str, body: str) -> Text:
    title = line(title)
    return Text(cut(title, LONGEST), cut(line(body), max(LONGEST - len(title), 0)))
