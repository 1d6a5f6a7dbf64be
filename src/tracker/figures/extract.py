"""The path from a text to its figures."""

from typing import Final

from tracker.figures.attribution import read_speakers
from tracker.figures.clauses import Reading
from tracker.figures.denied import denies_what_was_said
from tracker.figures.happenings import AFTER, OF_A_TIME, tells_anew
from tracker.figures.languages import lexicon_of
from tracker.figures.lexicon import Lexicon
from tracker.figures.measures import read_mentions
from tracker.figures.roles import read_roles
from tracker.figures.scenes import located
from tracker.figures.scopes import read_scope
from tracker.figures.settle import settle
from tracker.figures.speakers import carried_on, speaker_for
from tracker.figures.stacks import Entry, read_entries, settle_entries
from tracker.figures.tokens import Tokens, may_count, paragraphs, sentences, tokenise
from tracker.figures.toll_nouns import topic_of
from tracker.intake import Figure
from tracker.model import Measure, Role

VERSION: Final = 4
"""Raised when the same text may give other figures than before."""

_LONGEST_QUOTE: Final = 300


def extract_figures(text: str, language: str) -> list[Figure]:
    """The figures of a text, in its order.

    `text` is a headline and paragraphs parted by blank lines; each paragraph is read for
    itself. `language` is an ISO 639-1 code; a region after it ("en-GB") is ignored, and a
    language without a lexicon yields none. Never raises.
    """
    lexicon = lexicon_of(language)
    if lexicon is None:
        return []
    figures: list[Figure] = []
    entries: list[Entry] = []
    for start, end in paragraphs(text):
        if not may_count(text, start, end, lexicon):
            continue
        told = list(sentences(tokenise(text, start, end, lexicon), text, lexicon))
        figures += _paragraph(text, told, lexicon)
        entries += read_entries(text, told, lexicon)
    return settle_entries(figures, entries)


def _paragraph(text: str, told: list[Tokens], lexicon: Lexicon) -> list[Figure]:
    readings: list[Reading] = []
    topic: Measure | None = None
    last: Measure | None = None
    for place, sentence in enumerate(told):
        mentions = read_mentions(sentence, topic, lexicon, last=last)
        if topic is None and not mentions:
            topic = topic_of(sentence, lexicon)
        for mention in mentions:
            if mention.toll is not None or mention.measure is Measure.KILLED:
                topic = mention.measure
            last = mention.measure
        readings += read_roles(sentence, mentions, lexicon, sentence=place)
    if not readings:
        return []
    speakers = carried_on(read_speakers(text, told, lexicon), _go_on(readings))
    denials = {
        i for i, sentence in enumerate(told) if i and denies_what_was_said(sentence, lexicon)
    }
    anew = any(r.why in (OF_A_TIME, AFTER) for r in readings) and any(
        tells_anew(sentence, lexicon) for sentence in told
    )
    issuers = [
        speaker_for(told[r.sentence], speakers[r.sentence], r.mention.first, lexicon)
        for r in readings
    ]
    settled = settle(located(told, readings, issuers, lexicon), denials, anew=anew)
    return [
        _figure(text, told[r.sentence], r, None if _is_there(r, issuer) else issuer, lexicon)
        for r, issuer in zip(settled, issuers, strict=True)
    ]


def _is_there(reading: Reading, issuer: str | None) -> bool:
    """Whether the words of a speaker only tell where: "el saldo en Arno subió a 45"."""
    where = reading.where
    return where is not None and where.first < where.last - 1 and issuer in where.names


def _go_on(readings: list[Reading]) -> set[int]:
    """The sentences that only go on counting: "Another 310 were hurt and 22 are missing"."""
    first: dict[int, Reading] = {}
    for reading in readings:
        first.setdefault(reading.sentence, reading)
    return {
        place
        for place, r in first.items()
        if r.role is Role.CURRENT
        and (r.mention.numeral.more or r.mention.phrase.more or r.mention.phrase.others)
    }


def _figure(
    text: str, sentence: Tokens, reading: Reading, issuer: str | None, lexicon: Lexicon
) -> Figure:
    mention = reading.mention
    numeral = mention.numeral
    start, end = sentence[mention.first].start, sentence[mention.last - 1].end
    where = reading.where
    return Figure(
        measure=mention.measure,
        low=numeral.low,
        high=numeral.high,
        qualifier=numeral.qualifier,
        role=reading.role,
        start=start,
        end=end,
        quote=_quote(text, sentence, start, end),
        word=numeral.word,
        issuer=issuer,
        scope=_scope(text, sentence, reading, lexicon),
        places=where.names if where is not None else (),
        move=reading.move,
        why=reading.why,
    )


def _scope(text: str, sentence: Tokens, reading: Reading, lexicon: Lexicon) -> str | None:
    """The words that a number is limited to: told so, or those of its place beside others."""
    first, last = reading.mention.first, reading.mention.last
    scope = read_scope(sentence, first, last, lexicon)
    where = reading.where if reading.scoped else None
    if scope is None and where is not None:
        if where.last == 0:
            return where.names[0]
        scope = where.first, where.last
    return text[sentence[scope[0]].start : sentence[scope[1] - 1].end] if scope else None


def _quote(text: str, sentence: Tokens, start: int, end: int) -> str:
    """The sentence, cut to the words around the number where it is very long."""
    first, last = sentence[0].start, sentence[-1].end
    if last - first > _LONGEST_QUOTE:
        spare = max(0, _LONGEST_QUOTE - (end - start)) // 2
        first, last = max(first, start - spare), min(last, end + spare)
    return text[first:last].strip()
