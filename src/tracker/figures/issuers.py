"""Whom a text credits, from its words to an office: one office is one issuer.

The words themselves are found in `attribution.py`. Names that only one incident knows are
aliases of `incidents.toml`, not of this module.
"""

from typing import Final

from tracker.figures.languages import lexicon_of
from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import union
from tracker.figures.tokens import words_of
from tracker.intake import Issuer
from tracker.model import Rank

_MOST_WORDS: Final = 60


def resolve_issuer(words: str, language: str) -> Issuer | None:
    """The office or agency that the words name, with the rank of its kind.

    None where they name no office ("officials", "witnesses", "a police source", a person alone):
    such a voice is the source's own. A place is not part of an office; "provincial", "state" and
    the like are.
    """
    lexicon = lexicon_of(language)
    if lexicon is None:
        return None
    low = words_of(words, lexicon)[:_MOST_WORDS]
    if not lexicon.unnamed.isdisjoint(low):
        return None
    ministry = _ministry(low, lexicon)
    if ministry is not None:
        return Issuer(ministry, Rank.OFFICIAL)
    for name, issuer, rank in lexicon.offices:
        at = _find(low, name)
        if at is None:
            continue
        qualifier = low[at - 1] if at else ""
        if rank is Rank.OFFICIAL and qualifier in lexicon.qualifiers:
            return Issuer(f"{qualifier}-{issuer}", rank)
        return Issuer(issuer, rank)
    return None


def names_office(words: str, lexicon: Lexicon) -> bool:
    """Whether the words hold an office, whichever it is."""
    low = words_of(words, lexicon)[:_MOST_WORDS]
    if any(word in lexicon.ministries for word in low):
        return True
    return any(
        tuple(low[i : i + len(name)]) == name
        for i, word in enumerate(low)
        for name in lexicon.office_names.get(word, ())
    )


def _find(low: list[str], name: tuple[str, ...]) -> int | None:
    for i in range(len(low) - len(name) + 1):
        if low[i] == name[0] and tuple(low[i : i + len(name)]) == name:
            return i
    return None


def _ministry(low: list[str], lexicon: Lexicon) -> str | None:
    """As in "interior-ministry" for "interior minister" and "ministry of the interior"."""
    for at, word in enumerate(low):
        if word not in lexicon.ministries:
            continue
        before = at
        while before and low[before - 1] in lexicon.portfolios:
            before -= 1
        portfolio = _portfolio(low[before:at], lexicon)
        if (
            not portfolio
            and at + 1 < len(low)
            and low[at + 1] in union(lexicon.of, lexicon.of_the, lexicon.for_words)
        ):
            after = at + 2
            while after < len(low) and low[after] in lexicon.the:
                after += 1
            last = after
            while last < len(low) and low[last] in lexicon.portfolios:
                last += 1
            portfolio = _portfolio(low[after:last], lexicon)
        if portfolio:
            return f"{portfolio}-ministry"
    return None


def _portfolio(words: list[str], lexicon: Lexicon) -> str:
    """The first word that tells one ministry from another."""
    names = [lexicon.portfolios[word] for word in words if lexicon.portfolios[word]]
    return names[0] if names else ""
