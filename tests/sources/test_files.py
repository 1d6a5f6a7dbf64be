"""Local files and folders, on a real file system."""

import os
import socket
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from tracker.health import Cause
from tracker.intake import Memo
from tracker.sources.answers import MOST_BYTES, FetchFailed, NotModified
from tracker.sources.capture import FOLDER, Capture
from tracker.sources.files import MOST_OF_A_FOLDER, read

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)


def written(path: Path, content: bytes = b"Twelve people died.", at: datetime = LONG_AGO) -> Path:
    """A file that was last written at that moment."""
    path.write_bytes(content)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def captured(path: Path, memo: Memo | None = None, now: datetime = NOW) -> Capture:
    answer = read(str(path), memo, now)
    assert isinstance(answer, Capture)
    return answer


def names(capture: Capture) -> list[str]:
    return [Path(each.url).name for each in capture.files]


def remembered(capture: Capture) -> Memo:
    """What is kept once all that a folder holds is stored."""
    return Memo(
        digest=capture.digest,
        known=capture.known | {each.digest for each in capture.files},
    )


def test_a_file_is_read_whole_and_its_bytes_remembered(tmp_path: Path) -> None:
    """The same bytes are nothing new, whenever they were written."""
    file = written(tmp_path / "news.rss", b"<rss/>")
    first = captured(file)
    assert (first.url, first.content, first.fetched_at) == (str(file), b"<rss/>", NOW)
    assert first.digest == sha256(b"<rss/>").hexdigest()
    written(file, b"<rss/>", NOW)
    assert read(str(file), remembered(first), NOW) == NotModified()
    written(file, b"<rss />", NOW)
    assert captured(file, remembered(first)).content == b"<rss />"


def test_a_path_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """Nothing there, no file, too large: one line each, and the cause."""
    none, pipe, big = tmp_path / "none", tmp_path / "pipe", tmp_path / "big.rss"
    os.mkfifo(pipe)
    with big.open("wb") as file:
        file.truncate(50 * 2**20)
    assert read(str(none), None, NOW) == FetchFailed(f"there is no file {none}", Cause.MISSING)
    assert read(str(pipe), None, NOW) == FetchFailed(f"{pipe} is no file", Cause.ADDRESS)
    assert read("/dev/zero", None, NOW) == FetchFailed("/dev/zero is no file", Cause.ADDRESS)
    assert read(str(big), None, NOW) == FetchFailed(
        "too large: 50 MB; the most that is read is 5 MB", Cause.TOO_LARGE
    )


def test_the_new_files_of_a_folder_are_read_by_name(tmp_path: Path) -> None:
    """Each file is a capture of its own; what is not for reports is not even opened."""
    for name in ("b.txt", "a.MD", "c.eml", "d.html", "e.htm"):
        written(tmp_path / name)
    for name in (".hidden.txt", "f.txt.part", "g.txt~", "h.tmp", "i.pdf", "txt"):
        written(tmp_path / name)
    (tmp_path / "folder.txt").mkdir()
    written(tmp_path / "folder.txt" / "j.txt")
    folder = captured(tmp_path)
    assert names(folder) == ["a.MD", "b.txt", "c.eml", "d.html", "e.htm"]
    assert (folder.content, folder.content_type, folder.trouble) == (b"", FOLDER, ())
    assert all(each.content == b"Twelve people died." for each in folder.files)
    assert all(each.fetched_at == NOW for each in folder.files)


def test_known_files_are_passed_over_and_named(tmp_path: Path) -> None:
    """Only what is new or written anew is read; a folder in which nothing is says so."""
    written(tmp_path / "a.txt")
    written(tmp_path / "b.txt")
    first = remembered(captured(tmp_path))
    assert read(str(tmp_path), first, NOW) == NotModified()
    written(tmp_path / "b.txt", b"Fourteen people died.")
    written(tmp_path / "c.txt")
    second = captured(tmp_path, first)
    assert names(second) == ["b.txt", "c.txt"]
    assert len(second.known) == 1
    assert read(str(tmp_path), remembered(second), NOW) == NotModified()
    (tmp_path / "a.txt").unlink()
    third = captured(tmp_path, remembered(second))
    assert names(third) == []
    assert len(third.known) == 2


def test_a_folder_that_moves_is_the_same_folder(tmp_path: Path) -> None:
    """Only names, times and sizes count."""
    (tmp_path / "old").mkdir()
    written(tmp_path / "old" / "a.txt")
    first = remembered(captured(tmp_path / "old"))
    copytree(tmp_path / "old", tmp_path / "new")
    assert read(str(tmp_path / "new"), first, NOW) == NotModified()


def test_an_empty_folder_is_a_capture_of_nothing(tmp_path: Path) -> None:
    """Nothing in it yet is no trouble."""
    empty = captured(tmp_path)
    assert (empty.files, empty.known, empty.trouble) == ((), frozenset(), ())
    assert read(str(tmp_path), remembered(empty), NOW) == NotModified()


@pytest.mark.parametrize("age", [timedelta(), timedelta(seconds=1.9), timedelta(seconds=-1.9)])
def test_a_file_that_was_just_written_is_read_again(tmp_path: Path, age: timedelta) -> None:
    """Within one tick of the clock it may be written again, to the same size."""
    written(tmp_path / "a.txt", at=NOW - age)
    first = captured(tmp_path)
    assert names(first) == ["a.txt"]
    later = NOW + timedelta(minutes=5)
    second = captured(tmp_path, remembered(first), later)
    assert names(second) == ["a.txt"]
    assert read(str(tmp_path), remembered(second), later) == NotModified()


def test_a_file_from_the_future_is_read_once(tmp_path: Path) -> None:
    """The clock of another machine is no reason to read its files for ever."""
    written(tmp_path / "a.txt", at=NOW + timedelta(hours=1))
    first = captured(tmp_path)
    assert names(first) == ["a.txt"]
    assert read(str(tmp_path), remembered(first), NOW) == NotModified()


def test_a_file_that_is_too_large_is_trouble_until_it_is_gone(tmp_path: Path) -> None:
    """The others are read, and the trouble is told at every poll."""
    written(tmp_path / "a.txt", b"a" * MOST_BYTES)
    written(tmp_path / "b.txt", b"b" * (MOST_BYTES + 1))
    told = ("b.txt: too large: 5 MB; the most that is read is 5 MB",)
    first = captured(tmp_path)
    assert (names(first), first.trouble) == (["a.txt"], told)
    second = captured(tmp_path, remembered(first), NOW + timedelta(minutes=5))
    assert (names(second), second.trouble) == ([], told)
    (tmp_path / "b.txt").unlink()
    third = captured(tmp_path, remembered(second))
    assert third.trouble == ()
    assert read(str(tmp_path), remembered(third), NOW) == NotModified()


def test_what_is_too_much_for_one_poll_is_read_in_the_next(tmp_path: Path) -> None:
    """The memory that a poll takes is bounded, and no file is left out."""
    files = 2 * MOST_OF_A_FOLDER // MOST_BYTES
    for number in range(files):
        with written(tmp_path / f"{number:02}.txt").open("r+b") as file:
            file.truncate(MOST_BYTES)
        os.utime(tmp_path / f"{number:02}.txt", (0, 0))
    read_so_far = list[str]()
    memo = Memo()
    for minutes in range(10):
        answer = read(str(tmp_path), memo, NOW + timedelta(minutes=minutes))
        if isinstance(answer, NotModified):
            break
        assert isinstance(answer, Capture)
        assert sum(len(each.content) for each in answer.files) <= MOST_OF_A_FOLDER
        read_so_far += names(answer)
        memo = remembered(answer)
    assert read_so_far == [f"{number:02}.txt" for number in range(files)]
    assert answer == NotModified()


def test_a_link_leads_to_no_file_outside_the_folder(tmp_path: Path) -> None:
    """A link within the folder is a file; one that leads out of it is told, and not followed."""
    (tmp_path / "in").mkdir()
    written(tmp_path / "secret.txt")
    written(tmp_path / "in" / "a.txt")
    (tmp_path / "in" / "b.txt").symlink_to("a.txt")
    (tmp_path / "in" / "c.txt").symlink_to("../secret.txt")
    (tmp_path / "in" / "d.txt").symlink_to("nowhere.txt")
    (tmp_path / "in" / "e.txt").symlink_to("e.txt")
    folder = captured(tmp_path / "in")
    assert names(folder) == ["a.txt", "b.txt"]
    assert folder.trouble == ("c.txt is a link that leads out of the folder: it is not followed",)


def test_what_is_no_plain_file_is_never_opened(tmp_path: Path) -> None:
    """A pipe would hang the poll, a device might never end."""
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.txt"))
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    written(tmp_path / "a.txt")
    assert names(captured(tmp_path)) == ["a.txt"]


def test_a_file_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    """Names are bytes to the file system."""
    written(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")))
    first = captured(tmp_path)
    assert len(first.files) == 1
    assert read(str(tmp_path), remembered(first), NOW) == NotModified()
