"""Rules for a number that the text tells of an earlier time: a toll before the present one."""

from typing import Final

from tracker.figures.clauses import WINDOW, Context, says_anew
from tracker.figures.issuers import names_office
from tracker.figures.lexicon import Lexicon
from tracker.figures.links import Link
from tracker.figures.lists import puts_right
from tracker.figures.mentions import Bond
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, closing_verb, matches_back
from tracker.model import Move, Qualifier

_NEAR: Final = 4
_PUT_RIGHT: Final = 9
"""How many words after a number may tell that it was corrected."""
_TITLE: Final = 3
_SUBJECT: Final = 12


def moved_from(c: Context) -> bool:
    """As in "from 47", "up from 42", "compared with 25"."""
    m = c.mention
    if m.toll is not None and m.toll.link is Link.FROM:
        return True
    if m.numeral.qualifier is Qualifier.RANGE:
        # "From 12 to 15 sailors drowned".
        return False
    if c.finds(m.last, m.last + _NEAR, c.lexicon.elsewhere) is not None:
        return False
    return bool(matches_back(c.tokens, m.numeral.first - 1, c.lexicon.compared)) and m.bond in (
        Bond.COMPARED,
        Bond.TOLL,
        Bond.NOUN,
        Bond.PREDICATE,
    )


def told_before(c: Context) -> bool:
    """As in "had put the toll at 58", "a day earlier … lowered it from 58 to 47"."""
    m, lexicon = c.mention, c.lexicon
    if m.toll is None:
        return False
    sentence_left = max(0, m.first - WINDOW, _brought_by(c))
    for i in range(sentence_left, m.first):
        if c.tokens[i].low not in lexicon.had:
            continue
        k = i + 1
        while k < m.first and c.tokens[k].low in union(lexicon.adverbs, lexicon.be):
            k += 1
        been = c.has(lexicon.be, i, k + 1)
        marked = c.has(lexicon.clause_marks, k, m.first)
        if been and c.tokens[k].low in lexicon.links and not (marked or _told_since(c, k)):
            return True
        verb_said = c.has(lexicon.say, 0, i) and lexicon.moves.get(c.tokens[k].low) is not None
        if (been or verb_said) and c.has(lexicon.say, _since_mark(c, i), i):
            # "Police said the toll had been revised": the past of reported speech.
            continue
        elsewhere = c.has(lexicon.clause_marks, k, m.first) or says_anew(c, k) or _goes_on(c, k)
        if (c.tokens[k].low in lexicon.put or _had_moved(c, i, k)) and not elsewhere:
            return True
    return day_before(c) or _stood(c) or _titled(c)


def _brought_by(c: Context) -> int:
    """The token after the 4 of "had killed four, which brings the toll to 35"; 0 = no such."""
    toll, above = c.mention.toll, c.mentions[c.place - 1] if c.place else None
    if toll is None or above is None or above.toll is not None:
        return 0
    return above.last if c.has(c.lexicon.bringing, above.last, toll.link_at) else 0


def _since_mark(c: Context, i: int) -> int:
    """The token after the last semicolon before token i."""
    return next((k + 1 for k in range(i - 1, -1, -1) if c.tokens[k].low == ";"), 0)


def _told_since(c: Context, link: int) -> bool:
    """As in "the toll, which had been at 12, has risen to 19": the link is of the 12."""
    return any(link < other.numeral.first for other in c.mentions[: c.place])


def _goes_on(c: Context, first: int) -> bool:
    """As in "had put it at 64 before lowering it to 59", "…, then cut it to 59": the second
    verb is of a later time.
    """
    lexicon = c.lexicon
    for i in range(first, c.mention.first - 1):
        low = c.tokens[i].low
        if low in lexicon.clause_words and c.tokens[i + 1].low.endswith(lexicon.verb_endings):
            return True
        if low in lexicon.clause_words or low == ",":
            verb = i + 2 if c.tokens[i + 1].low in lexicon.adverbs else i + 1
            if c.tokens[verb].low in union(lexicon.correcting, lexicon.put):
                return c.has(union(lexicon.it, lexicon.toll_words), verb, c.mention.first)
    return False


def _had_moved(c: Context, had: int, last: int) -> bool:
    """As in "the minister had brought it down to 47": somebody moved the toll, before now.

    "Two more deaths had brought it to 60" tells of the present one: deaths lower no toll, and
    hold no office.
    """
    m, lexicon = c.mention, c.lexicon
    verb = next(
        (
            k
            for k in range(had + 1, last + 1)
            if c.tokens[k].low in lexicon.moves or c.tokens[k].low in lexicon.goes
        ),
        None,
    )
    if (
        verb is None
        or m.toll is None
        or not any(
            t.low in lexicon.it or t.low in lexicon.tolls or t.low in lexicon.counts
            for t in c.tokens[verb + 1 : m.toll.link_at]
        )
    ):
        return False
    lowers = any(lexicon.moves.get(t.low) is Move.DOWN for t in c.tokens[verb : m.toll.link_at + 1])
    subject = " ".join(t.text for t in c.tokens[max(c.left, had - _SUBJECT) : had])
    return lowers or names_office(subject, lexicon)


def put_right(c: Context) -> bool:
    """As in "the toll of 43 given on Monday was corrected", with no number that it was put at."""
    m, lexicon = c.mention, c.lexicon
    following = c.mentions[c.place + 1] if c.place + 1 < len(c.mentions) else m
    if following.bond is Bond.COMPARED and puts_right(
        c.tokens, following.numeral.first, [m], lexicon
    ):
        return True
    for i in range(m.last, min(len(c.tokens), m.last + _PUT_RIGHT)):
        low = c.tokens[i].low
        if low in lexicon.clause_marks or low in lexicon.to_words or low in lexicon.clause_words:
            return False
        if c.tokens[i].low in lexicon.correcting and c.has(lexicon.be, m.last, i):
            later = c.mentions[c.place + 1 : c.place + 2]
            return m.toll is not None and not (later and c.has(lexicon.to_words, i, later[0].last))
    return False


def _titled(c: Context) -> bool:
    """As in "the earlier count of 51", "the previous official figure was 359"."""
    toll = c.mention.toll
    noun = toll.noun_at if toll is not None else 0
    if _arrives(c):
        return False
    for i in range(max(0, noun - _TITLE), noun):
        if c.tokens[i].low in c.lexicon.earlier:
            # "Had earlier put the toll at 64": the word is of the verb.
            own = not c.has(c.lexicon.determiners, i + 1, noun)
            commas = [k + 1 for k in range(c.left, i) if c.tokens[k].low == ","]
            return own and not c.has(c.lexicon.now, commas[-1] if commas else c.left, noun)
    return False


def _arrives(c: Context) -> bool:
    """As in "the initial count of 12 was raised to | 15", "lowered from 20 to | 15": where the
    toll that is called earlier has moved to.
    """
    toll, above = c.mention.toll, c.mentions[c.place - 1] if c.place else None
    if toll is None or toll.link is not Link.TO or above is None or above.toll is None:
        return False
    between = max(0, above.toll.noun_at), toll.link_at
    moved = any(c.tokens[i].low in c.lexicon.moves for i in range(*between))
    moved = moved or c.has(c.lexicon.correcting, *between)
    same = above.toll.noun_at == toll.noun_at
    return same and moved and not c.has(c.lexicon.had, *between)


def _stood(c: Context) -> bool:
    """As in "the toll, which stood at 40, has climbed to 52": an aside, and the toll after it."""
    m = c.mention
    if m.toll is None or not 0 <= m.toll.noun_at < m.toll.link_at:
        return False
    aside = c.has(c.lexicon.relative, m.toll.noun_at, m.toll.link_at)
    return aside and any(
        other.toll is not None and other.toll.noun_at == m.toll.noun_at
        for other in c.mentions[c.place + 1 :]
    )


def _of_the_last(c: Context, at: int) -> bool:
    """As in "it was 38 the day before and rose to 45", "eleven more than on the day before, and
    27 are missing": the words are of the number before.
    """
    if not c.place:
        return False
    above = c.mentions[c.place - 1]
    if at < _brought_by(c):
        return True
    parted = any(t.low in c.lexicon.joins or t.low == "," for t in c.tokens[at : c.mention.first])
    return above.last == at or (above.last <= at <= above.last + _NEAR and parted)


def day_before(c: Context) -> bool:
    """Whether the clause tells of the day before: "a day earlier", "the previous day"."""
    left = max(0, c.mention.first - WINDOW)
    while c.has(c.lexicon.clause_marks, left, c.mention.first):
        left += 1
    right = min(len(c.tokens), c.mention.last + _NEAR * 3)
    before = c.finds(left, c.mention.first, c.lexicon.day_before)
    if before is not None and not _of_the_last(c, before):
        return True
    after = c.finds(c.mention.last, min(right, c.right), c.lexicon.day_before)
    return after is not None and not c.has(c.lexicon.from_words, c.mention.last, after)


def earlier(c: Context) -> bool:
    """As in "initially put at 20", "previously reported", "earlier reports of 56"."""
    m, lexicon = c.mention, c.lexicon
    if c.has(lexicon.now, c.left, m.last) or _arrives(c):
        return False
    left = m.first
    while left > c.left and c.tokens[left - 1].low != ",":
        left -= 1
    following = c.mentions[c.place + 1].first if c.place + 1 < len(c.mentions) else len(c.tokens)
    for i in range(left, min(c.right, m.last + _NEAR, following)):
        if i >= m.first and i < m.numeral.last:
            continue
        if c.tokens[i].low in lexicon.earlier and _tells_before(c.tokens, i, lexicon):
            return True
    at = c.finds(c.left - 1, m.first, lexicon.earlier_phrases)
    if at is not None and not any(at < other.first for other in c.mentions[: c.place]):
        return True
    opener = c.tokens[0].low in lexicon.earlier or (
        len(c.tokens) > 1 and c.tokens[1].low in lexicon.earlier
    )
    return opener and m.toll is None and not _turns(c)


def _turns(c: Context) -> bool:
    """Whether a new clause begins between the sentence's start and the number: "…, and 42"."""
    return any(
        t.low in c.lexicon.clause_words
        or t.low in c.lexicon.clause_marks
        or (t.low in c.lexicon.joins and i and c.tokens[i - 1].low == ",")
        for i, t in enumerate(c.tokens[: c.mention.first])
    )


def _tells_before(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether "earlier" dates a number, not "two days earlier", "an earlier decision"."""
    before = tokens[i - 1].low if i else ""
    after = tokens[i + 1].low if i + 1 < len(tokens) else ""
    if before in lexicon.unit_nouns or after == "than":
        return False
    adjective = tokens[i].low in lexicon.earlier_adjectives or before in lexicon.determiners
    return not adjective or after in lexicon.earlier_nouns


def told_in_the_past(c: Context) -> bool:
    """As in "police had said that 40 people were dead"."""
    for i in range(c.left, c.mention.first - 1):
        if c.tokens[i].low in c.lexicon.had:
            if c.has(c.lexicon.now, i, c.mention.first) or _is_said(c, i):
                return False
            later = i + 2 if c.tokens[i + 1].low in c.lexicon.adverbs else i + 1
            if c.finds(i - _TITLE, i, c.lexicon.in_turn) is not None:
                return False
            says = (union(c.lexicon.say, c.lexicon.confirming)) - c.lexicon.claims
            said = c.has(says, i + 1, later + 1) or _had_told(c, later)
            said = said and not says_anew(c, later)
            return said or _closes_with(c, c.lexicon.put)
    return _closes_with(c, c.lexicon.had) and _closes_with(c, c.lexicon.put)


def _had_told(c: Context, verb: int) -> bool:
    """As in "had spoken of 58"."""
    last = c.mention.numeral.first - 1
    return last - matches_back(c.tokens, last, c.lexicon.telling) + 1 == verb <= last


def _is_said(c: Context, had: int) -> bool:
    """As in "dijo que se habían confirmado 12": the past of reported speech, of nobody who said
    so before.
    """
    k = had - 1
    while k > c.left and c.tokens[k].low in union(c.lexicon.auxiliaries, c.lexicon.adverbs):
        k -= 1
    return c.tokens[k].low in c.lexicon.that and c.has(c.lexicon.say, c.left, k)


def _closes_with(c: Context, words: frozenset[str]) -> bool:
    """As in "hatte 40 Tote gemeldet", "40 gemeldet worden waren": the verb after its number."""
    return c.has(
        words, c.mention.phrase.end, closing_verb(c.tokens, c.mention.phrase.end, c.lexicon)
    )


def told_the_day_before(c: Context) -> bool:
    """As in "the day before, police had said that 12 people were dead"."""
    told = c.has(c.lexicon.say, c.left, c.mention.first) or _closes_with(c, c.lexicon.put)
    return c.mention.toll is None and told and day_before(c)
