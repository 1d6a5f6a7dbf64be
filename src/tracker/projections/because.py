"""Why, in plain words: a sentence for each rule that sets a figure aside, and for each move.

The order of the first two tables is that in which people want to see what was set aside. What
has no sentence yet is told by its own name.
"""

from typing import Final

from tracker.model import Reason, Role

SUPERSEDED: Final = "superseded"
STOOD_BEFORE: Final = "stood before"
ANOTHER_SCOPE: Final = "another scope"
READ_ANEW: Final = "read anew"
"""What sets a figure aside before any policy hears it, or after: see `evidence.py`."""

DISPUTED: Final[dict[str, str]] = {
    "withdrawn": "taken back, by its own report or by an operator",
    "denied": "denied, or only a relay of a number that was",
    "closed": "published while the incident was closed",
    "elsewhere": "counted in another incident: theirs were merged, or split",
    "held": "larger, within a day of a lowering, and one voice of a lower rank: it waits for a "
    "second",
    "outranked": "of a lower rank than the figure that stands",
    "unverified": "larger, but an unverified source alone says so",
    "stale": "old news: a number that was left behind, or a move told too late",
    "its own report gives more": "smaller than what its own report gives as well",
    "its own report stands by less": "larger, but its own report gives what stands on a higher "
    "authority",
    "a sum may be incomplete": "a smaller sum: one of its parts may be missing",
    "less than its parts": "less than half of what its parts add up to",
    "another count": "a lowering from so small a number that it is of some other count",
    "none besides": "zero, and no lowering told: nobody besides those who are counted",
    "passed over": "not what this policy looks for",
    Role.REJECTED.value: "its own report calls it wrong",
}
"""Figures that somebody might hold against the estimate."""

ROUTINE: Final[dict[str, str]] = {
    "consistent": "smaller, but hedged so that it does not contradict the figure that stands",
    "vague": "a word or a ceiling, where a number stands",
    "echo": "a sentence that another source printed before",
    "confirmed already": "a further voice for what was confirmed",
    "repeated": "a number that was heard already, and no independent voice",
    SUPERSEDED: "it stood until an edit of its own report replaced it",
    STOOD_BEFORE: "it stood, or bore out what stood, until the estimate moved on",
    Role.CURRENT.value: "heard, and moved nothing",
    Role.EARLIER.value: "its own report moves on from it",
    Role.INCREMENT.value: "by how many the number moved",
    Role.COMPONENT.value: "one of several numbers that make up a whole",
    Role.PART.value: "a part of another number of its report",
    Role.BACKGROUND.value: "a total told in passing",
    Role.OTHER_EVENT.value: "of another happening",
    Role.DENOMINATOR.value: "of how many, not how many",
    Role.HYPOTHETICAL.value: "feared or possible, not counted",
    ANOTHER_SCOPE: "of another scope, which has an estimate of its own",
    READ_ANEW: "its words are read otherwise by now",
}
"""Figures that nobody would miss."""

SET_ASIDE: Final = DISPUTED | ROUTINE

REASONS: Final[dict[Reason, str]] = {
    Reason.FIRST: "nothing stood before",
    Reason.RAISED: "larger than what stood",
    Reason.LOWERED: "smaller than what stood",
    Reason.NARROWED: "more exact than what stood",
    Reason.CONFIRMED: "an independent voice says so, too",
    Reason.CONTESTED: "two voices stand against each other",
    Reason.SETTLED: "the contest between two numbers ended",
    Reason.WITHDRAWN: "a figure was taken back",
    Reason.DENIED: "a figure was denied",
    Reason.CORRECTED: "an operator corrected it",
    Reason.REINSTATED: "what was taken back or denied counts again",
    Reason.CLOSED: "the incident was closed",
    Reason.REOPENED: "the incident was reopened",
    Reason.MERGED: "two incidents were merged",
    Reason.SPLIT: "an incident was split off",
}

MOVED: Final[dict[str, str]] = {
    "first": "nothing stood before",
    "a number for a word": "a number, or a larger word, where a word or a ceiling stood",
    "newest": "the newest count of people who come and go",
    "a second voice for one side": "an independent voice for one of two numbers in dispute",
    "passed": "what was nearly reached is reached",
    "now exact": "the same number without a hedge",
    "a second voice": "an independent voice says so, too",
    "one side gave way": "of two sides in dispute, one came over to the other's number",
    "a further voice": "a further or a higher voice for one of two numbers in dispute",
    "its text tells a lowering": "its text itself says that the number went down",
    "the standing voice lowers it": "who gave the number that stood gives a smaller one",
    "a higher rank lowers it": "a smaller number from a higher rank than the one that stood",
    "two voices agree on less": "two independent voices of the rank that stood agree on less",
    "an equal voice says less": "a voice of equal rank says less, and neither outweighs the other",
    "within a tenth": "more exact than the hedged number that stood, and within a tenth of it",
    "more": "larger than what stood, and nothing speaks against it",
    "whole": "a figure of the whole, where a sum of parts had stood in for it",
    "a part moved": "one of the parts moved of which what stands is the sum",
    "an operator's correction": "an operator corrected it",
    "follows": "what this policy looks for",
}
"""By the name of the test that let a statement move the estimate."""


def why_set_aside(rule: str) -> str:
    """The sentence for a test, a role or another rule."""
    return SET_ASIDE.get(rule, rule)


def why_moved(reason: Reason, test: str = "") -> str:
    """The sentence for a move: that of its test where that is known, else of its reason."""
    return MOVED.get(test) or test or REASONS.get(reason, reason.value)


def weight(rule: str) -> tuple[bool, int]:
    """Sorts rules: what might be held against the estimate first, then what has no sentence."""
    order = [*DISPUTED, rule, *ROUTINE] if rule not in SET_ASIDE else [*SET_ASIDE]
    return rule in ROUTINE, order.index(rule)
