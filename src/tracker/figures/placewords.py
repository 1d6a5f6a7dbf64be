"""The words of a language that tell where people were, and of whom a number is a share.

They are keys of the language's file beside those of `lexicon.py`.
"""

from dataclasses import dataclass, field
from typing import Annotated

from tracker.figures import tables
from tracker.figures.tables import Listed, Openers


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """Words in lower case; what a language leaves out, it does without."""

    sites: Listed = frozenset()
    """Before the name of the place where people were: "in Arno", "auf Arno"."""
    bare_sites: Listed = frozenset()
    """Of these, those after which no article stands before a name, where every noun has a
    capital: "in Arno", but "auf der Insel Arno".
    """
    sites_the: Listed = frozenset()
    """Of these, those that hold an article: "im", "nella"."""
    territories: Listed = frozenset()
    """What has a name, and a name of its own beside it: "the province of Arno"."""
    in_names: Listed = frozenset()
    """Small words within a name: "Arno del Besk"."""
    pointers: Listed = frozenset()
    """Of these, those that point back to a place named before: "in the city"."""
    facilities: Listed = frozenset()
    """What a name belongs to: "Arno airport"."""
    before_facilities: Listed = frozenset()
    """What may stand between the two: "Arno metro station"."""
    directions: Listed = frozenset()
    """Adjectives before the name of a place: "northern Arno"."""
    not_places: Listed = frozenset()
    """Words that have a capital, and make what they stand in no place: "Hurricane"."""
    demonym_ends: Annotated[tuple[str, ...], tables.row] = ()
    """What an adjective of a nation ends in that has a capital: "Arnish"."""
    common: Listed = frozenset()
    """Nouns that have a capital, where every noun has one, and that name no place."""
    ands: Listed = frozenset()
    """Of the joins, those that take two places together."""
    common_ends: Annotated[tuple[str, ...], tables.row] = ()
    """What such nouns end in, by themselves or as the last of a compound."""
    where: Listed = frozenset()
    when: Listed = frozenset()
    """Before what happened to people where they were: "killed when a bus fell in Arno"."""
    there: Listed = frozenset()
    its: Listed = frozenset()
    """Of what owns a toll and is no person: "Arno has raised its toll"."""
    foreign: Listed = frozenset()
    """Adjectives of a group of the dead that comes from elsewhere: "foreign tourists"."""
    foreigners: Listed = frozenset()
    citizens: Listed = frozenset()
    """Nouns of a group of the dead whom a country calls its own: "its nationals"."""
    totals: Listed = frozenset()
    """Before the sum of a list: "a total of 49"."""
    in_all: Openers = field(default_factory=dict)
    """Words of the toll of the whole, beside those of its places: "in total", "altogether"."""
    together: Openers = field(default_factory=dict)
    """Words that put another happening's number to this one's: "together with the storm"."""
    withs: Listed = frozenset()
    """Before a number that the next one includes: "with three in Arno, 74 have died"."""
    other_places: Openers = field(default_factory=dict)
    """Where else people died of the same happening: "elsewhere", "in nearby towns"."""
    handed: Listed = frozenset()
    """Verbs of what is done with some of the bodies: "handed over", "buried"."""
