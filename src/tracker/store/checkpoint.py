"""A few lines that vouch for a whole log, to be kept elsewhere: made, read, compared. Pure.

A chain shows no rewriting by somebody who computes it anew from the beginning, nor that the newest
events were cut off. A checkpoint that was kept where that person cannot reach it shows both. It is
a Merkle tree (RFC 6962, section 2.1) over the heads of all streams, and each head vouches for
every event before it.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tracker.encoding import to_json
from tracker.errors import UsageError
from tracker.model import from_utc_text, utc_text
from tracker.store.base import Head

FORMAT: Final = 1
"""Of the JSON document, under the key `checkpoint`."""

ROOT: Final = re.compile(r"[0-9a-f]{64}")
LEAF, NODE = b"\x00", b"\x01"
"""What comes before the bytes of a leaf and of a node, so that neither passes for the other."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log was at one moment. The short form is position and root alone."""

    position: int
    """How many events the log had."""
    root: str
    """In hex."""
    log: str = ""
    """The log's identity."""
    made_at: datetime | None = None
    heads: tuple[Head, ...] | None = None
    """None where they are not listed."""


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves, in their order: RFC 6962, section 2.1, with SHA-256."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(LEAF + leaves[0]).digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1  # the largest power of two below the length
    halves = merkle_root(leaves[:left]) + merkle_root(leaves[left:])
    return hashlib.sha256(NODE + halves).digest()


def root_of(heads: Sequence[Head]) -> str:
    """The root over heads in the order of their streams, in hex.

    A leaf is `[stream, version, hash]` as JSON in UTF-8 without spaces.
    """
    return merkle_root([to_json([each.stream, each.version, each.hash]) for each in heads]).hex()


def checkpoint(heads: Sequence[Head], *, log: str, made_at: datetime) -> Checkpoint:
    """What there is to keep of a log with these heads, sorted by stream."""
    # No stream has a gap and every event is in one, so the versions add up to the last position.
    position = sum(each.version for each in heads)
    return Checkpoint(position, root_of(heads), log, made_at, tuple(heads))


def written(made: Checkpoint) -> str:
    """The checkpoint as JSON, with a line for each stream."""
    fields = {
        "checkpoint": FORMAT,
        "log": made.log,
        "position": made.position,
        "made_at": utc_text(made.made_at) if made.made_at else None,
        "root": made.root,
    }
    lines = [f'  "{name}": {json.dumps(value)}' for name, value in fields.items()]
    heads = [json.dumps([each.stream, each.version, each.hash]) for each in made.heads or ()]
    lines.append('  "heads": [' + ",".join(f"\n    {each}" for each in heads) + "\n  ]")
    return "{\n" + ",\n".join(lines) + "\n}"


def in_one_line(made: Checkpoint) -> str:
    """Position and root: as little as can be compared with a log."""
    return f"{made.position} {made.root}"


def parse(text: str, where: str) -> Checkpoint:
    """A checkpoint as it was kept, in its long or its short form.

    In the short form the root may be broken by spaces, as somebody may have printed it.

    Raises:
        UsageError: it is no checkpoint, or one of a newer version.
    """
    if not text.lstrip().startswith("{"):
        position, *parts = text.split() or [""]
        root = "".join(parts).lower()
        if position.isascii() and position.isdigit() and ROOT.fullmatch(root):
            return Checkpoint(int(position), root)
    try:
        return _parsed(json.loads(text), where)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{where} is no checkpoint: give a file that `tracker checkpoint` wrote, or the line "
            "that `tracker checkpoint --root` prints"
        ) from error


def _parsed(document: Any, where: str) -> Checkpoint:
    version, position, root = (document[key] for key in ("checkpoint", "position", "root"))
    if type(version) is not int or type(position) is not int or position < 0:
        raise TypeError
    if version > FORMAT:
        raise UsageError(
            f"{where} was written by a newer version of tracker (its format is {version}, this one "
            f"reads {FORMAT}): install the newer version"
        )
    if not ROOT.fullmatch(root):
        raise ValueError
    heads = tuple(Head(*each) for each in document["heads"])
    if any(
        tuple(map(type, (each.stream, each.version, each.hash))) != (str, int, str)
        for each in heads
    ):
        raise TypeError
    made_at = from_utc_text(document["made_at"])
    return Checkpoint(position, root, str(document["log"]), made_at, heads)


def damage(kept: Checkpoint) -> str:
    """What is wrong with a checkpoint in itself; "" for a sound one."""
    if kept.heads is None:
        return ""
    if root_of(kept.heads) != kept.root:
        return "its heads do not give its root"
    if sum(each.version for each in kept.heads) != kept.position:
        return "its heads do not add up to its position"
    return ""


def departure(kept: Checkpoint, heads: Sequence[Head]) -> str:
    """How a log with these heads at the checkpoint's position is another; "" where it is not.

    The log must have that many events, and a chain that verifies.
    """
    if root_of(heads) == kept.root:
        return ""
    if kept.heads is None:
        return f"its first {kept.position} events are not those of the checkpoint"
    then = {each.stream: each for each in kept.heads}
    now = {each.stream: each for each in heads}
    stream = next(each for each in sorted(then | now) if then.get(each) != now.get(each))
    if stream not in now:
        return f"{stream}: its {then[stream].version} events are not in the log"
    if stream not in then:
        return f"{stream}: its events were not in the log then"
    if then[stream].version != now[stream].version:
        return (
            f"{stream}: it had {then[stream].version} events at position {kept.position}, and now "
            f"{now[stream].version}"
        )
    return f"{stream}: its first {then[stream].version} events are not those of the checkpoint"
