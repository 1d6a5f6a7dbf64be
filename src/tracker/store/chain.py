"""What makes a change to the log show: a hash chain per stream, and commitments to words.

Nothing here is secret: whoever may write the file can forge a whole chain anew. The chain shows
what was changed by accident, or by somebody who did not rewrite everything that follows; a
checkpoint that is kept elsewhere (`checkpoint.py`) shows the rest.
"""

import hashlib
from typing import Final, NamedTuple

from tracker.encoding import to_json

FIRST: Final = ""
"""What the first event of a stream follows."""

SALT: Final = 16
"""Bytes of the salt of one field of words."""


class Stored(NamedTuple):
    """An event as its row holds it, in the order of the columns, the hash left out.

    `data` is a JSON object: the fact's fields, and for each field of words from outside, under
    its own name, the commitment to those words.
    """

    position: int
    stream: str
    version: int
    type: str
    id: str
    recorded_at: str
    data: str


def link(previous: str, stored: tuple[int, str, int, str, str, str, str]) -> str:
    """The hash of an event: SHA-256, in hex, over a JSON array in UTF-8 without spaces.

    The array is the hash of the event before in the same stream ("" for the first), then every
    column of `Stored` in order; `data` goes in as the string it is stored as. So the position is
    committed to as well, and each event vouches for all before it in its stream.
    """
    return hashlib.sha256(to_json((previous, *stored))).hexdigest()


def commitment(salt: bytes, words: str) -> str:
    """SHA-256, in hex, over the salt and the words in UTF-8.

    Once the row with salt and words is gone, nobody can tell from the commitment what they were,
    however short.
    """
    return hashlib.sha256(salt + words.encode()).hexdigest()
