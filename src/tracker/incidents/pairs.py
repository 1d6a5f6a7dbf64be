"""Which figure, of those read in a passage before, has its place taken by which one read now.

It matters where a figure was withdrawn: those that take its place are withdrawn with it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tracker.events import FigureReported
from tracker.model import Qualifier
from tracker.projections.ledger import Entry


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each figure that reads otherwise with those in its place, and those that are only new.

    A figure has none in its place where nothing is read any more.
    """

    otherwise: tuple[tuple[Entry, tuple[FigureReported, ...]], ...]
    new: tuple[FigureReported, ...]


def begin_of(before: Sequence[Entry], now: Sequence[FigureReported], words: str) -> int:
    """The offset in headline and text at which a passage begins, going by the figures in it.

    `place` of those read `now` is the offset in the passage's words. Where no number is found
    again in its sentence, the offset is too large by less than a sentence.
    """
    votes = [
        Counter(
            old.figure.place - new.place
            for old in before
            for new in now
            if alike(old.figure, new) and _in_its_sentence(old.figure, new, words)
        )
        for alike in (_of_one_number, _of_one_measure)
    ]
    first = before[0].figure
    about = first.place - max(words.find(first.quote or ""), 0)
    decisive = next(filter(None, votes), Counter([about]))
    title = f"{first.title}\n\n" if first.title else ""
    return max(decisive.most_common(1)[0][0], len(title))


def pair(
    before: Sequence[Entry], now: Iterable[FigureReported], words: str, begin: int, absent: set[str]
) -> Pairs:
    """Pair the figures read `before` in a passage that begins there with those read `now`.

    `absent` are ids of figures that the last reading no longer found. A figure's successor stands
    in its sentence: at its place, or else it reads the same, has its number, or its measure.
    """
    free = list(now)
    successors: dict[str, list[FigureReported]] = {each.event.id: [] for each in before}
    for alike in (_at_one_place, _read_alike, _of_one_number, _of_one_measure):
        for entry in before:
            old = replace(entry.figure, place=entry.figure.place - begin)
            found = None if successors[entry.event.id] else _nearest(old, free, words, alike)
            if found is not None:
                free.remove(found)
                successors[entry.event.id].append(found)
    otherwise = [
        each
        for each in before
        if each.event.id in absent
        or not any(_read_alike(each.figure, own) for own in successors[each.event.id])
    ]
    ranges = [
        each
        for entry in otherwise
        for each in successors[entry.event.id]
        if each.qualifier is Qualifier.RANGE
    ]
    for entry in otherwise:
        own = successors[entry.event.id]
        if own:
            # Of one number that counts two things ("scores killed and injured"), both.
            twins = [each for each in free if each.place == own[0].place]
            free = [each for each in free if each not in twins]
            own += twins
        else:
            # Two numbers that are read as one range by now have one successor.
            own += [each for each in ranges if _of_one_number(entry.figure, each)][:1]
    return Pairs(tuple((each, tuple(successors[each.event.id])) for each in otherwise), tuple(free))


def _nearest(
    old: FigureReported,
    free: Iterable[FigureReported],
    words: str,
    alike: Callable[[FigureReported, FigureReported], bool],
) -> FigureReported | None:
    found = (each for each in free if alike(old, each) and _in_its_sentence(old, each, words))
    return min(found, key=lambda each: abs(each.place - old.place), default=None)


def _at_one_place(old: FigureReported, new: FigureReported) -> bool:
    return old.place == new.place


def _read_alike(old: FigureReported, new: FigureReported) -> bool:
    """Whether the same is read; place and quote only tell where that is."""
    return (old.shape, old.places, old.move, old.issuer, old.issuer_id, old.issuer_rank) == (
        new.shape,
        new.places,
        new.move,
        new.issuer,
        new.issuer_id,
        new.issuer_rank,
    )


def _of_one_number(old: FigureReported, new: FigureReported) -> bool:
    return bool({old.low, old.high, old.word} & {new.low, new.high, new.word} - {None})


def _of_one_measure(old: FigureReported, new: FigureReported) -> bool:
    return old.measure is new.measure


def _in_its_sentence(old: FigureReported, new: FigureReported, words: str) -> bool:
    """Whether a figure read now stands in the sentence that was quoted for an old one."""
    sentence = old.quote or ""
    begins = words.find(sentence)
    return new.quote == sentence or 0 <= begins <= new.place < begins + len(sentence)
