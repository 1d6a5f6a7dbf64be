"""What a role rule may look at: a mention, its clause, and the figures before it."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond, Mention
from tracker.figures.tables import Phrases, Words, union
from tracker.figures.tokens import Tokens, finds
from tracker.model import Move, Role

_PLACE: Final = 5
"""How many words "in Arland" may have."""
_DATE: Final = 4
"""How many words before its year a date that opens a sentence may have."""
WINDOW: Final = 40
"""How many words around a number a rule may look at."""


class Hint(Enum):
    """What the words around a number say of it that only the paragraph can weigh."""

    MONTH = auto()
    """As in "in July": news of today gives its day."""
    LASTING = auto()
    """As in "since June", "in the civil war": the running toll of something long."""
    SEPARATE = auto()
    """As in "in an unrelated attack"."""
    REMAINING = auto()
    """As in "the other four", "five are still missing"."""
    YEAR = auto()
    """As in "In June 2023, two women were killed"."""
    FOLLOWS = auto()
    """As in "the raid follows an ambush in which 16 died"."""
    TOLD = auto()
    """Somebody tells it: "counted eight dead"."""
    DAYTIME = auto()
    """As in "by evening", "in the morning"."""
    DATED = auto()
    """Its date follows it: "17 on the 9th"."""
    GIVEN = auto()
    """As in "the figure of 50 given on Sunday": told then."""
    BRINGS = auto()
    """As in "That makes 27 dead"."""
    KNOWN = auto()
    """As in "the collapse that killed 23": a happening that the reader is taken to know."""
    BY_THEN = auto()
    """As in "had counted 34 by late evening"."""
    BEFORE = auto()
    """As in "The storm had killed 15 in Greland last week", which nobody is quoted with."""
    CLAIMED = auto()
    """As in "the army claims to have killed 40"."""


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a place, tokens[first:last], and the name in lower case that tells it.

    No words, where the place is named elsewhere in the paragraph.
    """

    first: int
    last: int
    name: str
    names: tuple[str, ...] = ()
    """The proper names in the text's own words: more than one where they are taken together."""
    pointer: str | None = None
    """How the words point back to a place named before: see `localities.py`."""
    frame: bool = False
    """It stands before what is told of it: "In Arno, 12 people died"."""
    kind: bool = False
    """Its words tell what kind of place it is: "in the city of Arno"."""
    shared: bool = False
    """It is told beside another number, with which this one is joined."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A mention with its role, the rule that gave it, and the move that the text states."""

    mention: Mention
    role: Role
    why: str
    move: Move | None = None
    of_wounds: bool = False
    corrects: bool = False
    """It takes the place of whatever larger toll was told before."""
    sentence: int = 0
    weekday: int | None = None
    """The day that its clause names, as a number of the week."""
    was: bool = False
    """As in "i morti erano 20": told of a time before."""
    bracketed: bool = False
    """As in "30 dead (12 children)"."""
    placed: bool = False
    """As in "eight in one town": its place follows."""
    whole: bool = False
    """Its noun, or a colon after it, leaves open of whom it is the whole."""
    of_one_place: bool = False
    """As in "in Arlo alone, 20 people died"."""
    hints: frozenset[Hint] = frozenset()
    where: Place | None = None
    some: bool = False
    """As in "four of the pupils died": fewer than a larger number of the text."""
    in_all: bool = False
    """As in "in all, 50 people died": of the whole, whatever place is told beside it."""
    happens: bool = False
    """Its clause names what happened."""
    anew: bool = False
    """Its clause brings up a happening of its own: "a bomb killed five in Besk"."""
    other_place: bool = False
    """As in "17 died elsewhere in the east", "in neighbouring towns"."""
    scoped: bool = False
    """Its place is its scope: other places have numbers of their own beside it."""
    risen: bool = False
    """As in "the toll has since risen to 42": whatever smaller one was told before is left."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at: the sentence, and the clause tokens[left:right]."""

    tokens: Tokens
    lows: tuple[str, ...]
    """The words of the sentence in lower case, so that a rule looks at many at once."""
    mention: Mention
    mentions: list[Mention]
    place: int
    left: int
    right: int
    before: list[Reading]
    lexicon: Lexicon

    def has(self, words: Words, first: int, last: int) -> bool:
        """Whether one of the words is in tokens[first:last]."""
        first = max(0, first)
        return last > first and not words.isdisjoint(self.lows[first:last])

    def finds(self, first: int, last: int, table: Phrases) -> int | None:
        """Where in tokens[first:last] a phrase of the table begins; None = nowhere."""
        first = max(0, first)
        if last <= first or not table or table.keys().isdisjoint(self.lows[first:last]):
            return None
        return finds(self.tokens, first, last, table)


def clause_of(tokens: Tokens, mention: Mention, lexicon: Lexicon) -> tuple[int, int]:
    """The clause around a mention, as tokens[left:right]."""
    left = mention.first
    while left > max(0, mention.first - WINDOW) and not _parts(tokens, left - 1, lexicon):
        left -= 1
    right = mention.last
    while right < min(len(tokens), mention.last + WINDOW) and not _ends(tokens, right, lexicon):
        right += 1
    return left, right


def _parts(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether a clause begins after token i."""
    low = tokens[i].low
    if i and tokens[i - 1].low in lexicon.branding and low in lexicon.clause_words:
        # "Dismissed as rumours": no clause of its own.
        return False
    return (
        low in lexicon.clause_marks
        or low in lexicon.clause_words
        or (low == "," and i + 1 < len(tokens) and tokens[i + 1].low in lexicon.relative)
    )


def _ends(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    low = tokens[i].low
    return (
        low == ","
        or low in lexicon.clause_marks
        or low in lexicon.clause_words
        or (low in lexicon.joins)
    )


def past_year(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """A year given as a date of its own: "in 2008", "since May 2011", "the 2010 quake"."""
    text = tokens[i].text
    if not (len(text) == 4 and text.isdigit() and text[:2] in ("18", "19", "20")):
        return False
    if lexicon.bare_years and (i == 0 or tokens[i - 1].low not in lexicon.months):
        return i + 1 == len(tokens) or tokens[i + 1].low not in lexicon.people
    if i == 0:
        return False
    before = tokens[i - 1].low
    if before == "," and i > 3 and tokens[i - 2].text.isdigit():
        # "The storm of May 3, 1999,".
        return tokens[i - 3].low in lexicon.months and tokens[i - 4].low in lexicon.year_before
    if before in lexicon.months and i > 2 and tokens[i - 2].text.isdigit():
        # "Les attentats du 8 mai 1997".
        return tokens[i - 3].low in union(lexicon.year_before, lexicon.of_the)
    if before in lexicon.months:
        return i > 1 and tokens[i - 2].low in lexicon.year_before
    return before in lexicon.year_before


def year_reaches(c: Context, year: int) -> bool:
    """Whether a year before a number dates it: no comma between but one of "when", "which"."""
    for i in range(year + 1, c.mention.first):
        low = c.tokens[i].low
        if low == ";" and c.has(c.lexicon.his, i + 1, i + 5):
            # "X was killed in 2020; at his funeral a stampede killed 56".
            continue
        if low in c.lexicon.clause_marks or low == ":":
            return False
        aside = i == year + 1 and (c.tokens[year - 2].low == "," or _was_then(c, year))
        if low == "," and year > 1 and not aside and not _goes_on(c.tokens, i + 1, c.lexicon):
            return False
    return True


def _was_then(c: Context, year: int) -> bool:
    """As in "On 7 May 1997, a fire in Arlo had killed 60"."""
    if year <= _DATE and c.has(c.lexicon.had, year, c.mention.numeral.first):
        return True
    # "At a burial in Arlo in 2020, a stampede killed 56": no day of its own.
    day = any(t.low in c.lexicon.months or t.low == "," for t in c.tokens[:year])
    return not day and c.tokens[0].low in c.lexicon.prepositions


def _goes_on(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether no new clause begins at i: "when", "killing", "in Arland, where"."""
    if _relates(tokens, i, lexicon) or i + 1 >= len(tokens):
        return True
    if tokens[i].low.endswith(lexicon.verb_endings):
        return lexicon.verb_first or tokens[i].low in lexicon.transitive
    end = next((k for k in range(i, min(i + _PLACE, len(tokens))) if tokens[k].low == ","), i)
    named = end > i + 1 and all(t.text[0].isupper() for t in tokens[i + 1 : end])
    return named and tokens[i].low in lexicon.prepositions and _relates(tokens, end + 1, lexicon)


def _relates(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether a relative clause begins: "when", "in which", "en el que"."""
    for token in tokens[i : i + 3]:
        if token.low in lexicon.relative:
            return True
        if token.low not in lexicon.prepositions and token.low not in lexicon.determiners:
            return False
    return False


def _verb(c: Context, i: int) -> str:
    """The word at i, past "has": "and has spoken of eight"."""
    return c.tokens[i + 1 if c.tokens[i].low in c.lexicon.have else i].low


def told_apart(c: Context, first: int) -> bool:
    """As in "may be dead, and 12 are hurt", "may lie under the slide that | killed four": a comma
    or a relative clause parts the number from what the word at `first` supposes.
    """
    m, who = c.mention, c.mention.first - 1
    relative = m.bond is Bond.VERB and first < who - 2 and c.tokens[who].low in c.lexicon.who
    return relative or any(
        # "Befürchtet, dass 100 gestorben sind" goes on.
        c.tokens[i].low == "," and c.tokens[i + 1].low not in c.lexicon.that
        for i in range(first, m.first)
    )


def says_anew(c: Context, first: int) -> bool:
    """As in "denied that 300 had died, saying 28 had", "which had put it at 64, said it was 59"."""
    lexicon = c.lexicon
    return any(
        (c.tokens[i].low == "," and c.tokens[i + 1].low in lexicon.saying)
        or (
            c.tokens[i].low in lexicon.joins
            and _verb(c, i + 1) in union(lexicon.confirming, lexicon.saying)
        )
        for i in range(first, c.mention.first)
    )
