"""What a language brings: its words, as tables. How they combine is not here.

A language is one file of `lexicons/` with the fields below as keys; `tables.py` reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from tracker.figures import tables
from tracker.figures.tables import Endings, Kinds, Listed, Openers, Phrases, Words
from tracker.figures.timewords import TimeWords
from tracker.model import Measure, Move, Qualifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon(TimeWords):
    """All words of one language, in lower case."""

    # numerals
    language: Annotated[str, tables.plain]
    verb_first: Annotated[bool, tables.plain]
    """Whether who died may follow "died": "murieron 12 personas"."""
    verb_last: Annotated[bool, tables.plain]
    """Whether a verb may close the clause of its number, or open it: "auf 47 gestiegen"."""
    capital_nouns: Annotated[bool, tables.plain]
    """Whether every noun has a capital, and compounds are one word: "Kantonspolizei"."""
    bare_years: Annotated[bool, tables.plain] = False
    """Whether a year dates without a word before it: "1968 waren 40 gestorben"."""
    ordinal_after: Listed
    """Words after which a point makes an ordinal of digits: "am 14. März"."""
    names: Listed
    """Words that a capital after them makes names: "São Paulo"."""
    elided: Listed
    """Words that an apostrophe ties to the next one: "l'armée"."""
    thousands: Annotated[str, tables.plain]
    """The marks that may part thousands in digits: "1,290"."""
    spaced: Annotated[bool, tables.plain]
    """Whether a blank parts them as well: "12 500"."""
    decimal: Annotated[str, tables.plain]
    scales: Annotated[Mapping[str, int], tables.counts]
    """What multiplies the number before it, apart from the plain words of numbers."""
    ordinals: Annotated[Mapping[str, int], tables.ranked]
    """From "second" on."""
    number_phrases: Annotated[tables.NumberPhrases, tables.number_phrases]
    number_parts: Listed
    """Words within a number that are none alone: the "and" of "a hundred and three"."""
    no_numbers: Listed
    """As in "unos 900": words of numbers that mean something else."""
    articles: Listed
    another: Listed
    both: Listed
    no: Listed
    one: Listed
    his: Listed
    one_person: Listed
    """Of whom there is one in "the driver and two others"."""
    fewer: Listed
    nobody: Listed
    loose: Listed
    vague: Listed
    vague_scales: Annotated[Mapping[str, str], tables.plain]
    between: Listed
    range_to: Listed
    range_and: Listed
    from_words: Listed
    to_words: Listed
    hedges: Annotated[Mapping[Qualifier, Phrases], tables.endings_of_qualifiers]
    """Before the number, by their last word."""
    tails: Annotated[Mapping[Qualifier, Phrases], tables.openers_of_qualifiers]
    """After the number."""
    months: Listed
    unit_nouns: Listed
    not_count_before: Listed
    money: Listed
    halves: Listed
    # noun phrases
    of: Listed
    of_the: Listed
    """ "Of" and an article in one word."""
    people: Listed
    persons: Listed
    """Nouns that may name a whole of men, women and children."""
    attackers: Listed
    victims: Listed
    not_people: Listed
    years: Listed
    old: Listed
    more: Listed
    others: Listed
    groups: Listed
    them: Listed
    of_them_all: Listed
    """ "Of them" in one word, after its number: "vier davon"."""
    stops: Listed
    prepositions: Listed
    determiners: Listed
    settings: Listed
    """Before a number of what is not known to be people, these tell where or in what."""
    himself: Listed
    than: Listed
    verb_endings: Annotated[tuple[str, ...], tables.row]
    after_number: Listed
    """Articles that a number's noun may keep: "sono 84 le vittime"."""
    person_nouns: Listed
    """Words of fate that "a" makes one person: "un muerto"."""
    # what is counted
    auxiliaries: Listed
    be: Listed
    had: Listed
    adverbs: Listed
    severe: Listed
    relative: Listed
    joins: Listed
    list_joins: Listed
    list_phrases: Endings
    contrast: Listed
    """After a wrong number, before the right one: "not 40 but 36"."""
    among: Listed
    who: Listed
    died_alone: Listed
    dies: Listed
    be_one: Listed
    plural: Listed
    list_adverbs: Listed
    asides: Listed
    filler: Listed
    states: Kinds
    state_phrases: Annotated[tables.StatePhrases, tables.state_phrases]
    transitive: Kinds
    closing: Kinds
    """Words that tell a fate only as the last of their clause: "kamen 12 um"."""
    negation: Listed
    """Words that deny the verb before them: "überlebten den Absturz nicht"."""
    claims: Listed
    lives: Listed
    nouns: Kinds
    bodies: Listed
    object_phrases: Annotated[Mapping[Measure, Phrases], tables.endings_of_measures]
    """Before the number, by their last word: "the deaths of"."""
    # tolls
    tolls: Kinds
    toll_words: Listed
    toll_kinds: Kinds
    not_toll_after: Listed
    not_toll_before: Listed
    exacting: Listed = frozenset()
    """Verbs of which a toll is the object, and no number: "takes its toll"."""
    changes: Endings = field(default_factory=dict)
    """Before a number that is a change: "an increase of"."""
    free_tolls: Listed
    the: Listed
    counts: Listed
    it: Listed
    links: Listed
    past_links: Listed
    """Of these, those that tell a toll of before: "era di 20", "était de 20"."""
    weak_links: Listed
    link_reach: Annotated[Mapping[str, int], tables.counts]
    passing: Listed
    by: Listed
    moves: Annotated[Mapping[str, Move], tables.moves]
    put: Listed
    goes: Listed
    """Verbs that "up" completes: "gone up to 42" is a rise, no ceiling."""
    # roles
    clause_marks: Listed
    clause_words: Listed
    include: Endings
    of_them: Openers
    hypothetical: Listed
    denying: Endings
    rejecting: Openers
    rejecting_before: Openers
    branding: Listed
    """Verbs that call a claim something: "called it false", "dismissed as rumour"."""
    untrue: Listed
    hearsay: Listed
    """What a claim is called when somebody denies it: "a claim the army rejected"."""
    correct: Listed
    """Adjectives of the number that takes a wrong one's place."""
    correcting: Listed
    """Verbs of which "to 42" is the object, and whatever stood before is no more."""
    earlier: Listed
    earlier_phrases: Openers
    earlier_adjectives: Listed
    earlier_nouns: Listed
    now: Listed
    weekdays: Annotated[Mapping[str, int], tables.weekdays]
    day_before: Openers
    compared: Endings
    wounds: Openers
    background: Openers
    elsewhere: Openers
    day_after: Openers
    year_before: Listed
    since: Listed
    possessive: Listed
    adding: Listed
    """Verbs that put deaths on a toll or take them off: "struck 12 names from the toll"."""
    bringing: Listed
    after: Listed
    # scope
    scope_phrases: Openers
    scope_openers: Openers
    scope_places: Listed
    scope_marks: Listed
    alone: Listed
    whole: Listed
    """Adjectives of the toll of the whole, beside one place's."""
    # sentences and issuers
    abbreviations: Listed
    starters: Listed
    say: Listed
    announce: Listed
    citing: Listed
    deny: Listed
    confirming: Listed
    """Verbs whose object may be a bare number: "and confirmed eight"."""
    saying: Listed
    according: Openers
    he: Listed
    have: Listed
    speaking_skips: Listed
    speaker_bounds: Listed
    not_speakers: Listed
    loose_speakers: Listed
    that: Listed
    ministries: Listed
    portfolios: Annotated[Mapping[str, str], tables.named]
    """Each to the name that tells its ministry; "" where it tells nothing."""
    for_words: Listed
    qualifiers: Listed
    offices: Annotated[tables.Offices, tables.offices]
    vague_words: Annotated[Mapping[str, str], tables.named] = field(default_factory=dict)
    """Vague words by what English calls them, so that a log has one word for each."""
    # made of the tables above
    heads: Annotated[Words, None]
    """Nouns that a compound may end in; none where compounds are no one word."""
    # what a language may leave out
    finding: Listed = frozenset()
    """Verbs whose victims or bodies are dead: "recovered two more"."""
    particles: Listed = frozenset()
    """As in "pulled out two more"."""
    more_phrases: Openers = field(default_factory=dict)
    """After a number, that it is a change: "tre in più"."""
    several_more: Listed = frozenset()
    """Words of `another` that are no single person: "altri"."""
    official: Listed = frozenset()
    """Adjectives of a count that stands: "the official figure is 41"."""
    each: Listed = frozenset()
    """As in "2,000 dollars for each of the injured"."""
    able: Listed = frozenset()
    """As in "can kill a man within hours"."""
    marks: Listed = frozenset()
    """As in "crossed the 200 mark"."""
    identifying: Listed = frozenset()
    """Verbs whose object are dead who have a name: "identified 17 of the 33 victims"."""
    all_but: Endings = field(default_factory=dict)
    """Before those whom the fate of the others spared: "all but three died"."""
    sole: Listed = frozenset()
    """As in "the only fatality"."""
    of_a: Listed = frozenset()
    """Articles whose case says "of a": "fünf Mitglieder einer Besatzung"."""
    unnamed: Listed = frozenset()
    """Speakers behind no name, whatever office they are of: "a police source"."""
    registers: Listed = frozenset()
    """What holds names: "the list of the missing"."""
    entries: Listed = frozenset()
    """What such a list holds: "has 31 names"."""
    remaining: Listed = frozenset()
    """As in "the other four", "five are still missing": fewer than there were."""
    respectively: Listed = frozenset()
    today: Listed = frozenset()
    disasters: Listed = frozenset()
    """Happenings whose victims are dead: "the 209 victims of the ferry disaster"."""
    aged: Listed = frozenset()
    """Before ages: "two boys aged 15 and 16"."""
    couples: Listed = frozenset()
    telling: Endings = field(default_factory=dict)
    """Before a bare number that somebody tells: "the army speaks of 12", "s'en tient à 72"."""
    ranks: Listed = frozenset()
    """What makes an ordinal of digits: "a 60th death", "un 60e mort"."""
    cues: Annotated[Words, None]
    """Without one of these a paragraph counts nobody."""
    weak_cues: Annotated[Words, None]
    """Words that count only where the text has counted before."""
    office_names: Annotated[Phrases, None]
    openers_of_numbers: Annotated[Words, None]
    openers_of_speakers: Annotated[Words, None]
    openers_of_scopes: Annotated[Words, None]
    openers_of_tolls: Annotated[Words, None]
    openers_of_tails: Annotated[Words, None]
    enders_of_hedges: Annotated[Words, None]
    enders_of_objects: Annotated[Words, None]
    after_the: Annotated[Words, None]
