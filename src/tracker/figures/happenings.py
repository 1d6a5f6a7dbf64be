"""Rules for a number of another happening than the text's own, or of a longer time than its day.

A number that the text tells of an earlier time of the same happening is in `earlier.py`.
"""

from typing import Final

from tracker.figures.clauses import WINDOW, Context, past_year, year_reaches
from tracker.figures.earlier import day_before
from tracker.figures.increments import brings
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, matches
from tracker.model import Measure, Role

_DEFINITE: Final = 3
"""How many words before its noun may tell whether a happening is a known one."""
_HAD: Final = 3
"""How many words ", which had" has."""
_SINCE: Final = 3
"""How many words before a year "since the truce of" may have."""
_SUPERLATIVE: Final = 8
"""How many words "the deadliest air accident in the country since" may have."""
OF_A_YEAR: Final = "a toll of its year"
OF_A_TIME: Final = "of a time before"
EXECUTED: Final = "executed for it"
AFTER: Final = "days after that happening"


def other_event(c: Context) -> bool:
    m, lexicon = c.mention, c.lexicon
    if _since_another(c) or _worst_since(c):
        return True
    at = _elsewhere(c)
    if at is not None and not _dates(c, at):
        return True
    if m.numeral.single and c.finds(c.left - 3, c.left, lexicon.day_after) is not None:
        return True
    if m.toll is None and _after_another(c):
        return True
    named = max((r.mention.first for r in c.before if r.why == OF_A_YEAR), default=0)
    for i in range(max(named, m.first - WINDOW), m.numeral.first):
        if past_year(c.tokens, i, lexicon) and year_reaches(c, i):
            return True
    right = next(
        (i for i in range(m.last, c.right) if c.tokens[i].low in lexicon.relative), c.right
    )
    if m.bond is Bond.VERB and c.tokens[min(m.last, right - 1)].low.endswith(lexicon.verb_endings):
        # "Hangs a man convicted in 2019": the year is of the second verb.
        right = m.last
    return any(
        past_year(c.tokens, i, lexicon) and not c.has(lexicon.since, i - _SINCE, i)
        for i in range(m.last, right)
    )


def executed_for_it(c: Context) -> bool:
    """As in "executed a man for his part in the bombing that killed 40": no dead of the bombing."""
    m, lexicon = c.mention, c.lexicon
    if m.toll is not None or c.place + 1 == len(c.mentions):
        return False
    crime = c.mentions[c.place + 1]
    return (
        m.measure is crime.measure is Measure.KILLED
        and (m.numeral.low or 0) < (crime.numeral.low or crime.numeral.high or 0)
        and c.has(lexicon.executing, m.first, m.last)
        and c.has(lexicon.punished, m.numeral.last, crime.numeral.first)
    )


def of_a_time(c: Context) -> bool:
    """As in "a week earlier 12 people died", "killed 12 people last month"."""
    m = c.mention
    if m.toll is not None or brings(c):
        # "The bomb hours before had killed four, which brings the toll to 35".
        return False
    if day_before(c):
        return m.listed_after is None or c.before[m.listed_after].role is not Role.EARLIER
    dates = c.has(c.lexicon.years, c.left - 3, c.right)
    return dates and _elsewhere(c) is not None


def _elsewhere(c: Context) -> int | None:
    """Where the clause names another place or time: "in another town", "last month"."""
    right = min(c.right, c.mention.last + 12)
    at = c.finds(c.left - 3, right, c.lexicon.elsewhere) if c.mention.toll is None else None
    return None if at is not None and c.has(c.lexicon.possessive, at + 2, at + 3) else at


def _dates(c: Context, at: int) -> bool:
    """Whether the words of another time only date: "last month", not "days after another"."""
    words = c.tokens[at : at + matches(c.tokens, at, c.lexicon.elsewhere)]
    another = union(c.lexicon.another, c.lexicon.others)
    return any(t.low in c.lexicon.years for t in words) and not any(t.low in another for t in words)


def of_a_known_happening(c: Context) -> bool:
    """As in "the collapse that killed 23", "the bombings a week ago killed 40", "the 58 people
    killed a year ago": the text takes it that the reader knows it.

    A sentence that the time opens, "Last month, gunmen killed 12", tells of another.
    """
    m, lexicon = c.mention, c.lexicon
    if c.has(lexicon.the, m.first - 1, m.numeral.first):
        return True
    if lexicon.happenings.isdisjoint(c.lows):
        return False
    nouns = range(max(c.left - _DEFINITE, m.first - WINDOW, 0), min(c.right, len(c.tokens)))
    return any(c.tokens[i].low in lexicon.happenings and _is_known(c, i) for i in nouns)


def _is_known(c: Context, i: int) -> bool:
    """As in "the mine collapse", "nell'incendio", "Arno's bombings"."""
    lexicon = c.lexicon
    the = union(lexicon.the, lexicon.of_the, lexicon.possessive, lexicon.sites_the, lexicon.his)
    for k in range(i - 1, max(-1, i - 1 - _DEFINITE), -1):
        token = c.tokens[k]
        if token.low in the:
            return True
        if token.low in union(lexicon.articles, lexicon.another, lexicon.prepositions):
            return False
    return False


def tells_anew(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether a sentence brings up another happening: "a bus plunged", "a second blast"."""
    new = union(lexicon.articles, lexicon.another)
    for i, token in enumerate(tokens):
        if token.low not in lexicon.happenings and not _does(tokens, i, lexicon):
            continue
        for before in reversed(tokens[max(0, i - _DEFINITE) : i]):
            if before.low in new or before.low in lexicon.ordinals:
                return True
            if not before.text[0].isalpha() or before.low in lexicon.the:
                break
    return False


def _does(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "a bus | overturned": not "according to a count | by the agency"."""
    if tokens[i].low not in lexicon.not_people or i + 1 >= len(tokens):
        return False
    small = union(lexicon.prepositions, lexicon.stops, lexicon.determiners, lexicon.joins)
    return tokens[i + 1].text[0].islower() and tokens[i + 1].low not in small


def _after_another(c: Context) -> bool:
    """As in "a day after a blast in Besk killed 32": not "after the blast", the one at hand."""
    at = _day_after(c)
    if at is None:
        return False
    told = [r for r in c.before if r.role is not Role.OTHER_EVENT]
    alone = not told and c.place + 1 == len(c.mentions)
    return not alone and _is_new(c, at)


def _is_new(c: Context, at: int) -> bool:
    return c.has(union(c.lexicon.articles, c.lexicon.another), at + 2, at + 4)


def after_a_happening(c: Context) -> bool:
    """As in "a week after the crash that killed 14", "weeks after the storm, in which 24 died"."""
    at = _day_after(c) if c.mention.toll is None and not brings(c) else None
    return at is not None and not _is_new(c, at)


def _day_after(c: Context) -> int | None:
    """Where "a week after" stands before a number of that happening's."""
    m = c.mention
    at = c.finds(max(c.left - 3, m.first - WINDOW), m.first, c.lexicon.day_after)
    if at is None:
        return None
    # "A week after the crash, 14 were dead", not "…, in which 14 died".
    commas = (i for i in range(at, m.first) if c.tokens[i].low == ",")
    parted = any(not c.has(c.lexicon.relative, i + 1, i + 3) for i in commas)
    return None if parted or any(r.mention.first > at for r in c.before) else at


def _since_another(c: Context) -> bool:
    """As in "the deadliest since the one in Arlo, which had killed 86"."""
    m, lexicon = c.mention, c.lexicon
    near = range(max(0, m.first - _HAD), m.numeral.first)
    had = next((i for i in near if c.tokens[i].low in lexicon.had), 0)
    if had < _HAD or not c.has(lexicon.relative, had - 2, had) or c.tokens[had - 2].low != ",":
        return False
    first = had - _HAD
    while first > max(0, had - WINDOW) and c.tokens[first].text[0] not in ",;:.":
        if c.tokens[first].low in lexicon.since:
            one = union(lexicon.determiners, lexicon.them, lexicon.it)
            return c.tokens[first + 1].low in one
        first -= 1
    return False


def _worst_since(c: Context) -> bool:
    """As in "the worst since the Besk disaster, in which 256 people died"."""
    m, lexicon = c.mention, c.lexicon
    related = False
    for i in range(m.first - 1, max(0, m.first - WINDOW), -1):
        low = c.tokens[i].low
        if low in lexicon.clause_marks:
            return False
        after = c.tokens[i + 1 : i + 3]
        if low == "," and all(t.low not in lexicon.relative for t in after):
            return False
        related = related or low in lexicon.relative
        if low in lexicon.since:
            return related and c.has(lexicon.superlatives, i - _SUPERLATIVE, i)
    return False


def of_a_year(c: Context) -> bool:
    """As in "raised the toll of the 2017 fire to 60": the year names what the text is about."""
    toll, lexicon = c.mention.toll, c.lexicon
    if toll is None or not any(
        past_year(c.tokens, i, lexicon) for i in range(toll.noun_at + 1, toll.link_at)
    ):
        return False
    told = {t.low for t in c.tokens[max(c.left, toll.noun_at - 5) : toll.link_at + 1]}
    return not told.isdisjoint((lexicon.moves.keys() | lexicon.put) - lexicon.say)


def background(c: Context) -> bool:
    left = c.mention.first
    while left > c.left and c.tokens[left - 1].low != ",":
        left -= 1
    return (
        c.finds(left, c.right + 6, c.lexicon.background) is not None
        or _since_a_year(c)
        or c.finds(0, 2, c.lexicon.background) is not None
    )


def _since_a_year(c: Context) -> bool:
    """As in "has cost 65,000 lives since 1983": not "the deadliest attack since 1983"."""
    since = c.mention.last
    return c.has(c.lexicon.since, since, since + 1) and any(
        past_year(c.tokens, i, c.lexicon) for i in range(since + 1, min(len(c.tokens), since + 3))
    )
