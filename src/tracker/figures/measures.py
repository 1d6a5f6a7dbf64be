"""Which measure a number has: its own noun, its toll, its verb, its predicate, or its list.

What the number is to the incident (its role) is decided in `roles.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.bare import named_before, reported_after
from tracker.figures.candidates import Candidate, read_candidates
from tracker.figures.governors import found_dead, in_hospital_lie
from tracker.figures.lexicon import Lexicon
from tracker.figures.lists import (
    included_in,
    is_ranked,
    left_out,
    like,
    listed_after,
    merged,
    of_a_disaster,
    of_another_speaker,
    opens_list,
    puts_right,
    ranked,
    respectively,
    speaks_after,
    whole_of,
)
from tracker.figures.mentions import Bond, Mention
from tracker.figures.named import read_named
from tracker.figures.phrases import Kind
from tracker.figures.placenames import whose
from tracker.figures.registers import of_a_list
from tracker.figures.sharing import (
    of_the_first,
    shared_measures,
    summed_up,
    where_they_died,
    with_no_fate,
)
from tracker.figures.tables import union
from tracker.figures.ties import graver, may_live, of_others, only_measure, speaks_alone
from tracker.figures.tokens import Tokens, matches_back
from tracker.figures.toll_nouns import read_toll_nouns
from tracker.figures.tolls import Toll, read_toll
from tracker.model import Measure


def read_mentions(  # noqa: C901 — one step for each way a number is bound
    tokens: Tokens, topic: Measure | None, lexicon: Lexicon, *, last: Measure | None = None
) -> list[Mention]:
    """The numbers of people of one sentence; `topic` is the toll that the text told last, `last`
    whatever it counted last.
    """
    words = {token.low for token in tokens}
    goes_on = topic is not None and not words.isdisjoint(lexicon.weak_cues)
    if not goes_on and words.isdisjoint(lexicon.cues):
        return []
    candidates = read_candidates(tokens, lexicon)
    if not candidates:
        return read_named(tokens, [], lexicon)
    others = of_the_first(tokens, candidates)
    taken = {c.phrase.noun_at for c in candidates if c.phrase.noun is not None}
    nouns = read_toll_nouns(tokens, taken, lexicon)
    if topic is None:
        topic = next((measure for measure in nouns.measures if measure is not None), None)
    mentions: list[Mention] = []
    used: set[int] = set()
    wrong: Candidate | None = None
    shared = [
        of_a_list(tokens, candidate, nouns, last, lexicon)
        if candidate.phrase.kind is Kind.ENTRIES
        else measure
        for candidate, measure in zip(
            candidates, shared_measures(tokens, candidates, lexicon), strict=True
        )
    ]
    for candidate, measure in zip(candidates, shared, strict=True):
        kind = candidate.phrase.kind
        unread = kind is Kind.THINGS or (kind is Kind.ENTRIES and measure is None)
        if unread or candidate.numeral.first in others:
            continue
        above = mentions[-1] if mentions else None
        pair = (above.toll, above.phrase.end) if above is not None and above.toll else None
        toll = read_toll(
            tokens,
            candidate.numeral,
            candidate.phrase,
            nouns,
            lexicon,
            used=used,
            before=pair,
        )
        if toll is not None and topic is None and _of_nothing(tokens, toll, lexicon):
            toll = None
        if where_they_died(tokens, candidate, mentions, lexicon):
            candidate, measure = with_no_fate(candidate), None  # noqa: PLW2901 — the same number, read otherwise
        mention = _bind(
            tokens, candidate, lexicon, measure, toll=toll, before=mentions, topic=topic
        )
        if mention is None:
            wrong = candidate
            continue
        _append_denied(tokens, mentions, wrong, mention, lexicon)
        wrong = None
        if mention.toll is not None:
            used.add(mention.toll.noun_at)
        if mention.toll is not None or mention.measure is Measure.KILLED:
            topic = mention.measure
        _append(tokens, mentions, mention, lexicon)
    mentions = respectively(tokens, mentions, lexicon)
    return sorted([*mentions, *read_named(tokens, mentions, lexicon)], key=lambda m: m.first)


def _append_denied(
    tokens: Tokens,
    mentions: list[Mention],
    wrong: Candidate | None,
    right: Mention,
    lexicon: Lexicon,
) -> None:
    """Add the 40 of "not 40, as first reported, but 36 died", which counts what 36 does."""
    if wrong is None or tokens[right.numeral.first - 1].low not in lexicon.contrast:
        return
    numeral, phrase = wrong.numeral, wrong.phrase
    plain = phrase.kind in (Kind.BARE, Kind.PEOPLE) and not numeral.single
    if plain and matches_back(tokens, numeral.first - 1, lexicon.denying):
        denied = replace(
            right,
            numeral=numeral,
            phrase=phrase,
            bond=Bond.COMPARED,
            first=numeral.first,
            last=phrase.end,
            toll=None,
            listed_after=None,
        )
        _append(tokens, mentions, denied, lexicon)


def _of_nothing(tokens: Tokens, toll: Toll, lexicon: Lexicon) -> bool:
    """As in "On Tuesday it was 12", "the figure for Arno is 12" where nothing was counted yet."""
    of_a_place = toll.measure is None and whose(tokens, toll.noun_at, lexicon) is not None
    noun, link = tokens[toll.noun_at].low, tokens[toll.link_at].low
    loose = noun in lexicon.it or (toll.measure is None and noun in lexicon.counts)
    return of_a_place or (loose and link in union(lexicon.be, lexicon.auxiliaries))


def _append(tokens: Tokens, mentions: list[Mention], mention: Mention, lexicon: Lexicon) -> None:
    """Add a mention: no word carries two numbers, and persons told one by one are one number."""
    if mentions and mentions[-1].last > mention.first:
        if mentions[-1].phrase.end > mention.first:
            mention = replace(mention, first=mention.numeral.first)
        last = max(mentions[-1].numeral.last, min(mentions[-1].phrase.end, mention.first))
        mentions[-1] = replace(mentions[-1], last=last)
    mention = ranked(mention, mentions)
    whole = merged(mentions[-1], mention, tokens, lexicon) if mentions else None
    if whole is not None:
        mentions[-1] = whole
    else:
        mentions.append(mention)


def _bind(  # noqa: C901, PLR0912, PLR0915 — a table of cases, in the order that decides
    tokens: Tokens,
    candidate: Candidate,
    lexicon: Lexicon,
    predicate: Measure | None,
    *,
    toll: Toll | None,
    before: list[Mention],
    topic: Measure | None,
) -> Mention | None:
    """The mention that a candidate makes, by the first tie that holds."""
    numeral, phrase, governor = candidate.numeral, candidate.phrase, candidate.governor
    first, last = numeral.first, max(phrase.end, candidate.predicate.end)
    ninth = is_ranked(tokens, numeral, lexicon)
    listed = None if ninth else listed_after(tokens, numeral.first, before, lexicon)
    whole = whole_of(tokens, before, listed, numeral.first, lexicon)
    if whole is not None and phrase.noun in (None, whole):
        phrase = replace(phrase, subset=True)

    def mention(measure: Measure, bond: Bond, first: int = first, last: int = last) -> Mention:
        return Mention(
            numeral=numeral,
            phrase=phrase,
            measure=measure,
            bond=bond,
            first=first,
            last=last,
            toll=toll if bond is Bond.TOLL else None,
            listed_after=listed,
        )

    if candidate.denominator:
        return mention(Measure.AT_RISK_TOTAL, Bond.NOUN, last=phrase.end)
    mixed = predicate is not None and toll is not None and toll.measure in _MIXED
    of_verb = governor is not None and toll is not None and tokens[toll.link_at].low in lexicon.of
    of_verb = of_verb or (governor is not None and governor.measure is Measure.IDENTIFIED_DEAD)
    if toll is not None and not mixed and not of_verb and not speaks_alone(tokens, toll, candidate):
        measure = toll.measure or only_measure(before) or topic or Measure.KILLED
        if phrase.noun is None or phrase.noun is measure:
            return mention(measure, Bond.TOLL, min(toll.link_at, first), phrase.end)
    if phrase.noun is not None:
        named = governor is not None and governor.measure is Measure.IDENTIFIED_DEAD
        if (
            governor is not None
            and governor.measure is not phrase.noun
            and (named or phrase.noun in _HURT)
        ):
            return mention(governor.measure, Bond.VERB, governor.first, phrase.end)
        identified = predicate is Measure.IDENTIFIED_DEAD
        if predicate is not None and (phrase.noun in _HURT or identified):
            return mention(predicate, Bond.PREDICATE)
        if phrase.noun is Measure.INJURED and in_hospital_lie(tokens, first, lexicon):
            return mention(Measure.HOSPITALISED, Bond.NOUN, last=phrase.end)
        return mention(phrase.noun, Bond.NOUN, last=phrase.end)
    if governor is not None:
        return mention(governor.measure, Bond.VERB, governor.first, phrase.end)
    if predicate is None and found_dead(tokens, numeral, phrase, topic, lexicon):
        return mention(Measure.KILLED, Bond.VERB, last=phrase.end)
    if numeral.single and left_out(tokens, first, lexicon):
        return None
    included = (before or topic) and (phrase.subset or included_in(tokens, first, lexicon))
    named = predicate is Measure.IDENTIFIED_DEAD
    if (included or whole) and candidate.predicate.measure is None and not named:
        if numeral.low == 0 or (
            tokens[numeral.last - 1].low in lexicon.loose and phrase.state is None
        ):
            # "62 were taken to hospital, none of them in danger", "many of them tourists".
            return None
        counted = [m.measure for m in before if m.measure is not Measure.AT_RISK_TOTAL]
        measure = (
            whole
            or (phrase.subset and phrase.state)
            or (counted[-1] if counted else topic or Measure.KILLED)
        )
        return mention(graver(tokens, phrase, measure, lexicon), Bond.LIST)
    if predicate is Measure.AT_RISK_TOTAL and opens_list(tokens, numeral.first, before, lexicon):
        predicate = None
    if predicate is Measure.FEARED_DEAD and may_live(tokens, last, lexicon):
        return mention(Measure.KILLED, Bond.PREDICATE)
    if predicate is not None:
        return mention(predicate, Bond.PREDICATE)
    if phrase.state is not None:
        return mention(phrase.state, Bond.NOUN, last=phrase.end)
    bare = phrase.kind is Kind.BARE and not candidate.predicate.finite
    if bare and of_another_speaker(tokens, numeral, phrase.end, before, lexicon):
        return replace(mention(before[-1].measure, Bond.COMPARED), listed_after=None)
    if listed is not None and (
        not candidate.predicate.finite
        or phrase.than
        or tokens[before[listed].first].low in lexicon.bodies
    ):
        tells = speaks_after(tokens, phrase.end, lexicon)
        loose = phrase.kind is Kind.BARE and numeral.word in lexicon.loose and not phrase.others
        one_of = phrase.kind is Kind.UNKNOWN and tokens[numeral.last].low in lexicon.of
        if loose or one_of or tells or of_others(phrase, numeral, before[listed].numeral):
            return None
        return mention(graver(tokens, phrase, before[listed].measure, lexicon), Bond.LIST)
    compared = matches_back(tokens, first - 1, lexicon.compared)
    changes = matches_back(tokens, first - 1, lexicon.changes)
    if (
        (compared or phrase.than or named_before(tokens, first, lexicon) or changes)
        and (before or topic is not None)
        and phrase.kind in (Kind.BARE, Kind.PEOPLE)
    ):
        measure = like(numeral, before) or topic or Measure.KILLED
        return mention(measure, Bond.COMPARED, first - compared, phrase.end)
    if topic is not None and reported_after(tokens, phrase, lexicon):
        return mention(topic, Bond.COMPARED)
    if phrase.kind is Kind.BARE and puts_right(tokens, numeral.first, before, lexicon):
        return replace(mention(before[-1].measure, Bond.COMPARED), listed_after=None)
    if of_a_disaster(tokens, numeral, phrase, topic, lexicon):
        return mention(Measure.KILLED, Bond.NOUN, last=phrase.end)
    total = summed_up(tokens, candidate, before, lexicon)
    return mention(total, Bond.COMPARED) if total is not None else None


_MIXED: Final = frozenset({Measure.CASUALTIES_MIXED})
_HURT: Final = frozenset(
    {Measure.INJURED, Measure.MISSING, Measure.HOSPITALISED, Measure.ESCAPED_OR_RESCUED}
)
"""Nouns of people whom a verb may tell a graver fate of: "two of the injured died"."""
