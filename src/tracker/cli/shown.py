"""What people and programs get to see: rows, tables, JSON and CSV, all of it harmless.

Words from outside may hold control characters that move a cursor, hide text or reverse it; a
terminal shows their pictures instead, and JSON their escapes. In CSV a cell never begins a formula.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

from tracker.events import Event
from tracker.model import Estimate, Revision, utc_text

UNSAFE: Final = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""C0 and C1 controls but tab and newline, marks that turn the direction of writing, and halves
of characters, which no terminal could be sent: a regular expression."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

CONTROL_PICTURES: Final = 0x2400


def harmless(text: str) -> str:
    """The text with a visible picture in place of each character that a terminal would obey."""
    # What is printable is harmless, and that is quickly seen.
    return text if text.isprintable() else re.sub(UNSAFE, _picture, text)


def one_line(text: str) -> str:
    """The text, harmless, on one line."""
    return " ".join(harmless(text).split())


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(CONTROL_PICTURES + code)
    return f"<{code:04X}>"


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    click.echo(_escaped(json.dumps(document, ensure_ascii=False, indent=2)))


def print_jsonl(document: Any) -> None:
    """One JSON object on one line."""
    click.echo(_escaped(json.dumps(document, ensure_ascii=False)))


def _escaped(written: str) -> str:
    return re.sub(UNSAFE, lambda found: f"\\u{ord(found[0]):04x}", written)


def print_json_list(documents: Iterable[Any]) -> None:
    """One JSON list on stdout, written as its documents come."""
    before = "["
    for each in documents:
        written = _escaped(json.dumps(each, ensure_ascii=False, indent=2))
        sys.stdout.write(f"{before}\n  " + written.replace("\n", "\n  "))
        before = ","
    sys.stdout.write("[]\n" if before == "[" else "\n]\n")


def print_csv(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> None:
    """Rows as CSV on stdout, headed by their columns, written as they come."""
    import csv  # noqa: PLC0415 — most queries do without it

    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(row[name]) for name in columns})


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        value = harmless(value)
        return f"'{value}" if value.startswith(FORMULA) else value
    return value


def print_table(rows: Iterable[Sequence[str]]) -> None:
    """Rows in aligned columns, one line each."""
    table = [[one_line(cell) for cell in row] for row in rows]
    if not table:
        return
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]) - 1)]
    click.echo("\n".join(_aligned(row, widths) for row in table))


def print_rows(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    """Rows as they come, each on a line, in columns of these widths; the last has none."""
    for row in rows:
        click.echo(_aligned([one_line(cell) for cell in row], widths))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True))
    return "  ".join([*padded, row[-1]]).rstrip()


def clock(moment: datetime) -> str:
    """A moment for people: to the minute, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")


def near(moment: datetime, now: datetime) -> str:
    """The same, to the second where it is less than an hour from now.

    >>> noon = datetime(2031, 5, 1, 12, tzinfo=UTC)
    >>> near(noon + timedelta(seconds=31), noon), near(noon + timedelta(hours=1), noon)
    ('2031-05-01 12:00:31Z', '2031-05-01 13:00Z')
    """
    if abs(moment - now) < timedelta(hours=1):
        return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return clock(moment)


def some(count: int, what: str) -> str:
    """So many of something: "1 source", "1,200 sources"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def change(number: int | None) -> str:
    """A change with its sign: +5, −19, 0; nothing at the first."""
    if number is None:
        return ""
    return f"{number:+,}".replace("-", "−") if number else "0"


def standing(estimate: Estimate | None) -> str:
    """What stands, in a cell of a table: "at least 91", "84 (contested)"; "–" for nothing."""
    if estimate is None or estimate.phrase is None:
        return "–"
    return f"{estimate.phrase} (contested)" if estimate.status == "contested" else estimate.phrase


def span(length: timedelta) -> str:
    """How long, for people: to the minute, and from a day on to the hour, cut.

    >>> [span(timedelta(minutes=each)) for each in (0, 320, 2 * 1440, 4619, -120)]
    ['0 min', '5 h 20 min', '2 d', '3 d 4 h', '−2 h']
    """
    minutes = round(abs(length) / timedelta(minutes=1))
    days, hours = minutes // 1440, minutes // 60 % 24
    parts = (days, "d"), (hours, "h"), (0 if days else minutes % 60, "min")
    told = " ".join(f"{number:,} {unit}" for number, unit in parts if number) or "0 min"
    return f"−{told}" if length < timedelta(0) and minutes else told


def arrow(before: Estimate | None, after: Estimate | None) -> str:
    """Which way the number moved between two that stand otherwise: up, down, or neither."""
    old, new = before.best if before else None, after.best if after else None
    if old is None or new is None or old == new:
        return "•"
    return "↑" if new > old else "↓"


ROW: Final = (
    "position", "published_at", "recorded_at", "source", "issuer", "scope", "phrase", "best",
    "low", "high", "status", "change", "reason", "quote", "title", "url", "event_id", "linked",
)  # fmt: skip
"""The columns of a revision, in `history` and `changes`: a contract."""


def row(revision: Revision, linked: Revision | None = None) -> dict[str, Any]:
    """A revision as the JSON and CSV of `history` give it.

    `linked` is the move that its report made with it, of the dead or of the missing.
    """
    estimate = revision.estimate
    return {
        "position": revision.position,
        "published_at": utc_text(revision.published_at),
        "recorded_at": utc_text(revision.recorded_at),
        "source": revision.source,
        "issuer": revision.issuer,
        "scope": estimate.scope,
        "phrase": estimate.phrase,
        "best": estimate.best,
        "low": estimate.low,
        "high": estimate.high,
        "status": estimate.status,
        "change": revision.change,
        "reason": revision.reason,
        "quote": revision.quote,
        "title": revision.title,
        "url": revision.url,
        "event_id": revision.event_id,
        "linked": linked.event_id if linked else None,
    }


def estimate_row(estimate: Estimate) -> dict[str, Any]:
    """An estimate as the JSON of `estimate` gives it."""
    return {
        "incident": estimate.incident,
        "measure": estimate.measure,
        "best": estimate.best,
        "low": estimate.low,
        "high": estimate.high,
        "phrase": estimate.phrase,
        "qualifier": estimate.qualifier,
        "status": estimate.status,
        "since": utc_text(estimate.since) if estimate.since else None,
        "basis": list(estimate.basis),
    }


def line(revision: Revision, was: str = "", linked: Revision | None = None) -> tuple[str, ...]:
    """A revision for people: when, the figure, the change, why, who, and the quoted words.

    `was` is how the deciding figure had been read, if its words were read anew; `linked` as in
    `row`.
    """
    estimate = revision.estimate
    figure = estimate.phrase or "no figure"
    if estimate.scope:
        figure += f" ({estimate.scope})"
    reason = revision.reason.value
    if estimate.status == "contested" and reason != "contested":
        reason += " (contested)"
    if linked is not None:
        reason += f" ({linked.estimate.measure} {change(linked.change)})"
    who = revision.source + (f" / {revision.issuer}" if revision.issuer else "")
    quote = quoted(revision.quote, was)
    return clock(revision.published_at), figure, change(revision.change), reason, who, quote


def quoted(quote: str | None, was: str = "") -> str:
    """The words of a figure, and how they had been read before, if they were read anew."""
    words = f"“{quote}”" if quote else "[words removed]"
    return f"{words} [re-read, was: {was}]" if was else words


def unread(languages: Iterable[str], option: str) -> str:
    """That no figure is read in these languages ("" = not known); `option` is where to say it."""
    from tracker.figures.languages import LANGUAGES  # noqa: PLC0415 — queries need no words

    named = " or ".join(repr(each) for each in languages if each)
    if not named:
        return f"no figure is read: the language is not known; say it with {option}"
    return f"no figure is read in language {named}, only in: {', '.join(LANGUAGES)}"


def bounds(estimate: Estimate) -> str:
    """The folded bounds in words: "60 and up", "45 to 49"."""
    low, high = estimate.low, estimate.high
    if low is None and high is None:
        return "no bounds"
    if high is None:
        return f"{low:,} and up"
    return f"{low or 0:,} to {high:,}" if low != high else f"{low:,}"


def document(event: Event) -> dict[str, Any]:
    """An event as JSON gives it: its envelope, and every field of its fact."""
    from tracker.encoding import encode  # noqa: PLC0415 — the lines for people do without

    data, words = encode(event.fact)
    said = {**data, **words}
    # A log leaves out what says nothing; a program that reads this finds every field.
    every = {
        each.name: said.get(each.name, None if each.default is MISSING else each.default)
        for each in fields(event.fact)
    }
    return {
        "position": event.position,
        "stream": event.stream,
        # A figure has a version of its own: that of its report.
        "stream_version": event.version,
        "id": event.id,
        "type": event.fact.TYPE,
        "recorded_at": utc_text(event.recorded_at),
        **every,
    }
