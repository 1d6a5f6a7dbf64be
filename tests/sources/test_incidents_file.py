"""Adding an incident to incidents.toml: its table and nothing else, or nothing at all."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import ConfigError, TrackerError, UsageError
from tracker.intake import Incident
from tracker.sources.config import INCIDENTS, load_incidents, load_sources
from tracker.sources.incidents_file import add_incident, table_of
from tracker.sources.stroke import new_beside

FERRY = Incident(
    id="lorn-ferry", title="Ferry", began=date(2031, 5, 1), place="Cape Lorn", any_of=("ferry",)
)
NEW = new_beside(Path(INCIDENTS)).name
OLD = """\
# Ours.
[b]
title = "B"  # the second
date = 2031-01-01

[a]
title = "A"
date = 2031-01-01"""


def test_a_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    add_incident(tmp_path, FERRY)
    assert load_incidents(tmp_path) == (FERRY,)
    assert [each.name for each in tmp_path.iterdir()] == [INCIDENTS]


@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_what_the_file_holds_stays_as_it_is(tmp_path: Path, line: str, end: str) -> None:
    """Comments, order, line ends and a missing last one."""
    path, old = tmp_path / INCIDENTS, (OLD + end).replace("\n", line)
    path.write_bytes(old.encode())
    add_incident(tmp_path, FERRY)
    assert path.read_bytes().startswith(old.encode())
    assert line == "\n" or b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert [each.id for each in load_incidents(tmp_path)] == ["b", "a", "lorn-ferry"]


def test_rights_and_links_stay(tmp_path: Path) -> None:
    """A file that is a link is replaced where it leads to."""
    real = tmp_path / "real" / "ours.toml"
    real.parent.mkdir()
    real.write_text(OLD)
    real.chmod(0o640)
    (tmp_path / INCIDENTS).symlink_to(real)
    add_incident(tmp_path, FERRY)
    assert (tmp_path / INCIDENTS).is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert len(load_incidents(tmp_path)) == 3


def test_an_id_that_is_there_is_refused(tmp_path: Path) -> None:
    """With what to do; and the file is as it was."""
    add_incident(tmp_path, FERRY)
    before = (tmp_path / INCIDENTS).read_bytes()
    with pytest.raises(UsageError, match="already: file into it with --into lorn-ferry, or give"):
        add_incident(tmp_path, FERRY)
    assert (tmp_path / INCIDENTS).read_bytes() == before


def test_what_the_loader_refuses_never_gets_there(tmp_path: Path) -> None:
    """Told with the file's own name and the key."""
    path = tmp_path / INCIDENTS
    path.write_text(OLD)
    wrong = Incident(id="x", title="X", began=date(2031, 5, 1), any_of=(" ",))
    with pytest.raises(ConfigError) as raised:
        add_incident(tmp_path, wrong)
    assert str(raised.value) == f"{path}, key 'x.match.any.1': empty: write a word or a phrase"
    assert path.read_text() == OLD
    assert [each.name for each in tmp_path.iterdir()] == [INCIDENTS]


def test_a_file_that_is_wrong_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / INCIDENTS
    path.write_text("[b]\ntitel = 'B'\n")
    with pytest.raises(ConfigError, match="unknown key"):
        add_incident(tmp_path, FERRY)
    assert path.read_text() == "[b]\ntitel = 'B'\n"


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """Something is in the way of the new file; or there is no such folder."""
    path = tmp_path / INCIDENTS
    path.write_text(OLD)
    (tmp_path / NEW).mkdir()
    (tmp_path / NEW / "x").touch()
    with pytest.raises(TrackerError, match=r"cannot be written .*; nothing is changed"):
        add_incident(tmp_path, FERRY)
    assert path.read_text() == OLD
    with pytest.raises(TrackerError, match=r"cannot be written \(No such file"):
        add_incident(tmp_path / "nowhere", FERRY)


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path) -> None:
    """Although the folder would let it. (Whoever may do everything is asked nothing.)"""
    path = tmp_path / INCIDENTS
    path.write_text(OLD)
    path.chmod(0o440)
    if os.access(path, os.W_OK):
        add_incident(tmp_path, FERRY)
        assert path.stat().st_mode & 0o777 == 0o440
    else:
        with pytest.raises(TrackerError, match="it is read-only"):
            add_incident(tmp_path, FERRY)
        assert path.read_text() == OLD


def test_what_a_killed_writer_left_is_no_source_and_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / NEW).write_text("half a ta")
    assert load_sources(tmp_path) == ([], [])
    add_incident(tmp_path, FERRY)
    assert load_incidents(tmp_path) == (FERRY,)


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)
ANY = st.builds(
    Incident,
    id=st.from_regex(r"\A\w[\w.-]*\Z"),
    title=TEXTS,
    began=st.dates(),
    place=st.text(st.characters(codec="utf-8")),
    any_of=st.lists(TEXTS, max_size=3).map(tuple),
)


@given(ANY)
def test_whatever_it_is_called_it_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, incident: Incident
) -> None:
    """Quotes, backslashes, control characters, letters of any script."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / INCIDENTS).write_text(table_of(incident), "utf-8", newline="\n")
    assert load_incidents(folder) == (incident,)
