"""The words of English for numbers, their hedges, dates and units, as tables."""

from typing import Final

from tracker.figures.lexicon import endings, phrases, row, words
from tracker.model import Qualifier

UNITS: Final = {
    word: number
    for number, word in enumerate(
        row(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen sixteen seventeen eighteen nineteen"
        )
    )
}
TENS: Final = {
    word: 10 * number
    for number, word in enumerate(
        row("twenty thirty forty fifty sixty seventy eighty ninety"), start=2
    )
}
SCALES: Final = {
    "hundred": 100,
    "thousand": 1_000,
    "lakh": 100_000,
    "lakhs": 100_000,
    "million": 1_000_000,
    "crore": 10_000_000,
    "crores": 10_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "dozen": 12,
}
ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        row(
            "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
            "twentieth"
        ),
        start=2,
    )
}
HEDGES: Final = {
    Qualifier.AT_LEAST: endings(
        "at least,no fewer than,not fewer than,no less than,not less than,a minimum of"
    ),
    Qualifier.OVER: endings(
        "over,more than,upwards of,above,exceeds,exceeded,exceeding,exceed,surpasses,"
        "surpassed,surpassing,passes,passed,passing,tops,topped,topping,past,in excess of,"
        "beyond,crosses,crossed,greater than,higher than"
    ),
    Qualifier.NEARLY: endings("nearly,almost,close to,nearing,approaching,approaches,not quite"),
    Qualifier.ABOUT: endings(
        "about,around,approximately,roughly,some,an estimated,estimated,circa,approx,"
        "in the region of,somewhere around"
    ),
    Qualifier.UP_TO: endings("up to,as many as,as much as,a maximum of,at most"),
    Qualifier.UNDER: endings("fewer than,less than,under,below,just under,lower than"),
}
TAILS: Final = {
    Qualifier.AT_LEAST: phrases("or more,at least"),
    Qualifier.OVER: phrases("+,plus"),
    Qualifier.ABOUT: phrases("or so,odd"),
}
MONTHS: Final = words(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
)
UNIT_NOUNS: Final = words(
    "fewer less year years month months week weeks day days hour hours minute minutes second "
    "seconds decade decades century centuries night nights pm am gmt utc o'clock p a percent "
    "per % ° degrees third thirds quarter quarters half degree magnitude richter point points "
    "storey story stories storeys floor floors metre metres meter meters km kilometre "
    "kilometres kilometer kilometers mile miles feet foot ft inch inches cm mm acre acres "
    "hectare hectares square kg kilograms kilogrammes kilos tonne tonnes ton tons pounds "
    "litre litres gallons mph kph knots kmh dollars dollar euros euro yen rupees yuan rubles "
    "usd times fold local mw volts"
)
