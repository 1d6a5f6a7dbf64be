"""How an estimate is chosen: each policy is one file here, and one line of the table.

A policy hears one statement at a time, and says what it did. What it may look at, and the words
in which it answers, are in `standing.py`.
"""

from typing import Final

from tracker.projections.policies.highest import highest
from tracker.projections.policies.latest import latest
from tracker.projections.policies.lowest import lowest
from tracker.projections.policies.standard import standard
from tracker.projections.standing import Policy

STANDARD: Final = "standard"

VERSION: Final = 1
"""Of the rules by which figures become estimates, here and in every module that these rest on.
Raise it when estimates of stored events come out otherwise: receivers are told so, once."""

POLICIES: Final[dict[str, Policy]] = {
    STANDARD: standard,
    "latest": latest,
    "highest": highest,
    "lowest": lowest,
}
