"""At one registrable domain one request at a time, with a gap after each."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from asking import NOW, run_skipping
from tracker.sources.turns import LANES, SHARED, Paused, Turns, domain_of, public_suffixes

SECOND = timedelta(seconds=1)


def moment() -> datetime:
    return NOW


async def use(
    turns: Turns,
    domain: str,
    told: list[str],
    *,
    name: str = "",
    lasts: float = 3,
    delay: float = 0,
) -> None:
    """Take a turn, and tell when it began and ended, by the seconds of the loop's clock."""
    clock = asyncio.get_running_loop().time
    async with turns.turn(domain, moment, delay):
        told.append(f"{name or domain} from {clock():.0f}")
        await asyncio.sleep(lasts)
        told.append(f"{name or domain} to {clock():.0f}")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.example", "news.example"),
        ("feeds.a.news.example", "news.example"),
        ("www.news.co.uk", "news.co.uk"),
        ("Feeds.NEWS.example.", "news.example"),
        ("cape.github.io", "cape.github.io"),
        ("lorn.github.io", "lorn.github.io"),
        ("github.io", "github.io"),
        ("www.xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("intranet", "intranet"),
        ("192.168.1.7", "192.168.1.7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("", ""),
    ],
)
def test_a_domain_is_what_one_outlet_has_registered(host: str, domain: str) -> None:
    assert domain_of(host) == domain


@pytest.mark.parametrize("domain", sorted(SHARED))
def test_a_shared_domain_is_one_by_the_list(domain: str) -> None:
    """Else the constant would never be asked for it."""
    assert public_suffixes().privatesuffix(f"a.{domain}") == domain


def test_one_domain_is_asked_one_at_a_time_and_others_beside_it() -> None:
    told: list[str] = []

    async def all_at_once() -> None:
        turns = Turns(SECOND)
        await asyncio.gather(
            use(turns, "a", told, name="1"),
            use(turns, "a", told, name="2"),
            use(turns, "b", told, name="3"),
            use(turns, "a", told, name="4"),
        )

    run_skipping(all_at_once())
    assert [each for each in told if not each.startswith("3")] == [
        "1 from 0", "1 to 3", "2 from 4", "2 to 7", "4 from 8", "4 to 11",
    ]  # fmt: skip
    assert [each for each in told if each.startswith("3")] == ["3 from 0", "3 to 3"]


def test_the_larger_of_two_gaps_counts() -> None:
    """That of a host which asks for more is kept before its request, and after it."""
    told: list[str] = []

    async def one_by_one() -> None:
        turns = Turns(SECOND)
        for delay in (0, 20, 0, 0.5):
            await use(turns, "a", told, name="a", lasts=0, delay=delay)

    run_skipping(one_by_one())
    assert told[::2] == ["a from 0", "a from 20", "a from 40", "a from 41"]


def test_no_gap_is_no_gap() -> None:
    told: list[str] = []

    async def one_by_one() -> None:
        turns = Turns(timedelta(0))
        for _ in range(3):
            await use(turns, "a", told, lasts=0)

    run_skipping(one_by_one())
    assert told[::2] == ["a from 0"] * 3


@pytest.mark.parametrize("after", [1, 3.5])
def test_who_goes_away_holds_up_nobody(after: float) -> None:
    """Whether while waiting for the other's request to end, or for the gap after it."""
    told: list[str] = []

    async def with_one_that_goes() -> None:
        turns = Turns(SECOND)
        first = asyncio.create_task(use(turns, "a", told, name="1"))
        await asyncio.sleep(0)
        second = asyncio.create_task(use(turns, "a", told, name="2"))
        third = asyncio.create_task(use(turns, "a", told, name="3"))
        await asyncio.sleep(after)
        second.cancel()
        await asyncio.wait([first, second, third])

    run_skipping(with_one_that_goes())
    assert told == ["1 from 0", "1 to 3", "3 from 4", "3 to 7"]


def test_a_turn_that_ends_badly_is_over_all_the_same() -> None:
    told: list[str] = []

    async def one_by_one() -> None:
        turns = Turns(SECOND)
        with suppress(ValueError):
            async with turns.turn("a", moment):
                raise ValueError
        await use(turns, "a", told)

    run_skipping(one_by_one())
    assert told[0] == "a from 1"


def test_a_domain_that_asks_for_it_is_left_alone_until_then() -> None:
    async def asked(turns: Turns, domain: str, now: datetime) -> None:
        async with turns.turn(domain, lambda: now):
            pass

    async def story() -> None:
        turns = Turns(timedelta(0))
        turns.pause("a", NOW + SECOND)
        turns.pause("a", NOW)
        await asked(turns, "b", NOW)
        with pytest.raises(Paused) as paused:
            await asked(turns, "a", NOW)
        assert paused.value.until == NOW + SECOND
        await asked(turns, "a", NOW + SECOND)
        await asked(turns, "a", NOW)

    asyncio.run(story())


def test_who_waits_when_a_domain_asks_to_be_left_alone_is_told_at_once() -> None:
    async def story() -> None:
        turns = Turns(SECOND)
        async with turns.turn("a", moment):
            waiting = asyncio.create_task(use(turns, "a", []))
            await asyncio.sleep(0)
            turns.pause("a", NOW + SECOND)
        with pytest.raises(Paused):
            await waiting

    asyncio.run(story())


def test_shared_domains_are_never_left_alone_for_one_of_their_outlets() -> None:
    async def story() -> None:
        turns = Turns(timedelta(0))
        turns.pause("feedburner.com", NOW + SECOND)
        async with turns.turn("feedburner.com", moment):
            pass

    asyncio.run(story())


def test_domains_that_are_not_asked_any_more_are_forgotten() -> None:
    async def story() -> None:
        turns = Turns(timedelta(0))
        async with turns.turn("kept", moment):
            for number in range(3 * LANES):
                async with turns.turn(str(number), moment):
                    pass
                turns.pause(str(number), NOW + SECOND)
                assert len(turns) <= LANES
            waiting = asyncio.create_task(use(turns, "kept", told, lasts=0))
            await asyncio.sleep(0)
            assert told == []
        await waiting

    told: list[str] = []
    asyncio.run(story())
