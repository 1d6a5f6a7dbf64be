"""Checkpoints: a Merkle root over the heads of a log, kept elsewhere and compared later."""

import hashlib
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from builders import NOON, figure, set_aside
from rewriting import rewrite
from tracker.errors import UsageError
from tracker.events import INBOX, Fact
from tracker.store.base import Append, Head
from tracker.store.checkpoint import (
    Checkpoint,
    checkpoint,
    damage,
    departure,
    in_one_line,
    merkle_root,
    parse,
    root_of,
    written,
)
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

FERRY, MILL = "incident/ferry", "incident/mill"
HEADS: Final = (Head(INBOX, 2, "cc"), Head(FERRY, 3, "aa"), Head(MILL, 1, "bb"))
MADE: Final = checkpoint(HEADS, log="a name", made_at=NOON)

LEAVES: Final = tuple(
    map(
        bytes.fromhex,
        (
            *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
            "606162636465666768696a6b6c6d6e6f",
        ),
    )
)
ROOTS: Final = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The roots of the first 0, 1, 2 … of the leaves: the vectors of Certificate Transparency."""


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def by_levels(leaves: list[bytes]) -> bytes:
    """The same tree from the bottom up: neighbours are paired, and an odd one out moves up."""
    level = [sha(b"\0", each) for each in leaves]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [sha(b"\1", *pair) if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0] if level else sha()


@pytest.mark.parametrize("count", range(len(ROOTS)))
def test_the_roots_are_those_of_rfc_6962(count: int) -> None:
    assert merkle_root(LEAVES[:count]).hex() == ROOTS[count]


def test_the_roots_are_those_of_another_way_to_compute_them() -> None:
    for count in range(70):
        leaves = [str(number).encode() for number in range(count)]
        assert merkle_root(leaves) == by_levels(leaves)


def test_a_leaf_is_a_head_as_json() -> None:
    """So that anybody can compute the root from the file alone, without this program."""
    one = sha(b"\0", b'["inbox",2,"cc"]')
    two = sha(b"\0", '["incident/caf\u00e9",3,"aa"]'.encode())
    heads = (Head(INBOX, 2, "cc"), Head("incident/café", 3, "aa"))
    assert root_of(heads) == sha(b"\1", one, two).hex()


def test_what_was_written_is_read_back() -> None:
    assert parse(written(MADE), "file") == MADE
    assert damage(MADE) == ""


def test_a_file_is_json_with_a_line_for_each_stream() -> None:
    document = json.loads(written(MADE))
    assert document == {
        "checkpoint": 1,
        "log": "a name",
        "position": 6,
        "made_at": "2031-05-01T12:00:00.000000Z",
        "root": root_of(HEADS),
        "heads": [[INBOX, 2, "cc"], [FERRY, 3, "aa"], [MILL, 1, "bb"]],
    }
    assert '\n    ["incident/ferry", 3, "aa"],\n' in written(MADE)


def test_an_empty_log_has_a_checkpoint_too() -> None:
    empty = checkpoint((), log="a name", made_at=NOON)
    assert (empty.position, empty.root) == (0, ROOTS[0])
    assert parse(written(empty), "file") == empty
    assert departure(empty, ()) == ""


@pytest.mark.parametrize(
    "printed",
    [
        f"6 {MADE.root}",
        f"  6\t{MADE.root.upper()}\r\n",
        f"6 {MADE.root[:20]}\n{MADE.root[20:44]} {MADE.root[44:]}",
    ],
)
def test_the_short_form_is_read_as_people_print_it(printed: str) -> None:
    assert in_one_line(MADE) == f"6 {MADE.root}"
    assert parse(printed, "page 9") == Checkpoint(6, MADE.root)


def changed(**changes: object) -> str:
    return json.dumps(json.loads(written(MADE)) | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "6",
        f"six {MADE.root}",
        f"-6 {MADE.root}",
        f"\u0666 {MADE.root}",
        f"6 {MADE.root}0",
        "6 not-a-root",
        "{}",
        "[]",
        "{" * 100_000,
        '{"a":' * 100_000,
        written(MADE)[:-10],
        changed(position="6"),
        changed(position=-1),
        changed(position=True),
        changed(root="0"),
        changed(root=6),
        changed(made_at="yesterday"),
        changed(heads=None),
        changed(heads=[[1, 2]]),
        changed(heads=[["inbox", "2", "cc"]]),
        changed(checkpoint="1"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^page 9 is no checkpoint: give a file"):
        parse(text, "page 9")


def test_a_newer_form_asks_for_the_newer_version() -> None:
    with pytest.raises(UsageError, match=r"its format is 2, this one reads 1\): install the newer"):
        parse(changed(checkpoint=2), "page 9")


def test_a_damaged_checkpoint_is_told_from_a_rewritten_log() -> None:
    other = (*HEADS[:2], Head(MILL, 1, "ab"))
    assert damage(replace(MADE, heads=other)) == "its heads do not give its root"
    assert damage(replace(MADE, position=7)) == "its heads do not add up to its position"
    assert damage(Checkpoint(6, MADE.root)) == ""


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        ((HEADS[0], Head(FERRY, 3, "ab"), HEADS[2]), "incident/ferry: its first 3 events are not"),
        ((Head(INBOX, 3, "cc"), HEADS[1]), "inbox: it had 2 events at position 6, and now 3"),
        (HEADS[:2], "incident/mill: its 1 events are not in the log"),
        ((*HEADS, Head("incident/barge", 1, "aa")), "incident/barge: its events were not in"),
    ],
)
def test_the_first_stream_that_differs_is_named(heads: tuple[Head, ...], said: str) -> None:
    assert departure(MADE, sorted(heads, key=lambda each: each.stream)).startswith(said)


def test_without_heads_no_stream_can_be_named() -> None:
    assert departure(Checkpoint(6, MADE.root), HEADS) == ""
    assert departure(Checkpoint(6, MADE.root), HEADS[:2]) == (
        "its first 6 events are not those of the checkpoint"
    )


def kept(db: Path, *facts: Fact) -> Checkpoint:
    """A log of these facts about the ferry, with others around them, and its checkpoint."""
    with closing(open_writer(db)) as log:
        log.append([Append(INBOX, 0, (set_aside(),))], recorded_at=NOON)
        log.append([Append(FERRY, 0, facts)], recorded_at=NOON)
        log.append([Append(MILL, 0, (figure(99),))], recorded_at=NOON)
        assert log.verify() is None
        return checkpoint(log.heads(), log=log.identity, made_at=NOON)


def test_a_log_that_went_on_extends_its_checkpoint(db: Path) -> None:
    made = kept(db, figure(1), figure(2))
    with closing(open_writer(db)) as log:
        log.append([Append(MILL, 1, (figure(98),))], recorded_at=NOON)
        log.append([Append(FERRY, 2, (figure(3),))], recorded_at=NOON)
    with closing(open_log(db)) as reader:
        assert reader.length() == 6
        assert departure(made, reader.heads(upto=made.position)) == ""
        assert departure(made, reader.heads()) != ""


def test_history_rewritten_with_a_perfect_chain_departs_from_it(db: Path) -> None:
    """The log verifies, and only what was kept elsewhere can tell; the stream is named."""
    made = kept(db, figure(1), figure(2))
    rewrite(db, '"low":1,', '"low":8,')
    with closing(open_log(db)) as reader:
        assert reader.verify() is None
        assert getattr(reader.read(FERRY)[0].fact, "low", None) == 8
        assert departure(made, reader.heads(upto=made.position)) == (
            "incident/ferry: its first 2 events are not those of the checkpoint"
        )
