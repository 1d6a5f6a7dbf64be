"""The path from a text to its figures."""

from typing import Final

from tracker.figures.attribution import read_speakers, speaker_for
from tracker.figures.clauses import Reading
from tracker.figures.denied import denies_what_was_said
from tracker.figures.languages import lexicon_of
from tracker.figures.lexicon import Lexicon
from tracker.figures.measures import read_mentions
from tracker.figures.roles import read_roles
from tracker.figures.scopes import read_scope
from tracker.figures.settle import settle
from tracker.figures.stacks import Entry, read_entries, settle_entries
from tracker.figures.tokens import Tokens, may_count, paragraphs, sentences, tokenise
from tracker.figures.toll_nouns import topic_of
from tracker.intake import Figure
from tracker.model import Measure

VERSION: Final = 2
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
    for place, sentence in enumerate(told):
        mentions = read_mentions(sentence, topic, lexicon)
        if topic is None and not mentions:
            topic = topic_of(sentence, lexicon)
        for mention in mentions:
            if mention.toll is not None or mention.measure is Measure.KILLED:
                topic = mention.measure
        readings += read_roles(sentence, mentions, lexicon, sentence=place)
    if not readings:
        return []
    speakers = read_speakers(text, told, lexicon)
    denials = {
        i for i, sentence in enumerate(told) if i and denies_what_was_said(sentence, lexicon)
    }
    return [
        _figure(
            text,
            told[r.sentence],
            r,
            speaker_for(told[r.sentence], speakers[r.sentence], r.mention.first, lexicon),
            lexicon,
        )
        for r in settle(readings, denials)
    ]


def _figure(
    text: str, sentence: Tokens, reading: Reading, issuer: str | None, lexicon: Lexicon
) -> Figure:
    mention = reading.mention
    numeral = mention.numeral
    start, end = sentence[mention.first].start, sentence[mention.last - 1].end
    scope = read_scope(sentence, mention.first, mention.last, lexicon)
    if scope is None and reading.scoped and reading.where is not None:
        scope = reading.where.first, reading.where.last
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
        scope=text[sentence[scope[0]].start : sentence[scope[1] - 1].end] if scope else None,
        move=reading.move,
        why=reading.why,
    )


def _quote(text: str, sentence: Tokens, start: int, end: int) -> str:
    """The sentence, cut to the words around the number where it is very long."""
    first, last = sentence[0].start, sentence[-1].end
    if last - first > _LONGEST_QUOTE:
        spare = max(0, _LONGEST_QUOTE - (end - start)) // 2
        first, last = max(first, start - spare), min(last, end + spare)
    return text[first:last].strip()
