"""What a language brings: its words, as tables. How they combine is not here.

A language is one module of words and one line in `LANGUAGES` (`languages.py`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.model import Measure, Move, Qualifier, Rank

Words = frozenset[str]
Phrases = Mapping[str, tuple[tuple[str, ...], ...]]
"""Phrases by their first word, the longest first."""


Measured = Mapping[str, tuple[tuple[tuple[str, ...], Measure], ...]]
"""Phrases by their first word, the longest first, each with what it counts."""


def words(text: str) -> Words:
    """The words of a blank-separated list."""
    return frozenset(text.split())


def row(text: str) -> tuple[str, ...]:
    """The words of a blank-separated list, in their order."""
    return tuple(text.split())


def phrases(text: str) -> Phrases:
    """The phrases of a comma-separated list, by their first word, the longest first."""
    return _by(text, 0)


def endings(text: str) -> Phrases:
    """The phrases of a comma-separated list, by their last word, the longest first."""
    return _by(text, -1)


def measured(text: Mapping[Measure, str]) -> Measured:
    """Comma-separated phrases of each measure, by their first word, the longest first."""
    table: dict[str, list[tuple[tuple[str, ...], Measure]]] = {}
    for measure, listed in text.items():
        for phrase in listed.split(","):
            parts = tuple(phrase.split())
            table.setdefault(parts[0], []).append((parts, measure))
    return {
        key: tuple(sorted(value, key=lambda row: len(row[0]), reverse=True))
        for key, value in table.items()
    }


def cue_words(*tables: Iterable[str]) -> Words:
    """Every word of the tables, and of their phrases."""
    cues: set[str] = set()
    for table in tables:
        cues.update(table)
    return frozenset(cues)


def _by(text: str, place: int) -> Phrases:
    table: dict[str, list[tuple[str, ...]]] = {}
    for phrase in text.split(","):
        parts = tuple(phrase.split())
        table.setdefault(parts[place], []).append(parts)
    return {key: tuple(sorted(value, key=len, reverse=True)) for key, value in table.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All words of one language, in lower case."""

    # numerals
    units: Mapping[str, int]
    tens: Mapping[str, int]
    scales: Mapping[str, int]
    ordinals: Mapping[str, int]
    number_phrases: tuple[tuple[tuple[str, ...], int], ...]
    number_and: Words
    articles: Words
    another: Words
    both: Words
    no: Words
    one: Words
    his: Words
    one_person: Words
    """Of whom there is one in "the driver and two others"."""
    fewer: Words
    nobody: Words
    loose: Words
    vague: Words
    vague_scales: Mapping[str, str]
    between: Words
    range_to: Words
    range_and: Words
    from_words: Words
    to_words: Words
    hedges: Mapping[Qualifier, Phrases]
    """Before the number, by their last word."""
    tails: Mapping[Qualifier, Phrases]
    """After the number."""
    months: Words
    unit_nouns: Words
    not_count_before: Words
    money: Words
    halves: Words
    """The first letters of "a.m." and "p.m."."""
    # noun phrases
    of: str
    people: Words
    attackers: Words
    victims: Words
    not_people: Words
    years: Words
    old: Words
    more: Words
    others: Words
    groups: Words
    them: Words
    stops: Words
    prepositions: Words
    determiners: Words
    settings: Words
    """Before a number of what is not known to be people, these tell where or in what."""
    himself: Words
    than: Words
    verb_endings: tuple[str, ...]
    # what is counted
    auxiliaries: Words
    be: Words
    had: Words
    adverbs: Words
    severe: Words
    relative: Words
    joins: Words
    list_joins: Words
    list_phrases: Phrases
    who: Words
    died_alone: Words
    dies: Words
    be_one: Words
    plural: Words
    list_adverbs: Words
    asides: Words
    filler: Words
    states: Mapping[str, Measure]
    state_phrases: Measured
    transitive: Mapping[str, Measure]
    claims: Words
    lives: Words
    nouns: Mapping[str, Measure]
    bodies: Words
    object_phrases: Mapping[Measure, Phrases]
    """Before the number, by their last word: "the deaths of"."""
    cues: Words
    """Without one of these words a sentence counts nobody."""
    # tolls
    tolls: Mapping[str, Measure]
    toll_words: Words
    toll_kinds: Mapping[str, Measure]
    not_toll_after: Words
    not_toll_before: Words
    free_tolls: Words
    the: Words
    counts: Words
    it: Words
    links: Words
    weak_links: Words
    link_reach: Mapping[str, int]
    passing: Words
    link_of_passing: str
    by: Words
    moves: Mapping[str, Move]
    put: Words
    goes: Words
    """Verbs that "up" completes: "gone up to 42" is a rise, no ceiling."""
    # roles
    clause_marks: Words
    clause_words: Words
    include: Phrases
    of_them: Phrases
    hypothetical: Words
    denying: Phrases
    rejecting: Phrases
    rejecting_before: Phrases
    branding: Words
    """Verbs that call a claim something: "called it false", "dismissed as rumour"."""
    untrue: Words
    hearsay: Words
    """What a claim is called when somebody denies it: "a claim the army rejected"."""
    correct: Words
    """Adjectives of the number that takes a wrong one's place."""
    correcting: Words
    """Verbs of which "to 42" is the object, and whatever stood before is no more."""
    earlier: Words
    earlier_phrases: Phrases
    earlier_adjectives: Words
    earlier_nouns: Words
    now: Words
    weekdays: Mapping[str, int]
    day_before: Phrases
    compared: Phrases
    wounds: Phrases
    background: Phrases
    elsewhere: Phrases
    day_after: Phrases
    year_before: Words
    since: Words
    possessive: Words
    bringing: Words
    after: Words
    # scope
    scope_phrases: Phrases
    scope_openers: Phrases
    scope_places: Words
    scope_marks: Words
    alone: Words
    whole: Words
    """Adjectives of the toll of the whole, beside one place's."""
    # sentences and issuers
    abbreviations: Words
    starters: Words
    say: Words
    announce: Words
    citing: Words
    deny: Words
    saying: Words
    """After a comma: what follows is said, whatever was denied before."""
    according: Phrases
    he: Words
    have: Words
    speaking_skips: Words
    speaker_bounds: Words
    not_speakers: Words
    loose_speakers: Words
    that: str
    ministries: Words
    portfolios: Mapping[str, str]
    """Each to the name that tells its ministry; "" where it tells nothing."""
    for_words: Words
    qualifiers: Words
    offices: tuple[tuple[tuple[str, ...], str, Rank], ...]
