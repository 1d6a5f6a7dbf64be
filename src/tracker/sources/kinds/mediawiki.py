"""The infobox of a wiki's page to reports, one for each revision that changed what it tells.

Wikis have an API that gives past revisions as well, so that the first poll knows the page's whole
history (https://www.mediawiki.org/wiki/API:Revisions). What is read of a revision is in
`infobox.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Annotated, Final
from urllib.parse import parse_qs, unquote, urlencode, urljoin, urlsplit

from pydantic import Field

from tracker.intake import Report, Source
from tracker.sources.capture import Capture, Unreadable, absolute, is_remote
from tracker.sources.dates import parse_date
from tracker.sources.kind import Kind, Link, Options, Parsed
from tracker.sources.kinds.document import read_document, search, shortened
from tracker.sources.kinds.infobox import FIELDS, toll_lines
from tracker.sources.language import stated_language
from tracker.sources.text import one_line
from tracker.sources.toml_file import WebAddress

AT_ONCE: Final = 50
"""Revisions with their texts that a wiki gives to anybody at once."""
MOST: Final = 5_000
DIGEST: Final = "revision "


class MediawikiOptions(Options):
    """What is read of a page, and how much of its past."""

    fields: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = FIELDS
    api: WebAddress = ""
    revisions: Annotated[int, Field(ge=1, le=MOST)] = AT_ONCE


@dataclass(frozen=True, slots=True)
class _Revision:
    id: int
    at: datetime
    text: str | None
    """None: an administrator has hidden it."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Revisions in a row whose infobox tells the same."""

    first: _Revision
    last: _Revision
    lines: tuple[str, ...]


def parse_mediawiki(source: Source, capture: Capture, known: frozenset[str]) -> Parsed:
    """The revisions that changed the infobox, oldest first, and where the older ones are.

    All have the page's address as their id: each is a version of one report. The newest is given
    as often as the page was edited, whatever was edited: its digest tells the next poll from
    where on the page is known. At the end of an answer two runs of revisions may tell the same.

    Raises:
        Unreadable: no answer of a wiki's API, or none about a page that exists.
    """
    options = _options(source)
    answer = read_document(capture, "set `api` to the address of the wiki's api.php")
    page = _page(answer)
    language = stated_language(page.get("pagelanguage"))
    revisions = _revisions(page)
    numbers = (digest.removeprefix(DIGEST) for digest in known if digest.startswith(DIGEST))
    newest = max((int(number) for number in numbers if number.isdecimal()), default=0)
    new = list(takewhile(lambda each: each.id > newest, revisions))
    seen = revisions[len(new) :]
    # The one before the new ones: what it tells is not told again.
    runs = _runs(new + seen[:1], options.fields, source.language or language)
    told = [
        each
        for each in runs
        if each.first.id > newest or (each is runs[-1] and each.last.id > newest)
    ]
    link = None
    if not seen:
        link = _older(source, answer, len(revisions), MOST if newest else options.revisions)
    return Parsed(
        reports=tuple(_report(source, page, language, each) for each in told),
        links=(link,) if link else (),
        known=known & {f"{DIGEST}{number}" for number in (newest, *(each.id for each in seen))},
        trouble=tuple(_trouble(new, runs, options.fields, first=_read_before(answer) == 0)),
    )


def _options(source: Source) -> MediawikiOptions:
    return source.options if isinstance(source.options, MediawikiOptions) else MediawikiOptions()


def _page(answer: object) -> dict[str, object]:
    code, said = search("error.code", answer), search("error.info", answer)
    if code == "maxlag":
        raise Unreadable("the wiki is too busy (maxlag): it is asked again at the next turn")
    if isinstance(code, str):
        raise Unreadable(f"the wiki refuses: {shortened(f'{said or code}')}")
    page = search("query.pages[0]", answer)
    if not isinstance(page, dict):
        if search("query.pages", answer):
            raise Unreadable("an answer in an old form: ask with formatversion=2")
        raise Unreadable(
            "JSON, but nothing about a page of a wiki: `url` must be the address of one, and "
            "`api` that of the wiki's api.php"
        )
    title = one_line(str(page.get("title", "")))
    if page.get("invalid"):
        why = one_line(str(page.get("invalidreason", "")))
        raise Unreadable(f"the wiki can have no page {title!r}: {shortened(why)}")
    if page.get("missing"):
        raise Unreadable(f"the wiki has no page {title!r}: was it renamed or deleted?")
    return page


def _revisions(page: dict[str, object]) -> list[_Revision]:
    """Those of the answer, newest first; what has no number or time is none."""
    revisions = []
    given = page.get("revisions")
    for each in given if isinstance(given, list) else ():
        number = search("revid", each)
        at, _ = parse_date(str(search("timestamp", each)), "UTC")
        text = search("slots.main.content", each)
        if isinstance(number, int) and at is not None:
            revisions.append(_Revision(number, at, text if isinstance(text, str) else None))
    return revisions


def _runs(revisions: Sequence[_Revision], names: Iterable[str], language: str) -> list[_Run]:
    """The revisions, oldest first, as runs; one that tells nothing is passed over.

    A page that was emptied for a minute has not taken anything back.
    """
    runs: list[_Run] = []
    for each in reversed(revisions):
        lines = toll_lines(each.text or "", names, language)
        if not lines:
            continue
        if runs and runs[-1].lines == lines:
            runs[-1] = _Run(runs[-1].first, each, lines)
        else:
            runs.append(_Run(each, each, lines))
    return runs


def _report(source: Source, page: dict[str, object], language: str, run: _Run) -> Report:
    canonical = absolute(source.url, "") or absolute("", one_line(str(page.get("canonicalurl"))))
    address = canonical.partition("#")[0]
    title = one_line(str(page.get("title", "")))
    joint = "&" if "?" in address else "?"
    return Report(
        source=source.id,
        id=address or title,
        title=title,
        text="\n\n".join(run.lines),
        url=f"{address}{joint}oldid={run.first.id}" if address else "",
        published=run.first.at,
        modified=run.first.at,
        language=language,
        digest=f"{DIGEST}{run.last.id}",
        versioned=True,
    )


def _older(source: Source, answer: object, here: int, most: int) -> Link | None:
    """The next piece of the past, as long as fewer than `most` revisions have been read."""
    start, read = search("continue.rvcontinue", answer), _read_before(answer) + here
    if not isinstance(start, str) or read >= most or not is_remote(source.url):
        return None
    further = {"rvcontinue": start, "requestid": str(read)}
    url = _address(source, min(AT_ONCE, most - read), further)
    return Link(url=url, digest=f"revisions from {start}", kind=source.kind)


def _read_before(answer: object) -> int:
    """How many newer revisions were read in earlier pieces: the wiki repeats what it was told."""
    told = search("requestid", answer)
    return int(told) if isinstance(told, str) and told.isdecimal() and len(told) < 9 else 0


def _trouble(
    new: Sequence[_Revision], runs: Sequence[_Run], names: Iterable[str], *, first: bool
) -> Iterable[str]:
    hidden = sum(1 for each in new if each.text is None)
    if hidden:
        yield f"{'1 revision is' if hidden == 1 else f'{hidden} revisions are'} hidden by the wiki"
    newest = new[0] if first and new else None
    if newest and newest.text is not None and (not runs or runs[-1].last != newest):
        yield (
            f"no template of the newest revision has any of the fields {', '.join(names)}: "
            "set `fields`"
        )


def address(source: Source) -> str:
    """The API behind a page: /w/api.php of its host, or beside its index.php, or `api`."""
    if not is_remote(source.url):
        return source.url
    return _address(source, min(AT_ONCE, _options(source).revisions), {})


def _address(source: Source, limit: int, further: dict[str, str]) -> str:
    api, title = _place(source.url)
    parameters = {
        "action": "query",
        "prop": "revisions|info",
        "titles": title,
        "rvprop": "ids|timestamp|flags|content",
        "rvslots": "main",
        "rvsection": "0",
        "rvlimit": str(limit),
        "inprop": "url",
        "redirects": "1",
        "formatversion": "2",
        "format": "json",
        "maxlag": "5",
    }
    return f"{_options(source).api or api}?{urlencode(parameters | further)}"


def _place(url: str) -> tuple[str, str]:
    """Where the API is, and the page's title."""
    path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
    if "title" in query:
        return urljoin(url, path.rpartition("/")[0] + "/api.php"), query["title"][0]
    for mark, api in (("/index.php/", "/api.php"), ("/wiki/", "/w/api.php")):
        before, found, title = path.partition(mark)
        if found:
            return urljoin(url, before + api), unquote(title)
    return urljoin(url, "/w/api.php"), unquote(path.rpartition("/")[2])


KIND: Final = Kind(
    parse=parse_mediawiki, options=MediawikiOptions, address=address, is_api=lambda _: True
)
