"""English: its small words, and the whole lexicon. Only tables; no rule lives here.

Its numbers are in `english_numbers.py`, who is counted and what befell them in
`english_counted.py`, how a number is told in `english_told.py`, offices in
`english_issuers.py`.
"""

from typing import Final

from tracker.figures import english_counted as counted
from tracker.figures import english_issuers as issuers
from tracker.figures import english_numbers as numbers
from tracker.figures import english_told as told
from tracker.figures.lexicon import Lexicon, cue_words, endings, row, words
from tracker.model import Measure

ENGLISH: Final = Lexicon(
    units=numbers.UNITS,
    tens=numbers.TENS,
    scales=numbers.SCALES,
    ordinals=numbers.ORDINALS,
    number_phrases=(
        (("half", "a", "dozen"), 6),
        (("half", "a", "million"), 500_000),
        (("a", "couple", "of"), 2),
        (("a", "pair", "of"), 2),
        (("a", "couple", "dozen"), 24),
    ),
    number_and=words("and"),
    articles=words("a an"),
    another=words("another additional further"),
    both=words("both"),
    no=words("no"),
    one=words("one"),
    his=words("his her their"),
    one_person=counted.ONE_PERSON,
    fewer=words("fewer less more as how so too not very"),
    nobody=words("nobody none"),
    loose=words("many several few numerous countless"),
    vague=words(
        "tens dozens scores hundreds thousands millions several many few numerous countless"
    ),
    vague_scales={
        "dozen": "dozens",
        "hundred": "hundreds",
        "thousand": "thousands",
        "million": "millions",
    },
    between=words("between"),
    range_to=words("to - – — or"),
    range_and=words("and to"),
    from_words=words("from"),
    to_words=words("to"),
    hedges=numbers.HEDGES,
    tails=numbers.TAILS,
    months=numbers.MONTHS,
    unit_nouns=numbers.UNIT_NOUNS,
    not_count_before=words(
        "# no. flight route highway article section chapter page magnitude category level "
        "phase version aged age ages train bus line channel room unit gate number interstate "
        "camp boeing airbus mi il antonov tu covid type top grade apollo chapter psalm verse "
        "act rule"
    ),
    money=words("$ € £ ¥ ₹ ₽ us$ usd eur rs"),
    halves=words("a p"),
    of="of",
    people=counted.PEOPLE,
    attackers=counted.ATTACKERS,
    victims=words("victims victim dead injured wounded killed casualties missing deceased slain"),
    not_people=counted.NOT_PEOPLE,
    years=words("year years yr month months day days week weeks"),
    old=words("old"),
    more=words("more additional further new extra"),
    others=words("other others"),
    groups=words(
        "total family group crew crowd party team minimum maximum number convoy pair busload class"
    ),
    them=words("whom which them these those us"),
    stops=counted.STOPS,
    prepositions=counted.PREPOSITIONS,
    determiners=words(
        "the a an its his her their those these our this that himself herself themselves itself"
    ),
    settings=words("in on at near across throughout during inside outside within amid"),
    than=words("than"),
    himself=words("himself herself themselves itself"),
    verb_endings=("ed", "ing"),
    auxiliaries=words(
        "is are was were be been being has have had having do does did will would could can "
        "may might must should remain remains remained remaining get got gets become became "
        "stay"
    ),
    be=words("is are was were be been being get got gets"),
    had=words("had"),
    adverbs=words(
        "first still now also reportedly already then later so far currently confirmed "
        "reported believed found feared presumed thought listed least initially officially "
        "immediately allegedly declared instantly earlier previously tragically sadly only "
        "just recently since left apparently likely probably go going gone went subsequently "
        "taken delivered rushed transported airlifted transferred sent brought moved either "
        "known said pronounced mostly slightly lightly even shot officially eventually "
        "finally already all both"
    ),
    severe=words("critically seriously severely gravely badly"),
    relative=words("who that which when where whom whose"),
    joins=words("and or but while as plus &"),
    list_joins=words(", and or plus & : ; ("),
    list_phrases=endings("as well as,along with"),
    who=words("who"),
    died_alone=words("killed dies died assassinated slain murdered executed perished dead"),
    dies=words("dies died perished"),
    be_one=words("is was being been"),
    plural=words("are were have"),
    list_adverbs=words("then another also later including"),
    asides=words(
        "including among many most some aged all both mostly not rather instead excluding few "
        "several"
    ),
    filler=words("the those these all as estimated his her their its"),
    states=counted.STATES,
    state_phrases=counted.STATE_PHRASES,
    transitive=counted.TRANSITIVE,
    claims=words("claim claims claimed claiming"),
    lives=words("lives life victims"),
    nouns=counted.NOUNS,
    bodies=words("bodies body corpses corpse remains"),
    object_phrases=counted.OBJECT_PHRASES,
    cues=cue_words(
        counted.STATES,
        counted.STATE_PHRASES,
        counted.TRANSITIVE,
        counted.NOUNS,
        counted.TOLLS,
        *counted.OBJECT_PHRASES.values(),
        told.INCLUDE,
        told.COMPARED,
        words("number numbers count total tally figure figures estimate"),
    ),
    tolls=counted.TOLLS,
    toll_words=words("toll tolls deathtoll"),
    toll_kinds={
        "injury": Measure.INJURED,
        "injured": Measure.INJURED,
        "casualty": Measure.CASUALTIES_MIXED,
        "wounded": Measure.INJURED,
    },
    not_toll_after=words("road roads plaza plazas booth booths bridge free gate gates lane lanes"),
    not_toll_before=words("its a heavy their"),
    free_tolls=words("deaths fatalities injuries casualties arrests survivors evacuees"),
    the=words("the"),
    counts=words(
        "number numbers count counts total tally figure figures toll estimate estimates tallies"
    ),
    it=words("it that which this them"),
    links=words(
        "to at of from is was were are be been stands stood reached reaches reaching reach "
        "hit hits totals totalled totaled totalling totaling numbered by : now currently "
        "remains remained being as"
    ),
    weak_links=words("at to as stands stood"),
    link_reach={
        "of": 3,
        ":": 1,
        "is": 16,
        "now": 8,
        "currently": 8,
        "was": 16,
        "were": 10,
        "are": 10,
        "be": 10,
        "been": 10,
        "being": 10,
        "as": 8,
        "by": 20,
    },
    passing=words(
        "exceeds exceeded exceeding exceed surpasses surpassed surpassing passes passed "
        "passing tops topped topping crosses crossed nearing approaching approaches"
    ),
    link_of_passing="to",
    by=words("by"),
    moves=told.MOVES,
    put=told.PUT,
    goes=words(
        "gone went go goes going moved moves moving shot creeps crept edged inched ticked come "
        "came taken took put sent shoots"
    ),
    clause_marks=words("; — ( ) “ ”"),
    clause_words=words("but while whereas although though after as when before because"),
    include=told.INCLUDE,
    of_them=told.OF_THEM,
    hypothetical=told.HYPOTHETICAL,
    denying=told.DENYING,
    rejecting=told.REJECTING,
    rejecting_before=told.REJECTING_BEFORE,
    branding=words(
        "called calls calling described describes describing dismissed dismisses dismissing "
        "branded brands labelled labeled termed denounced denounces"
    ),
    untrue=words(
        "false untrue fake fabricated baseless unfounded groundless invented incorrect wrong "
        "misleading exaggerated rumour rumours rumor rumors lie lies propaganda fiction nonsense"
    ),
    hearsay=words("claim claims report reports allegation assertion version charge"),
    correct=words("correct right true actual accurate"),
    correcting=told.CORRECTING,
    earlier=told.EARLIER,
    earlier_phrases=told.EARLIER_PHRASES,
    earlier_adjectives=words("initial previous preliminary original prior"),
    earlier_nouns=words(
        "toll tolls death report reports reported count counts figure figures estimate "
        "estimates number total tally statement announcement information assessment of said "
        "version versions edition article story headline bulletin dispatch "
        "put was is"
    ),
    now=words("now"),
    weekdays={
        day: place
        for place, day in enumerate(row("monday tuesday wednesday thursday friday saturday sunday"))
    },
    day_before=told.DAY_BEFORE,
    compared=told.COMPARED,
    wounds=told.WOUNDS,
    background=told.BACKGROUND,
    elsewhere=told.ELSEWHERE,
    day_after=told.DAY_AFTER,
    year_before=words(
        "in since the of year early late mid summer spring autumn winter fall during by a an"
    ),
    since=words("since"),
    possessive=words("'s"),
    bringing=words(
        "bringing raising pushing taking increasing brings raises brought raised pushed "
        "thereby bring raise lifting"
    ),
    after=words("after as with following when"),
    scope_phrases=told.SCOPE_PHRASES,
    scope_openers=told.SCOPE_OPENERS,
    scope_places=words("in across throughout on"),
    scope_marks=words(", ; ( ) but while and as"),
    alone=words("alone"),
    whole=words("national nationwide overall countrywide country nation global worldwide"),
    abbreviations=told.ABBREVIATIONS,
    starters=told.STARTERS,
    say=told.SAY,
    announce=told.ANNOUNCE,
    citing=words("citing quoting"),
    deny=told.DENY,
    saying=words("said says saying adding insisting insisted stating put putting"),
    according=told.ACCORDING,
    he=words("he she they it"),
    have=words("has have had"),
    speaking_skips=told.SPEAKING_SKIPS,
    speaker_bounds=told.SPEAKER_BOUNDS,
    not_speakers=told.NOT_SPEAKERS,
    loose_speakers=told.LOOSE_SPEAKERS,
    that="that",
    ministries=issuers.MINISTRIES,
    portfolios=issuers.PORTFOLIOS,
    for_words=words("for"),
    qualifiers=issuers.QUALIFIERS,
    offices=issuers.OFFICES,
)
