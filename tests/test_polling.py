"""One poll of one source, from a real site over real HTTP into a real log."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from outlet import Item, feed
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.desk import Desk
from tracker.events import Event, FigureReported, FigureWithdrawn, SourceMoved, SourceTurned
from tracker.health import Poll
from tracker.intake import Incident, Source
from tracker.model import Rank, State
from tracker.polling import Polled, poll
from tracker.sources.kinds import KINDS
from tracker.sources.web import Manners, open_web
from tracker.store.base import Log, Remembered
from tracker.store.writer import open_writer
from website import Asked, Said, Site

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FERRY = Incident(id="ferry", title="Ferry", began=date(2031, 5, 4), any_of=("ferry",))
DESK = Endpoint(name="desk", way=Webhook(url="https://desk.example/in", secret_env="DESK"))


def toll(number: int) -> str:
    return f"The death toll of the ferry accident has risen to {number}, the coast guard said."


def article(text: str, *, modified: datetime | None = None) -> str:
    """A page with this text, as an outlet has it."""
    changed = (
        f'<meta property="article:modified_time" content="{modified.isoformat()}">'
        if modified
        else ""
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><title>Ferry accident</title>'
        f"{changed}</head><body><article><h1>Ferry accident</h1><p>{text}</p>"
        "<p>The coast guard searched the waters off the cape through the night with boats, a "
        "helicopter and volunteers from the villages along the shore.</p></article></body></html>"
    )


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>Wire</title>{"".join(items)}</channel></rss>'


def teaser(guid: str, link: str, *, text: str = "A ferry sank …", at: datetime = NOON) -> str:
    return (
        f"<item><guid>{guid}</guid><title>Ferry sinks</title><link>{link}</link>"
        f"<pubDate>{format_datetime(at)}</pubDate><description>{text}</description></item>"
    )


@dataclass
class Room:
    """A log, polled whenever a test says that it is `now`."""

    log: Log
    site: Site
    now: datetime = NOON
    incidents: tuple[Incident, ...] = (FERRY,)
    endpoints: tuple[Endpoint, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    def source(self, kind: str = "feed", path: str = "feed", **options: object) -> Source:
        return Source(
            id="wire",
            kind=kind,
            url=self.site.url(path),
            name="The Wire",
            rank=Rank.AGENCY,
            options=KINDS[kind].options(**options) if options else None,
        )

    def poll(self, source: Source | None = None, *, after: timedelta = timedelta()) -> Polled:
        """Poll once, so long after the last time."""
        self.now += after
        desk = Desk(
            log=self.log,
            incidents=self.incidents,
            clock=lambda: self.now,
            endpoints=self.endpoints,
        )
        manners = Manners(gap=timedelta(), allow_hosts=frozenset({"127.0.0.1", "127.0.0.2"}))

        async def once() -> Polled:
            async with open_web(manners, environment=self.environment) as web:
                polled = await poll(
                    desk, web, source or self.source(), lambda _: None, jitter=lambda: 0.0
                )
                await desk.keep()
                return polled

        return asyncio.run(once())

    def kept(self) -> Remembered:
        return self.log.remembered("wire")

    def stands(self) -> Poll:
        last = self.kept().poll
        assert last
        return last

    def events(self, stream: str = "incident/ferry") -> list[Event]:
        return self.log.read(stream)

    def killed(self) -> list[tuple[str, int | None, datetime]]:
        facts = [each.fact for each in self.events()]
        figures = [each for each in facts if isinstance(each, FigureReported)]
        return [(each.report, each.low, each.published_at) for each in figures]

    def numbers(self) -> list[int | None]:
        return [number for _, number, _ in self.killed()]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Site() as site, closing(open_writer(tmp_path / "events.db")) as log:
        yield Room(log, site)


def test_a_new_item_is_read_and_the_known_ones_are_not_read_again(room: Room) -> None:
    """The second poll sends the validators, and finds one report new of two."""
    room.site.pages["feed"] = Said(feed(Item("a", toll(12), NOON - HOUR)), headers={"etag": '"1"'})
    first = room.poll()
    assert (first.reports, first.error, first.next_at) == (1, "", NOON + timedelta(minutes=5))
    items = (Item("b", toll(14), NOON), Item("a", toll(12), NOON - HOUR))
    room.site.pages["feed"] = Said(feed(*items), headers={"etag": '"2"'})
    second = room.poll(after=HOUR)
    assert second.reports == 1
    assert room.numbers() == [12, 14]
    assert room.site.asked[-1].headers["if-none-match"] == '"1"'
    kept = room.kept().memo
    assert kept
    assert (kept.etag, len(kept.known)) == ('"2"', 2)


def test_an_edited_item_is_its_next_version(room: Room) -> None:
    room.site.pages["feed"] = Said(feed(Item("a", toll(12), NOON - HOUR)))
    room.poll()
    room.site.pages["feed"] = Said(feed(Item("a", toll(13), NOON - HOUR)))
    assert room.poll(after=HOUR).reports == 1
    assert room.numbers() == [12, 13]


def test_nothing_new_is_a_success_that_changes_only_when_it_was_polled(room: Room) -> None:
    known = {"etag": '"1"', "last-modified": "Mon, 05 May 2031 11:00:00 GMT"}

    def answer(asked: Asked) -> Said:
        if asked.headers["if-none-match"] == '"1"':
            return Said(status=304, headers={"last-modified": "Mon, 05 May 2031 12:30:00 GMT"})
        return Said(feed(Item("a", toll(12), NOON - HOUR)), headers=known)

    room.site.pages["feed"] = answer
    room.poll()
    before = room.kept()
    polled = room.poll(after=HOUR)
    after = room.kept()
    assert (polled.reports, polled.events, polled.error) == (0, 0, "")
    assert after.poll
    assert (after.poll.state, after.poll.polled_at) == (State.UNCHANGED, NOON + HOUR)
    assert before.memo
    assert after.memo == replace(before.memo, last_modified="Mon, 05 May 2031 12:30:00 GMT")


def test_once_a_day_the_source_is_read_whole_because_tags_lie(room: Room) -> None:
    """The tag stays the same over an edit; a day later the edit is found all the same."""
    pages = [feed(Item("a", toll(12), NOON - HOUR))]

    def answer(asked: Asked) -> Said:
        if asked.headers["if-none-match"]:
            return Said(status=304)
        return Said(pages[-1], headers={"etag": '"for ever"'})

    room.site.pages["feed"] = answer
    room.poll()
    pages.append(feed(Item("a", toll(15), NOON - HOUR)))
    room.poll(after=HOUR)
    assert room.numbers() == [12]
    room.poll(after=DAY)
    assert room.numbers() == [12, 15]


@pytest.mark.parametrize("kind", ["feed", "page"])
def test_validators_are_not_kept_of_what_was_cut_off(room: Room, kind: str) -> None:
    """By HTTP it is whole, and its tag is that of all of it: the rest is there at the next poll."""
    if kind == "feed":
        whole = rss(
            *(teaser(each, "", text=toll(number)) for each, number in (("a", 12), ("b", 14)))
        )
    else:
        whole = article(f"{toll(12)}</p><p>In all, 14 people were injured, the coast guard said.")

    def answer(asked: Asked) -> Said:
        if asked.headers["if-none-match"] == '"1"':
            return Said(status=304)
        end = whole.index("14") if len(room.site.paths()) == 1 else len(whole)
        return Said(whole[:end], headers={"etag": '"1"', "content-type": "text/html"})

    room.site.pages["feed"] = answer
    source = room.source(kind)
    room.poll(source)
    assert room.numbers() == [12]
    room.poll(source, after=HOUR)
    assert room.numbers() == [12, 14]
    room.poll(source, after=HOUR)
    assert room.site.asked[-1].headers["if-none-match"] == '"1"'


def test_validators_are_not_kept_of_what_could_not_be_read(room: Room) -> None:
    room.site.pages["feed"] = Said("<html><body>Back soon</body></html>", headers={"etag": '"1"'})
    polled = room.poll()
    assert polled.error.startswith("a web page (HTML), no feed")
    assert room.kept().memo is None
    assert room.stands().state is State.DEGRADED


def test_a_report_from_the_future_is_read_again_until_the_clocks_agree(room: Room) -> None:
    """Its source says 2087; what is around it is not read again for that."""
    ahead = datetime(2087, 1, 1, tzinfo=UTC)
    items = (Item("a", toll(12), NOON - HOUR), Item("b", toll(14), ahead))
    room.site.pages["feed"] = Said(feed(*items), headers={"etag": '"1"'})
    assert room.poll().reports == 2
    assert room.poll(after=HOUR).reports == 1
    assert "if-none-match" not in room.site.asked[-1].headers
    assert room.numbers() == [12, 14]


def test_a_teaser_is_read_on_its_page_with_the_items_id_and_date(room: Room) -> None:
    url = room.site.url("ferry")
    room.site.pages["feed"] = Said(rss(teaser("guid-1", url)))
    room.site.pages["ferry"] = Said(article(toll(31)), headers={"content-type": "text/html"})
    polled = room.poll()
    assert (polled.reports, polled.trouble) == (1, ())
    assert room.killed() == [("guid-1", 31, NOON)]
    room.poll(after=timedelta(minutes=5))
    assert room.site.paths() == ["feed", "ferry", "feed"]


def test_where_a_page_cannot_be_had_the_teaser_counts_and_the_page_is_asked_again(
    room: Room,
) -> None:
    text = "At least 9 people died when a ferry sank …"
    room.site.pages["feed"] = Said(rss(teaser("guid-1", room.site.url("ferry"), text=text)))
    room.site.pages["ferry"] = Said("busy", 502)
    polled = room.poll()
    (trouble,) = polled.trouble
    assert trouble.startswith(f"{room.site.url('ferry')}: it answered 502 (Bad Gateway)")
    assert room.stands().state is State.DEGRADED
    assert room.numbers() == [9]
    room.site.pages["ferry"] = Said(article(toll(31)), headers={"content-type": "text/html"})
    room.poll(after=HOUR)
    assert room.numbers() == [9, 31]
    assert room.stands().state is State.OK


def test_a_page_behind_a_login_is_asked_once(room: Room) -> None:
    """Its teaser stands for it."""
    room.site.pages["feed"] = Said(rss(teaser("guid-1", room.site.url("ferry"))))
    room.site.pages["ferry"] = Said("subscribe", 401)
    room.poll()
    room.poll(after=HOUR)
    assert room.site.paths().count("ferry") == 1


def test_a_young_page_is_read_again_though_its_feed_does_not_change(room: Room) -> None:
    """Ten minutes after the report and later, on the ladder; an edit is its next version."""
    room.site.pages["feed"] = Said(rss(teaser("guid-1", room.site.url("ferry"))))
    room.site.pages["ferry"] = Said(article(toll(31)), headers={"content-type": "text/html"})
    room.poll()
    room.poll(after=timedelta(minutes=5))
    assert room.site.paths().count("ferry") == 1
    room.site.pages["ferry"] = Said(article(toll(33)), headers={"content-type": "text/html"})
    room.poll(after=timedelta(minutes=6))
    assert room.site.paths().count("ferry") == 2
    assert room.killed() == [
        ("guid-1", 31, NOON),
        ("guid-1", 33, NOON + timedelta(minutes=11)),
    ]
    room.poll(after=3 * DAY)
    assert room.kept().pages == ()


def test_of_many_new_pages_some_wait_for_the_next_poll(room: Room) -> None:
    links = [room.site.url(f"p{n}") for n in range(23)]
    room.site.pages["feed"] = Said(
        rss(*(teaser(f"g{n}", link) for n, link in enumerate(links))), headers={"etag": '"1"'}
    )
    for n in range(23):
        page = article(f"{toll(n + 1)} It was report {n}.")
        room.site.pages[f"p{n}"] = Said(page, headers={"content-type": "text/html"})
    assert room.poll().reports == 20
    assert room.poll(after=timedelta(minutes=5)).reports == 3
    assert sorted(number or 0 for number in room.numbers()) == [*range(1, 24)]


def test_the_next_poll_is_when_the_source_wants_it(room: Room) -> None:
    room.site.pages["feed"] = Said(feed(), headers={"cache-control": "public, max-age=1800"})
    assert room.poll().next_at == NOON + timedelta(minutes=30)
    room.site.pages["feed"] = Said("slow down", 429, {"retry-after": "7200"})
    assert room.poll(after=HOUR).next_at == NOON + 3 * HOUR
    assert room.stands().error.startswith("it answered 429")


def test_failures_in_a_row_back_off_and_the_third_is_told(room: Room) -> None:
    room.endpoints = (DESK,)
    room.site.pages["feed"] = Said("down", 500)
    waits = []
    for _ in range(4):
        polled = room.poll(after=HOUR)
        assert polled.next_at
        waits.append(polled.next_at - room.now)
    five = timedelta(minutes=5)
    assert waits == [five, 2 * five, 4 * five, 8 * five]
    (turned,) = [each.fact for each in room.events("source/wire")]
    assert isinstance(turned, SourceTurned)
    assert (turned.state, turned.was) == (State.FAILING, State.OK)
    room.site.pages["feed"] = Said(feed())
    room.poll(after=HOUR)
    alerts = told(room)
    assert [each["type"] for each in alerts] == ["source.failing", "source.recovered"]
    assert [each["data"]["sequence"] for each in alerts] == [1, 2]
    assert alerts[0]["data"]["why"].startswith("it answered 500")
    assert alerts[1]["data"]["was"] == "failing"


def told(room: Room) -> list[dict[str, Any]]:
    """The alerts in the outbox, in their order."""
    return [json.loads(each.alert.body) for each in reversed(room.log.enqueued())]


def test_an_endpoint_that_does_not_want_to_know_of_sources_is_not_told(room: Room) -> None:
    room.endpoints = (replace(DESK, rules=Rules(sources=False)),)
    room.site.pages["feed"] = Said("gone", 410)
    room.poll()
    assert room.stands().state is State.GONE
    assert told(room) == []


def test_what_is_gone_for_good_is_not_due_any_more(room: Room) -> None:
    room.endpoints = (DESK,)
    room.site.pages["feed"] = Said("gone", 410)
    polled = room.poll()
    assert polled.next_at is None
    assert [each["type"] for each in told(room)] == ["source.gone"]


def test_an_address_that_redirects_for_good_for_six_days_is_rewritten(room: Room) -> None:
    """As a fact in the source's record; its file stays as it is."""
    there = room.site.url("new")
    room.site.pages["feed"] = Said(status=301, headers={"location": "/new"})
    room.site.pages["new"] = Said(feed(Item("a", toll(12), NOON - HOUR)))
    for _ in range(6):
        room.poll(after=DAY)
    assert room.events("source/wire") == []
    room.poll(after=DAY)
    (event,) = room.events("source/wire")
    assert isinstance(event.fact, SourceMoved)
    assert (event.fact.was, event.fact.url) == (room.site.url("feed"), there)
    asked = len(room.site.paths())
    room.poll(after=DAY)
    assert room.site.paths()[asked:] == ["new"]


def test_a_redirect_that_changes_or_ends_is_no_move(room: Room) -> None:
    room.site.pages["new"] = room.site.pages["other"] = Said(feed())
    room.site.pages["feed"] = Said(status=301, headers={"location": "/new"})
    room.poll(after=DAY)
    room.site.pages["feed"] = Said(status=301, headers={"location": "/other"})
    room.poll(after=4 * DAY)
    room.poll(after=4 * DAY)
    assert room.events("source/wire") == []
    room.site.pages["feed"] = Said(feed())
    room.poll(after=DAY)
    memo = room.kept().memo
    assert memo
    assert memo.moved_to == ""


def test_a_source_read_anew_after_a_change_of_its_file_shows_no_sign_of_life(room: Room) -> None:
    """What it showed before is read again, and adds no event and no report to its rhythm."""
    room.site.pages["feed"] = Said(feed(*(Item(str(n), toll(n), NOON - n * HOUR) for n in (9, 8))))
    room.poll()
    before = room.stands()
    polled = room.poll(replace(room.source(), name="The Old Wire"), after=HOUR)
    assert (polled.reports, polled.events) == (2, 0)
    assert room.stands().reported_at == before.reported_at
    assert room.stands().reports == before.reports


def series(*rows: tuple[str, int | None, int | None]) -> str:
    return json.dumps([{"day": day, "dead": dead, "hurt": hurt} for day, dead, hurt in rows])


def test_numbers_that_a_source_states_as_data_stand_as_they_are(room: Room) -> None:
    """A daily series is a history; a corrected row is an edit of that day; nothing is a zero."""
    source = replace(
        room.source(
            "json",
            "daily.json",
            id="day",
            published="day",
            numbers={"killed": "dead", "injured": "hurt"},
        ),
        incident="ferry",
    )
    rows = [("2031-05-04", 12, 30), ("2031-05-05", 15, None)]
    room.site.pages["daily.json"] = Said(series(*rows))
    room.now = NOON + DAY
    assert room.poll(source).reports == 2
    assert room.numbers() == [12, 30, 15]
    assert room.poll(source, after=HOUR).events == 0
    room.site.pages["daily.json"] = Said(series(("2031-05-04", 11, 30), rows[1]))
    assert room.poll(source, after=HOUR).events == 1
    last = room.events()[-1].fact
    assert isinstance(last, FigureReported)
    assert (last.low, last.report, last.version, last.quote) == (11, "2031-05-04", 2, "dead: 11")
    assert len(last.replaces) == 1


def test_an_alert_that_is_cancelled_withdraws_what_it_stated(room: Room) -> None:
    def alert(kind: str, sent: str, identifier: str, text: str, references: str = "") -> str:
        named = f"<references>{references}</references>" if references else ""
        info = (
            "<info><language>en</language><event>Ferry accident</event><urgency>Past</urgency>"
            "<severity>Severe</severity><certainty>Observed</certainty><headline>Ferry accident"
            f"</headline><description>{text}</description></info>"
        )
        return (
            '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
            f"<identifier>{identifier}</identifier><sender>cape</sender><sent>{sent}</sent>"
            f"<status>Actual</status><msgType>{kind}</msgType><scope>Public</scope>{named}{info}"
            "</alert>"
        )

    def entry(text: str) -> str:
        return f"<entry><id>{hash(text)}</id><content type='text/xml'>{text}</content></entry>"

    first = "cape,1,2031-05-05T10:00:00+00:00"
    alerts = (
        alert("Alert", "2031-05-05T10:00:00+00:00", "1", toll(12)),
        alert("Update", "2031-05-05T11:00:00+00:00", "2", toll(14), first),
        alert("Cancel", "2031-05-05T11:30:00+00:00", "3", "Sent in error.", first),
    )
    source = room.source("cap", "alert.xml")
    for each in alerts[:2]:
        room.site.pages["alert.xml"] = Said(each)
        room.poll(source)
    assert room.numbers() == [12, 14]
    room.site.pages["alert.xml"] = Said(alerts[2])
    assert room.poll(source).events == 1
    (withdrawn,) = [each.fact for each in room.events() if isinstance(each.fact, FigureWithdrawn)]
    assert withdrawn.reason == "its report was cancelled"
    assert room.poll(replace(source, name="The Wire again"), after=HOUR).events == 0
    # An index that still shows all three is read anew: what was taken back is not said again.
    index = f"<feed xmlns='http://www.w3.org/2005/Atom'>{''.join(map(entry, alerts))}</feed>"
    room.site.pages["alert.xml"] = Said(index)
    polled = room.poll(replace(source, name="The Index"), after=HOUR)
    assert (polled.reports, polled.events) == (3, 0)


def test_the_history_of_a_page_is_read_back_once_and_in_order(room: Room) -> None:
    """Its past revisions are edits of one report, each at its own time; read anew, none is new."""

    def revision(number: int, at: datetime, dead: int) -> dict[str, object]:
        text = "{{Infobox event\n| name = Ferry accident\n| deaths = " + str(dead) + "\n}}"
        slots = {"main": {"contentmodel": "wikitext", "contentformat": "", "content": text}}
        moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"revid": number, "parentid": number - 1, "timestamp": moment, "slots": slots}

    revisions = [revision(n, NOON - (9 - n) * HOUR, 10 + n) for n in (7, 6, 5)]
    page = {
        "pageid": 1,
        "ns": 0,
        "title": "Ferry accident",
        "pagelanguage": "en",
        "revisions": revisions,
    }
    room.incidents = (replace(FERRY, any_of=("ferry",)),)
    source = room.source("mediawiki", "wiki/Ferry_accident")

    def answer(asked: Asked) -> Said:
        del asked
        body = {"batchcomplete": True, "query": {"pages": [page]}}
        return Said(json.dumps(body), headers={"content-type": "application/json"})

    address = KINDS["mediawiki"].address(source).removeprefix(room.site.url())
    room.site.pages[address] = answer
    polled = room.poll(source)
    assert (polled.error, polled.trouble) == ("", ())
    assert room.numbers() == [15, 16, 17]
    moments = [at for _, _, at in room.killed()]
    assert moments == [NOON - 4 * HOUR, NOON - 3 * HOUR, NOON - 2 * HOUR]
    page["revisions"] = [revision(8, NOON - HOUR, 13), *revisions]
    room.poll(source, after=HOUR)
    assert room.numbers() == [15, 16, 17, 13]
    again = room.poll(replace(source, name="The Page"), after=HOUR)
    assert (again.events, room.numbers()) == (0, [15, 16, 17, 13])
