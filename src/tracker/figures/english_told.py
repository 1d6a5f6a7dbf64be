"""The words of English for how a number is told: its moves, its time, and who says it."""

from typing import Final

from tracker.figures.lexicon import endings, phrases, row, words
from tracker.model import Move

MOVES: Final = {
    **dict.fromkeys(
        row(
            "rise rises rose risen rising climb climbs climbed climbing increase increases "
            "increased increasing jump jumps jumped grow grows grew grown growing mount "
            "mounts mounted surge surged soar soars soared raise raises raised raising push "
            "pushes pushed pushing bring brings brought bringing swell swells swelled swollen "
            "passes passed surpasses surpassed exceeds exceeded tops topped crosses crossed "
            "upward upwards up takes taking adding spikes doubled doubles tripled reach "
            "reaches reached hits climb"
        ),
        Move.UP,
    ),
    **dict.fromkeys(
        row(
            "fall falls fell fallen falling drop drops dropped lower lowers lowered lowering "
            "reduce reduces reduced reducing cut cuts cutting down downward downwards "
            "decrease decreased decreases slashed slashes slashing trimmed back "
            "scaled shrank shrunk"
        ),
        Move.DOWN,
    ),
}
PUT: Final = words(
    "put puts putting revised revise revises revising given gave give gives reported report "
    "announced stood stand stands stating set updated update updates corrected lowered raised "
    "reduced increased cut gone went said counted estimated tallied recorded changed amended "
    "adjusted confirmed listed scaled"
)
INCLUDE: Final = endings(
    "including,includes,include,included,among them,such as,of whom,of which,of them,"
    "among those killed were,among those killed was,among the dead were,among the dead are,"
    "among the dead was,among the dead is,among the victims were,among the victims was,"
    "among the victims are,among the injured were,among the injured was,among the injured are,"
    "dead are,dead were,victims are,victims were"
)
OF_THEM: Final = phrases(
    "of whom,of them,of which,among the dead,among the victims,among the killed,"
    "among the injured,among the wounded,among those killed,among the casualties,"
    "among the fatalities,among the missing,of the dead,of the victims,of those killed,"
    "among them,of the injured"
)
HYPOTHETICAL: Final = words(
    "could may might would fears fear expected projected predicted potential potentially "
    "threatening threatens threatened estimated-to if plot plotted plotting planned planning"
)
DENYING: Final = endings("not,instead of,rather than,not the,instead of the,rather than the")
REJECTING: Final = phrases(
    "is incorrect,was incorrect,were incorrect,is false,was false,were false,is wrong,"
    "was wrong,is untrue,was untrue,were found alive,was found alive,been found alive,"
    "were untrue,are untrue,are false,are wrong,are incorrect,was unfounded,were unfounded,"
    "were counted twice,been counted twice,turned out to be,proved false,proved wrong,"
    "was retracted,were mistaken"
)
REJECTING_BEFORE: Final = phrases(
    "denied,denies,denying,deny,disputed,disputes,refuted,refutes,rejected,"
    "rejects,dismissed,dismisses,retracted,retracts,"
    "withdrew,wrongly,mistakenly,erroneously,incorrectly,falsely,no evidence,thought dead,"
    "not true that,untrue that,no truth"
)
CORRECTING: Final = words(
    "correct corrects corrected correcting revise revises revised revising amend amends amended "
    "amending adjust adjusts adjusted lower lowers lowered lowering reduce reduces reduced "
    "reducing cut cuts downgraded downgrades trimmed recounted"
)
EARLIER: Final = words(
    "earlier previously initially originally initial previous preliminary original prior"
)
EARLIER_PHRASES: Final = phrases(
    "first said,first reported,first put,first announced,at first,first gave,first spoke of,"
    "after estimates of,early reports,early estimates,early counts,early figures,early accounts,"
    "first reports,first estimates,first counts,first accounts"
)
DAY_BEFORE: Final = phrases(
    "a day earlier,the day before,the previous day,a day before,one day earlier,"
    "the previous evening,the evening before,the night before,hours earlier,earlier that day,"
    "two days earlier,days earlier,the previous night,on the previous day,a day previously"
)
COMPARED: Final = endings(
    "compared to,compared with,up from,down from,instead of,rather than,not,against,"
    "higher than,lower than,from,compared to the,compared with the,from the,against the,up on,"
    "down on,previously,from an earlier,from an initial,from the previous,from a previous,"
    "from the earlier,initially,not the,instead of the,rather than the,after an initial,"
    "as against,first announced,first reported,first said,initially announced,"
    "initially reported,initially said,previously announced,previously reported,"
    "earlier announced,earlier reported,originally announced,originally reported"
)
WOUNDS: Final = phrases(
    "succumbed,succumb,succumbs,succumbing,died of their wounds,died of their injuries,"
    "died from their injuries,died from their wounds,died of wounds,died of injuries,"
    "died of his wounds,died of her wounds,died of his injuries,died of her injuries,"
    "died from wounds,died from injuries,died in hospital,died in hospitals,"
    "died in a hospital,died later,later died,have now died,has now died,had since died,"
    "have since died,has since died,died overnight,died at hospital,died at a hospital,"
    "died in the hospital"
)
BACKGROUND: Final = phrases(
    "so far this year,this year,since the start of,since the beginning of,"
    "since the outbreak of,since the war,since the conflict,since the fighting,"
    "since the uprising,since the revolt,since the crisis,since the unrest,since the violence,"
    "in the past year,in the last year,over the past year,over the last year,"
    "in the past month,in the last month,in recent months,in recent weeks,in recent years,"
    "over the past decade,each year,every year,per year,in a month of,in weeks of,"
    "in months of,in years of,since the insurgency,since the pandemic,over the past month,"
    "in the past week,in the past two,in the past three,in the past few,during the war,"
    "during the conflict,in the war,the conflict has killed,since protests began,"
    "the war has killed,since clashes began,the insurgency has,a year on average,annually,"
    "reports of missing"
)
ELSEWHERE: Final = phrases(
    "last year,last month,years ago,a year ago,years earlier,a year earlier,months earlier,"
    "decades ago,a decade ago,months ago,weeks ago,in another country,in a separate,"
    "in a previous,in an earlier attack,in a similar,a similar attack,a similar incident,"
    "years after,year after,months after,month after,a previous attack,previous attacks,"
    "years before,the previous year"
)
DAY_AFTER: Final = phrases("day after,days after,week after,weeks after,day following")
SCOPE_PHRASES: Final = phrases(
    "statewide,nationwide,worldwide,countrywide,citywide,regionwide,provincewide,"
    "across the state,across the country,across the region,including the missing,"
    "including the attackers,including the bombers"
)
SCOPE_OPENERS: Final = phrases("not counting,not including,excluding,without counting")
ABBREVIATIONS: Final = words(
    "mr mrs ms dr gen col lt sgt capt maj cmdr adm gov sen rep rev st no jan feb mar apr jun "
    "jul aug sep sept oct nov dec vs prof hon inc corp co ltd approx km ft mt ca jr sr brig "
    "pres"
)
STARTERS: Final = words(
    "the at a an two three four five six seven eight nine ten several many more over some he "
    "she it they police officials in on another no there this these about around nearly "
    "dozens hundreds authorities rescuers its according"
)
SAY: Final = words(
    "said says say told tells reported reports report announced announces confirmed confirms "
    "stated states added adds quoted claimed claims spoke acknowledged noted"
)
ANNOUNCE: Final = words(
    "put puts revised revises revise lowered lowers raised raises reported reports announced "
    "announces confirmed confirms gave gives cut cuts reduced reduces named updated corrected "
    "counted spoke said says told set"
)
DENY: Final = words(
    "denied denies denying rejected rejects rejecting dismissed dismisses dismissing refuted "
    "refutes disputed disputes"
)
ACCORDING: Final = phrases("according to,citing,quoting,quoted by,reported by,as reported by")
SPEAKING_SKIPS: Final = words(
    "on monday tuesday wednesday thursday friday saturday sunday also later earlier yesterday "
    "today then morning evening afternoon night late early meanwhile however in a statement "
    "has have had still now officially and but as that by"
)
SPEAKER_BOUNDS: Final = words(
    "that which who when where while after before because but and as if than with were was is "
    "are has have had been killed dead died injured wounded missing people persons according "
    "since amid including following leaving killing"
)
NOT_SPEAKERS: Final = words(
    "there this these those what which who that more many several dozens hundreds scores "
    "people toll death"
)
LOOSE_SPEAKERS: Final = words(
    "officials official authorities media police witnesses sources source residents spokesman "
    "spokeswoman spokesperson doctors medics rescuers agency agencies television tv hospital "
    "ministry minister governor government army military hospitals company airline operator "
    "union unions leaders activists campaigners monitors organisers organizers railway "
    "university coastguard firefighters"
)
