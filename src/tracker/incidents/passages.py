"""The paragraphs and headlines of a report that are kept, each with the figures stored of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.events import FigureReported
from tracker.projections.ledger import Entry


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or the headline of one version of a report.

    `like` is any figure of that version. `entries` are those stored of the passage, in text
    order; only a headline may be without.
    """

    words: str
    like: FigureReported
    entries: tuple[Entry, ...] = ()

    @property
    def is_headline(self) -> bool:
        return not self.entries or self.entries[0].figure.place < len(self.like.title or "")


def passages_of(version: Iterable[Entry], *, headline_like: FigureReported | None) -> list[Passage]:
    """The kept passages of one version of a report, of which these are the figures.

    Its headline is one of them even if it holds none, where any figure of the version is given to
    know it by. A passage that stands twice in a report is two.
    """
    found: list[tuple[str, list[Entry]]] = []
    for entry in sorted(version, key=lambda each: each.figure.place):
        words = words_of(entry.figure)
        if words is None:
            continue
        for other, own in found:
            if other == words and entry.figure.place - own[0].figure.place < len(words):
                own.append(entry)
                break
        else:
            found.append((words, [entry]))
    passages = [Passage(words, own[0].figure, tuple(own)) for words, own in found]
    if headline_like and not any(each.is_headline for each in passages):
        passages.insert(0, Passage(headline_of(headline_like), headline_like))
    return passages


def words_of(figure: FigureReported) -> str | None:
    """The passage that holds a figure, as far as it is kept; a headline is kept for good."""
    if figure.text is None and figure.place < len(figure.title or ""):
        return headline_of(figure)
    return figure.text


def headline_of(figure: FigureReported) -> str:
    """The headline of a figure's report, as a passage."""
    return (figure.title or "").strip()
