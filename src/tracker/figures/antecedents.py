"""What words that name no place point back to: "there", "in the city", "in his country"; and
where a country's own office counts.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from tracker.figures.issuers import names_office, resolve_issuer
from tracker.figures.lexicon import Lexicon
from tracker.figures.localities import HIS, THE, read_locality
from tracker.figures.placenames import name_of, names_in, words_of
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, tokenise

_BACK: Final = 4
"""How many sentences back a place may have been named."""
_TITLE: Final = 5
"""How many words "the president of" may have."""
_SUBJECT: Final = 12
"""How many words a subject and its verb may have."""
_LONGEST: Final = 3
"""Words of a bare name."""
_HOME: Final = frozenset(
    {
        *("government", "civil-protection", "civil-defence", "emergency-services"),
        *("disaster-agency", "disaster-ministry", "emergency-ministry", "rescue-agency"),
        *("health-ministry", "interior-ministry", "home-ministry", "internal-ministry"),
        *("coroner", "information-ministry"),
    }
)
"""Offices that count the dead of their own country: no army, no foreign ministry, no leader."""


def antecedent(
    told: Sequence[Tokens], sentence: int, at: int, pointer: str, lexicon: Lexicon
) -> str | None:
    """The place that the pointer at token `at` of the sentence means; None where that is not clear.

    `pointer` is HIS for the country of whoever was named by it, THE for the only place of the
    paragraph, else a word like "there" for the last one.
    """
    first = max(0, sentence - _BACK)
    before = [*told[first:sentence], told[sentence][:at]]
    sites, owners = list[str](), list[str]()
    for tokens in before:
        for place, owner in _named(tokens, lexicon):
            sites.append(place)
            if owner:
                owners.append(place)
    if pointer == HIS:
        return owners[-1] if owners else None
    if pointer == THE:
        return sites[0] if len({site.lower() for site in sites}) == 1 else None
    return sites[-1] if sites else _only_name(before, lexicon)


def _named(tokens: Tokens, lexicon: Lexicon) -> Iterator[tuple[str, bool]]:
    """The places that a stretch names, and whether as whose an office is: "Arno's president"."""
    found: list[tuple[int, str, bool]] = []
    for i in range(len(tokens)):
        place = read_locality(tokens, i, lexicon)
        if place is not None:
            found += [(i, name, False) for name in place.names]
    for first, end in names_in(tokens, lexicon):
        if _owns(tokens, first, end, lexicon):
            found.append((first, words_of(tokens, first, end), True))
    return ((name, owner) for _, name, owner in sorted(found))


def _owns(tokens: Tokens, first: int, end: int, lexicon: Lexicon) -> bool:
    """As in "Arno's government", "el presidente de Arno"."""
    if end < len(tokens) and tokens[end].low in lexicon.possessive:
        return names_office(" ".join(t.text for t in tokens[end + 1 : end + _TITLE]), lexicon)
    last = first
    while last > 0 and tokens[last - 1].low in lexicon.determiners:
        last -= 1
    of = last > 0 and tokens[last - 1].low in union(lexicon.of, lexicon.of_the)
    if of and _is_portfolio(tokens, first, end, last - 1, lexicon):
        return False
    title = tokens[max(0, last - _TITLE) : last - 1] if of else ()
    return names_office(" ".join(t.text for t in title), lexicon)


def _is_portfolio(tokens: Tokens, first: int, end: int, of: int, lexicon: Lexicon) -> bool:
    """As in "el ministerio de Sanidad": what a ministry is of, unless that was told before."""
    if any(token.low in lexicon.portfolios for token in tokens[first:end]):
        return True
    told = of > 1 and tokens[of - 2].low in lexicon.portfolios
    return of > 0 and tokens[of - 1].low in lexicon.ministries and not told


def _only_name(before: Sequence[Tokens], lexicon: Lexicon) -> str | None:
    """As in "Arno reported that 80 had died there": the only name, of its sentence or the last."""
    for tokens in reversed(before[-2:]):
        names = {
            words_of(tokens, first, end)
            for first, end in names_in(tokens, lexicon)
            if first or _heads(tokens, end, lexicon)
        }
        if names:
            return names.pop() if len(names) == 1 else None
    return None


def _heads(tokens: Tokens, end: int, lexicon: Lexicon) -> bool:
    """Whether the word that opens a sentence is its subject: "Arno has declared"."""
    verbs = union(lexicon.auxiliaries, lexicon.have, lexicon.say, lexicon.announce)
    return end < len(tokens) and tokens[end].low in verbs


def of_an_office(
    tokens: Tokens, first: int, issuer: str | None, lexicon: Lexicon, *, owns: bool
) -> str | None:
    """The place whose own office tells the number at `first`, where its sentence names no other:
    "Arno's disaster agency"; or the place itself, where it has a toll: "Arno has raised its toll".
    """
    if issuer is None:
        name = _of_who_counts(tokens, first, lexicon)
    else:
        name = _of_issuer(tokens, first, issuer, lexicon, owns=owns)
    if name is None:
        return None
    return None if _names_another(tokens, first, name, lexicon) else name


def _names_another(tokens: Tokens, first: int, name: str, lexicon: Lexicon) -> bool:
    """Whether the words between the semicolons around a number name another place."""
    left = next((i for i in range(first, -1, -1) if tokens[i].low == ";"), 0)
    right = next((i for i in range(first, len(tokens)) if tokens[i].low == ";"), len(tokens))
    for i in range(left, right):
        place = read_locality(tokens, i, lexicon)
        if place is not None and place.names and name not in place.names:
            return True
    words = tokens[left:right]
    return any(
        end < len(words) and words[end].low in lexicon.possessive
        for start, end in names_in(words, lexicon)
        if words_of(words, start, end) != name
    )


def _of_issuer(
    tokens: Tokens, first: int, issuer: str, lexicon: Lexicon, *, owns: bool
) -> str | None:
    words = tuple(tokenise(issuer, 0, len(issuer), lexicon))
    lows = tuple(word.low for word in words)
    ties = union(lexicon.possessive, lexicon.of, lexicon.of_the)
    if not (owns or not ties.isdisjoint(lows)):
        return None
    told = (i for i in range(len(tokens)) if tokens[i].low == lows[0])
    at = next((i for i in told if tuple(t.low for t in tokens[i : i + len(lows)]) == lows), None)
    if at is None:
        return None
    parted = tokens[at + len(lows) : first] if at < first else tokens[first:at]
    if any(token.low in lexicon.clause_words or token.low == ";" for token in parted):
        return None
    if owns and (name := _bare(words, lexicon)) is not None:
        return name
    return _home(words, lexicon)


def _home(words: Tokens, lexicon: Lexicon) -> str | None:
    """The place whose own office the words name: "Arno" of "Arno's health ministry"."""
    name = next((place for place, owner in _named(words, lexicon) if owner), None)
    if name is None:
        return None
    office = resolve_issuer(" ".join(word.text for word in words), lexicon.language)
    return name if office is not None and office.id in _HOME else None


def _of_who_counts(tokens: Tokens, first: int, lexicon: Lexicon) -> str | None:
    """As in "Arno's health ministry counted 12 dead": the subject of the verb at hand."""
    last = first
    floor = max(0, first - _SUBJECT)
    if lexicon.confirming.isdisjoint([token.low for token in tokens[floor:first]]):
        return None
    while last > floor and tokens[last - 1].low not in lexicon.confirming:
        last -= 1
    words = tokens[floor : last - 1] if last > floor else ()
    inner = "'’-"
    marks = [i for i, t in enumerate(words) if not (t.text[0].isalnum() or t.text[0] in inner)]
    words = words[marks[-1] + 1 :] if marks else words
    return _home(words, lexicon) if words else None


def _bare(words: Tokens, lexicon: Lexicon) -> str | None:
    """The words if they are nothing but a name, and no row of initials."""
    whole = name_of(words, 0, lexicon) == len(words) <= _LONGEST
    initials = any(word.text.isupper() and len(word.text) > 1 for word in words)
    return words_of(words, 0, len(words)) if whole and not initials else None
