"""The toll frame: "the death toll … has risen to 58", "the number of injured at 130".

It finds the word that links a bare number to the noun that it belongs to; the nouns are found in
`toll_nouns.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.links import Link, leads_to, link_before, link_of
from tracker.figures.phrases import Kind, Phrase
from tracker.figures.placenames import whose
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, after_of, closing_verb, ends_clause, finds, matches_back
from tracker.figures.toll_nouns import COUNT_REACH, TollNouns
from tracker.model import Measure, Qualifier

_REACH: Final = 30
_AFTER: Final = 8
_TITLE: Final = 3
"""How many words before its noun may call a toll earlier: "an earlier official count"."""


@dataclass(frozen=True, slots=True)
class Toll:
    """A number's toll noun: its measure (None = that of the text before), its link."""

    measure: Measure | None
    noun_at: int
    link_at: int
    link: Link


def read_toll(  # noqa: C901 — a table of cases, in the order that decides
    tokens: Tokens,
    numeral: Numeral,
    phrase: Phrase,
    nouns: TollNouns,
    lexicon: Lexicon,
    *,
    used: AbstractSet[int],
    before: tuple[Toll, int] | None,
) -> Toll | None:
    """The toll frame that a number stands in.

    `used` are toll nouns that have a number; `before` is the toll of the number before this
    one, and the token after that number.
    """
    if phrase.kind not in (Kind.BARE, Kind.PEOPLE, Kind.ENTRIES) or numeral.single:
        return None
    passes = any(t.low in lexicon.passing for t in tokens[numeral.first : numeral.first + 2])
    link_at = link_before(tokens, numeral.first, lexicon)
    if link_at < 0 and passes:
        # "Ya superan los 200 los muertos": the toll comes after its verb.
        link_at = numeral.first
    if link_at < 0 or _governed(tokens, link_at, lexicon):
        return None
    hedged = numeral.qualifier is not Qualifier.EXACT and tokens[link_at].low in lexicon.moves
    passes = passes or hedged
    if not (passes or tokens[link_at].low in lexicon.links):
        return _without_link(tokens, numeral.last, link_at, phrase, nouns, lexicon)
    low = tokens[link_at].low
    link = Link.TO if passes else link_of(tokens, link_at, phrase.end, lexicon)
    to = link is Link.TO
    if before is not None and to and _pairs(tokens, before, link_at, lexicon):
        return Toll(before[0].measure, before[0].noun_at, link_at, link)
    own = _that_of(tokens, numeral.last, lexicon) if to else None
    if own is not None:
        return Toll(lexicon.tolls[tokens[own].low], own, link_at, link)
    noun = -1 if to and _names_toll(tokens, numeral.last, lexicon) else nouns.at[link_at]
    moved = passes or _moved(tokens, link_at, phrase.end, lexicon)
    # "Era de 38": the verb reaches farther than its "de".
    of_verb = low in lexicon.of and tokens[link_at - 1].low in lexicon.past_links
    reaching = tokens[link_at - 1].low if of_verb else low
    fits = to or _fits(reaching, link, link_at - noun, lexicon)
    if noun >= 0 and (fits or _headed(tokens, noun, link_at, phrase, lexicon)):
        moved = moved or (link is Link.BY and _moved(tokens, noun, noun, lexicon))
        again = before is not None and _again(tokens, before[0], noun, link_at, lexicon)
        fresh = again or noun not in used or link is Link.FROM or (moved and not passes)
        fresh = fresh or any(t.low in lexicon.past_links for t in tokens[link_at - 1 : link_at + 1])
        if fresh and (link is not Link.BY or moved):
            return Toll(nouns.measures[noun], noun, numeral.first if passes else link_at, link)
    postposed = _postposed(tokens, numeral, link, nouns, lexicon)
    if postposed is not None:
        return Toll(nouns.measures[postposed], postposed, link_at, link)
    if link is Link.FROM and _opens_pair(tokens, phrase.end, link_at, lexicon):
        return Toll(None, link_at, link_at, link)
    weak = _weak(
        tokens, phrase, nouns.weak[link_at], link_at, moved=moved, passes=passes, lexicon=lexicon
    )
    return Toll(None, weak, link_at, link) if weak is not None else None


def _without_link(  # noqa: PLR0917 — what read_toll has
    tokens: Tokens, last: int, link_at: int, phrase: Phrase, nouns: TollNouns, lexicon: Lexicon
) -> Toll | None:
    """The toll of "One more dies, toll 13", "gave 84 as the final number of dead"."""
    low = tokens[link_at].low
    if phrase.kind is Kind.BARE and nouns.measures[link_at] and low in lexicon.toll_words:
        return Toll(nouns.measures[link_at], link_at, link_at, Link.OTHER)
    if low == "," and phrase.kind is Kind.BARE and link_at > 0:
        # "The official toll, 318, has not changed".
        toll, closed = link_at - 1, last < len(tokens) and tokens[last].low == ","
        if closed and tokens[toll].low in lexicon.toll_words and nouns.measures[toll]:
            return Toll(nouns.measures[toll], toll, link_at, Link.OTHER)
    if link_at < 0 or last + 2 >= len(tokens) or tokens[last].low not in lexicon.weak_links:
        return None
    put = low in lexicon.put or low in lexicon.announce
    if not (put and tokens[last + 1].low in lexicon.determiners):
        return None
    near = range(last + 2, min(len(tokens), last + 2 + COUNT_REACH))
    noun = next((k for k in near if nouns.measures[k] is not None), None)
    return Toll(nouns.measures[noun], noun, link_at, Link.OTHER) if noun is not None else None


def _governed(tokens: Tokens, link_at: int, lexicon: Lexicon) -> bool:
    """As in "donde el alud mató a 22": an active verb of fate, whose object the number is."""
    verb = tokens[link_at - 1].low
    told = verb in lexicon.tolls or verb in lexicon.nouns or verb in lexicon.states
    active = verb in lexicon.transitive and verb not in lexicon.claims and not told
    return active and tokens[link_at].low in lexicon.weak_links


def _weak(
    tokens: Tokens,
    phrase: Phrase,
    weak: int,
    link_at: int,
    *,
    moved: bool,
    passes: bool,
    lexicon: Lexicon,
) -> int | None:
    """The mere "number", "it", "claim" that a number belongs to: it counts what was counted."""
    low, end = tokens[link_at].low, phrase.end
    if low in lexicon.of and phrase.kind is Kind.BARE and _is_claim(tokens, link_at - 1, lexicon):
        return link_at - 1
    if weak < 0:
        return None
    near = link_at - weak
    owner = whose(tokens, weak, lexicon) if tokens[weak].low in lexicon.counts else None
    if owner is not None and owner[1] == link_at and low in union(lexicon.be, lexicon.weak_links):
        # "The figure for Arno is 40".
        return weak
    if near <= _AFTER and (moved or link_of(tokens, link_at, end, lexicon) is Link.FROM):
        return weak
    told = any(t.low in lexicon.earlier for t in tokens[max(0, weak - _TITLE) : link_at])
    told = told or (weak > 0 and tokens[weak - 1].low in lexicon.correct)
    loose = passes or low in lexicon.weak_links
    if near <= COUNT_REACH and told and loose:
        return weak
    told = told or _dated(tokens, weak, end, lexicon) or _not_that(tokens, weak, phrase, lexicon)
    stands = low in union(lexicon.auxiliaries, lexicon.now)
    told = told or (stands and _is_official(tokens, weak, phrase, lexicon))
    between = sum(t.low not in lexicon.adverbs for t in tokens[weak + 1 : link_at + 1])
    governed = tokens[link_at - 1].low in lexicon.transitive
    return weak if between <= 2 and (told or loose) and not governed else None


def _is_official(tokens: Tokens, weak: int, phrase: Phrase, lexicon: Lexicon) -> bool:
    """As in "the state's figure has been 93", "the official count remains 41."."""
    if not weak or tokens[weak].low not in lexicon.counts or phrase.kind is not Kind.BARE:
        return False
    owners = union(lexicon.possessive, lexicon.its, lexicon.official)
    owned = tokens[weak - 1].low in owners or tokens[weak + 1].low in lexicon.official
    at_end = phrase.end >= len(tokens) or not tokens[phrase.end].text[0].isalnum()
    return owned and (at_end or tokens[phrase.end].low in lexicon.adverbs)


def _is_claim(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "the figure of 40", "the group's claim of 137": what a known toll is called."""
    if i < 1 or tokens[i].low not in union(lexicon.counts, lexicon.hearsay):
        return False
    owners = union(lexicon.determiners, lexicon.possessive, lexicon.his, lexicon.earlier)
    return any(token.low in owners for token in tokens[max(0, i - 2) : i])


def _dated(tokens: Tokens, weak: int, end: int, lexicon: Lexicon) -> bool:
    """As in "On Tuesday it was 51.": the toll told before, on another day."""
    if weak < 1 or tokens[weak].low not in lexicon.it:
        return False
    opened = any(t.low in lexicon.weekdays for t in tokens[max(0, weak - _TITLE) : weak])
    opened = opened or finds(tokens, 0, weak, lexicon.day_before) is not None
    return opened and (end >= len(tokens) or not tokens[end].text[0].isalnum())


def _not_that(tokens: Tokens, weak: int, phrase: Phrase, lexicon: Lexicon) -> bool:
    """As in "It is 21, not 27": the toll told before, put right."""
    it = tokens[weak].low in lexicon.it and phrase.kind is Kind.BARE
    end = phrase.end
    return it and any(
        matches_back(tokens, k, lexicon.denying) for k in range(end, min(end + 4, len(tokens)))
    )


def _pairs(tokens: Tokens, before: tuple[Toll, int], link_at: int, lexicon: Lexicon) -> bool:
    """Whether this "to" goes on from the number before: "from 47 to 42", "by 11 to 42"."""
    end = link_at - 1 if tokens[link_at - 1].low == "," else link_at
    moves = before[0].link in (Link.FROM, Link.BY)
    return moves and (before[1] == end or leads_to(tokens, before[1], lexicon) == link_at)


def _again(tokens: Tokens, before: Toll, noun: int, link_at: int, lexicon: Lexicon) -> bool:
    """As in "put at 47 by the army and at 62 by the police": two numbers of one toll."""
    joined = _joins_places(tokens, link_at, lexicon)
    return joined and before.noun_at == noun and tokens[before.link_at].low == tokens[link_at].low


def _joins_places(tokens: Tokens, link_at: int, lexicon: Lexicon) -> bool:
    """Whether "and", or "and in Besland", "and Besland's", ends at the link."""
    for i in range(link_at - 1, max(-1, link_at - COUNT_REACH), -1):
        low = tokens[i].low
        if low in lexicon.joins:
            return True
        name = tokens[i].text[0].isupper() or low in lexicon.possessive
        if not name and low not in union(lexicon.settings, lexicon.determiners):
            return False
    return False


def _opens_pair(tokens: Tokens, end: int, link_at: int, lexicon: Lexicon) -> bool:
    """As in "had gone from 58 to 47": a move of whatever the text counts."""
    return (
        end + 1 < len(tokens)
        and tokens[end].low in lexicon.to_words
        and _moved(tokens, link_at, end, lexicon)
    )


def _fits(low: str, link: Link, distance: int, lexicon: Lexicon) -> bool:
    """A verb or "from" reaches far; "of" and a colon bind only what stands beside them."""
    return distance <= (_REACH if link is Link.FROM else lexicon.link_reach.get(low, _REACH))


def _headed(tokens: Tokens, noun: int, link_at: int, phrase: Phrase, lexicon: Lexicon) -> bool:
    """As in "Deaths as of Monday: 12", "Number of people in hospital: 34.", told by no verb."""
    if tokens[link_at].low != ":" or not ends_clause(tokens, phrase.end - 1):
        return False
    title = tokens[noun + 1 : link_at]
    verbs = union(lexicon.auxiliaries, lexicon.relative)
    plain = not any(t.low in verbs or t.low in lexicon.moves for t in title)
    return plain and link_at - noun <= _AFTER


def _moved(tokens: Tokens, link_at: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a word of motion stands just before the link, "increased to", or closes the clause
    of a number that ends at `end`.
    """
    near = (
        *range(max(0, link_at - 5), link_at + 1),
        *range(end, closing_verb(tokens, end, lexicon)),
    )
    return any(tokens[k].low in lexicon.moves or tokens[k].low in lexicon.put for k in near)


def _that_of(tokens: Tokens, i: int, lexicon: Lexicon) -> int | None:
    """The noun of "elevó a 173 el número de muertos y a 600 | el de heridos"."""
    if i + 2 >= len(tokens) or tokens[i].low not in lexicon.the:
        return None
    noun = i + 1 + after_of(tokens, i + 1, lexicon)[0]
    told = i + 1 < noun < len(tokens) and tokens[noun].low in lexicon.tolls
    return noun if told else None


def _names_toll(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "bringing to eight the number of dead": the noun before is of something else."""
    if i + 1 >= len(tokens) or tokens[i].low not in lexicon.the:
        return False
    named = union(lexicon.counts, lexicon.toll_words)
    return any(token.low in named for token in tokens[i + 1 : i + 3])


def _postposed(
    tokens: Tokens, numeral: Numeral, link: Link, nouns: TollNouns, lexicon: Lexicon
) -> int | None:
    """As in "revised from 47 to 42 the death toll": the noun after its numbers."""
    if link is Link.OTHER and tokens[numeral.first - 1].low not in lexicon.weak_links:
        return None
    # "Risen to 42 as two succumbed to their injuries": only its own verb ties a weak link.
    reach = 2 if link is Link.OTHER else 6
    near = range(max(0, numeral.first - reach), numeral.first + 1)
    if not any(tokens[k].low in lexicon.put or tokens[k].low in lexicon.moves for k in near):
        return None
    for k in range(numeral.last, min(len(tokens), numeral.last + _AFTER)):
        if tokens[k].low in lexicon.clause_words or tokens[k].low == ";":
            return None
        if nouns.measures[k] is not None:
            return k
    return None
