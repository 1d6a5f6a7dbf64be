"""A live blog to reports: each of its updates is one. (https://schema.org/LiveBlogPosting)

Read from the data that the page has for search engines, where every update has its own date; in
the layout they run into each other.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tracker.intake import Report, Source
from tracker.sources.capture import absolute, is_remote
from tracker.sources.dates import parse_date
from tracker.sources.kind import Parsed
from tracker.sources.kinds.digest import digest_of
from tracker.sources.kinds.json_ld import Thing, stated, stated_moment
from tracker.sources.kinds.page_text import text_of_html
from tracker.sources.language import stated_language
from tracker.sources.text import from_html, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBlog:
    """A page that is one."""

    thing: Thing
    address: str
    """Canonical; of a file, its name."""
    url: str
    """The same where it is one, else ""."""
    title: str
    language: str
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Update:
    headline: str
    body: str
    """May be HTML."""
    addresses: tuple[str, ...]
    published: str
    modified: str
    language: str


def parse_updates(source: Source, blog: LiveBlog, known: frozenset[str]) -> Parsed:
    """The updates of a live blog, those that are known passed over; and what it says besides.

    An update's id is its own address, else the page's with a digest of its date and headline: an
    edit of its text leaves both alone. What the blog says of itself is a report of its own if it
    is in none of its updates; it is never the whole story. Empty where no update can be read.
    """
    updates = list(_updates(blog))
    addresses = Counter(address for each in updates for address in {*each.addresses})
    places = Counter((each.published, each.headline) for each in updates)
    reports: list[Report] = []
    passed: set[str] = set()
    for each in updates:
        # Its own: some templates write the page's address, or one for all, into each.
        own = [one for one in each.addresses if addresses[one] == 1 and one != blog.address]
        # Of updates alike in date and headline, the text must tell.
        alike = places[each.published, each.headline] > 1
        told = digest_of(each.published, each.headline, each.body if alike else "")
        report_id = own[0] if own else f"{blog.address}#{told}"
        digest = digest_of(
            report_id, _title(blog, each), each.body, each.published, each.modified, each.language,
            str(blog.whole),
        )  # fmt: skip
        if digest in known:
            passed.add(digest)
        else:
            report = _report(source, blog, each, report_id, digest)
            reports.append(replace(report, url=report_id) if own and is_remote(own[0]) else report)
    besides = _besides(source, blog, updates, known) if updates else None
    if isinstance(besides, Report):
        reports.append(besides)
    elif besides:
        passed.add(besides)
    return Parsed(reports=tuple(reports), known=frozenset(passed))


def _updates(blog: LiveBlog) -> Iterator[_Update]:
    given = blog.thing.get("liveBlogUpdate")
    for thing in given if isinstance(given, list) else [given]:
        if not isinstance(thing, dict):
            continue
        headline = one_line(from_html(stated(thing, "headline", "name", "alternativeHeadline")))
        body = stated(thing, "articleBody", "text", "description")
        named = [one_line(stated(thing, key)) for key in ("@id", "url")]
        if headline or body:
            yield _Update(
                headline=headline,
                body=body,
                addresses=tuple(_address(blog, each) for each in named if each),
                published=stated_moment(thing, "datePublished", "dateCreated", "uploadDate"),
                modified=stated_moment(thing, "dateModified"),
                language=stated_language(thing.get("inLanguage"), blog.language),
            )


def _address(blog: LiveBlog, link: str) -> str:
    return f"{blog.address}{link}" if link[0] == "#" else absolute(blog.url, link) or link


def _title(blog: LiveBlog, update: _Update) -> str:
    """Its headline, else the blog's, unless that has a number: it is of now, not of then."""
    return update.headline or ("" if re.search(r"\d", blog.title) else blog.title)


def _report(source: Source, blog: LiveBlog, update: _Update, report_id: str, digest: str) -> Report:
    published, date_only = parse_date(update.published, source.timezone)
    title, text = _title(blog, update), text_of_html(update.body)
    return Report(
        source=source.id,
        id=report_id,
        title=title,
        text=f"{text}\n".removeprefix(f"{title}\n").strip("\n"),
        url=blog.url,
        published=published,
        modified=parse_date(update.modified, source.timezone)[0],
        date_only=date_only,
        stated_date=update.published,
        language=update.language,
        whole=blog.whole,
        digest=digest,
    )


def _besides(
    source: Source, blog: LiveBlog, updates: list[_Update], known: frozenset[str]
) -> Report | str | None:
    """What the blog says besides its updates, or its digest if that is known."""
    body = stated(blog.thing, "articleBody", "description")
    if not body:
        return None
    # What stands above a live blog is of now, not of when it began.
    date = stated_moment(blog.thing, "dateModified", "datePublished")
    digest = digest_of(blog.address, blog.title, body, date, blog.language)
    if digest in known:
        return digest
    said = " ".join(f"{each.headline} {text_of_html(each.body)}" for each in updates)
    folded = " ".join(said.split())
    own = [line for line in text_of_html(body).split("\n\n") if line and line not in folded]
    if not own:
        return None
    published, date_only = parse_date(date, source.timezone)
    return Report(
        source=source.id,
        id=blog.address,
        title=blog.title,
        text="\n\n".join(own),
        url=blog.url,
        published=published,
        date_only=date_only,
        stated_date=date,
        language=blog.language,
        whole=False,
        digest=digest,
    )
