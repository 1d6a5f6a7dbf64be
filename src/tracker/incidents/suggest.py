"""What to call an incident that reports tell of, and by which words to recognise it.

Suggestions for an operator who sees them before anything is made of them: read out of headlines
and the words that were kept, with no list of places.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from tracker.figures.languages import lexicon_of
from tracker.figures.tables import Words
from tracker.incidents.match import folded, mentions
from tracker.incidents.topics import Text, Topic, happenings, topics
from tracker.intake import Incident
from tracker.projections.inbox import Aside

LONGEST_TITLE: Final = 100
"""Characters; a longer headline is cut at a word."""

MOST_WORDS: Final = 6
"""Words to match that are suggested at most."""

_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s]")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s")


class _Candidate(NamedTuple):
    """A word to match, and which reports hold it: of those meant, and of others."""

    word: str
    worth: float
    """A name tells an incident better than what happened, and that better than another word."""
    own: frozenset[int]
    others: frozenset[int]


class Held(NamedTuple):
    """How many reports there are, and how many of them hold one of some words."""

    of: int
    holding: int


def suggestion(
    own: Sequence[Aside], others: Sequence[Aside], configured: Iterable[Incident]
) -> Incident:
    """The incident that these reports seem to tell of; `others` are reports of something else.

    Its words hold for as many of its own reports and as few of the others as possible, and are
    those of no configured incident.
    """
    began = min(each.fact.published_at for each in own).date()
    place = place_of(own)
    return Incident(
        id=_slug(own, place, str(began.year)),
        title=title_of(own),
        began=began,
        place=place,
        any_of=_matching(own, others, place, configured),
    )


def held(words: Sequence[str], aside: Sequence[Aside]) -> Held:
    """How many of these reports hold one of the words to match."""
    texts = _texts(aside)
    holding = (_mentioning(each, texts) for each in words)
    return Held(len(texts), len(frozenset[int]().union(*holding)))


def title_of(own: Sequence[Aside]) -> str:
    """A headline that says what happened, with no number in it if there is one; one line."""
    headlines = list(dict.fromkeys(_headlines(own)))
    said = topics([Text(own[0].fact.language, (each,)) for each in headlines])
    often = Counter(word for each in said for word in each.words)
    ranked = [
        (any(map(str.isdigit, headline)), -sum(often[word] for word in each.words), place)
        for place, (headline, each) in enumerate(zip(headlines, said, strict=True))
    ]
    if ranked:
        return headlines[min(ranked)[-1]]
    sentences = (_cut(_SENTENCE.split(each.fact.text.strip())[0]) for each in own if each.fact.text)
    return next(filter(None, sentences), "; ".join(own[0].fact.figures) or own[0].fact.source_name)


def _headlines(own: Iterable[Aside]) -> Iterator[str]:
    return filter(None, (_cut(each.fact.title or "") for each in own))


def _cut(text: str) -> str:
    """On one line, without what no line can show, and not too long."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if len(line) <= LONGEST_TITLE:
        return line
    return line[:LONGEST_TITLE].rpartition(" ")[0] + " …"


def place_of(own: Sequence[Aside]) -> str:
    """The name that follows "in", "near" or the like in half of these reports; "" where none does.

    Of several, the one that most reports have.
    """
    texts = _texts(own)
    having, opened = Counter[str](), set[str]()
    for text, topic in zip(texts, topics(texts), strict=True):
        found = list(_named(text, topic))
        having.update({name for name, _ in found})
        opened |= {name for name, at_place in found if at_place}
    likely = [each for each in having if each in opened and 2 * having[each] >= len(texts)]
    return min(likely, key=lambda each: (-having[each], -len(each.split()), each), default="")


def _named(text: Text, topic: Topic) -> Iterator[tuple[str, bool]]:
    """The names of a text in its own letters, and whether a word of place stands before each."""
    lexicon = lexicon_of(text.language)
    opens = lexicon.settings | lexicon.prepositions if lexicon else Words()
    for part in text.parts:
        name: list[str] = []
        before = ""
        for token in [*_TOKEN.findall(part), "."]:
            if token[0].isupper() and not (not name and token.lower() in opens):
                name.append(token)
                continue
            # Of "Port Vale" the port is a common word.
            if not topic.names.isdisjoint(map(folded, name)):
                yield " ".join(name), before in opens
            name, before = [], token.lower()


def _slug(own: Sequence[Aside], place: str, year: str) -> str:
    """An id out of the place, what happened, and the year: "cape-lorn-ferry-2031"."""
    language = own[0].fact.language
    said = topics(_texts(own))
    # What happened is in headlines; texts name towns, houses and roads as well.
    headlines = topics([Text(language, (each,)) for each in _headlines(own)])
    words = (word for each in (*said, *headlines, *headlines) for word in each.words)
    named = Counter(word for each in said for word in each.names)
    often = [each for each in _by_number(named) if 2 * named[each] >= len(said)]
    where = folded(place).split() or often[:1]
    happened = Counter(word for word in words if word in happenings(language) - {*where})
    parts = [*where, *_by_number(happened)[:1]]
    return "-".join(re.findall(r"\w+", "-".join([*(parts or ["incident"]), year])))


def _by_number(words: Counter[str]) -> list[str]:
    return sorted(words, key=lambda each: (-words[each], each))


def _matching(
    own: Sequence[Aside], others: Sequence[Aside], place: str, configured: Iterable[Incident]
) -> tuple[str, ...]:
    """Words of which each of these reports holds one, if it has any, and the others hold few."""
    texts = _texts(own)
    every = topics([*texts, *_texts(others)])
    mine, theirs = every[: len(texts)], every[len(texts) :]
    taken = {folded(word) for each in configured for word in (*each.any_of, *each.all_of)}
    names = frozenset[str]().union(*(each.names for each in mine))
    happened = happenings(own[0].fact.language)
    candidates = [
        _Candidate(
            word,
            1.0 if word in names else 0.5 if word in happened else 0.2,
            frozenset(at for at, each in enumerate(mine) if word in each.words),
            frozenset(at for at, each in enumerate(theirs) if word in each.words),
        )
        for word in sorted({word for each in mine for word in each.words} - taken)
    ]
    if place and folded(place) not in taken:
        where = _Candidate(
            place, 1.0, _mentioning(place, texts), _mentioning(place, _texts(others))
        )
        candidates.insert(0, where)
    chosen: list[str] = []
    left, strayed = frozenset(range(len(texts))), frozenset[int]()
    while candidates and left and len(chosen) < MOST_WORDS:
        gains = [(_gain(each, left, strayed), len(each.own)) for each in candidates]
        gain, best = max(zip(gains, candidates, strict=True), key=itemgetter(0))
        if not gain[0]:
            break
        left, strayed = left - best.own, strayed | best.others
        chosen.append(best.word)
    spelt = _spelling(texts)
    return tuple(word if word == place else spelt(word) for word in chosen)


def _mentioning(words: str, texts: Sequence[Text]) -> frozenset[int]:
    folds = enumerate(folded("\n\n".join(text.parts)) for text in texts)
    return frozenset(place for place, text in folds if mentions(words, text))


def _gain(word: _Candidate, left: frozenset[int], strayed: frozenset[int]) -> float:
    """What the word is worth: of the reports left it should hold for many, of others for few."""
    return word.worth * len(word.own & left) / (0.5 + len(word.others - strayed))


def _spelling(texts: Sequence[Text]) -> Callable[[str], str]:
    """How the texts write a folded word, most often."""
    written: dict[str, Counter[str]] = {}
    for text in texts:
        for part in text.parts:
            for token in _TOKEN.findall(part):
                written.setdefault(folded(token), Counter())[token] += 1

    def spelt(word: str) -> str:
        found = written.get(word)
        return min(found, key=lambda each: (-found[each], each)) if found else word

    return spelt


def _texts(aside: Iterable[Aside]) -> list[Text]:
    """What is kept of each report, its versions together."""
    parts: dict[tuple[str, str], list[str]] = {}
    languages: dict[tuple[str, str], str] = {}
    for each in aside:
        said = (each.fact.title, each.fact.text)
        parts.setdefault(each.report, []).extend(part for part in said if part)
        languages[each.report] = each.fact.language
    return [Text(languages[report], tuple(dict.fromkeys(own))) for report, own in parts.items()]
