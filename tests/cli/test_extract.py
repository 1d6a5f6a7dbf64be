"""`tracker extract`: the figures of a text, for people and for programs."""
# ruff: noqa: RUF001 — letters of other languages that look like those of English

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from command import COMMAND, done, environment, run
from tracker.figures.languages import LANGUAGES

TEXT = (
    "At least 12 people were killed when a ferry sank off Cape Lorn, the coast guard said. "
    "Another 30 people were injured."
)
STORY = (
    "The death toll from the ferry accident off Cape Lorn has been revised down from 95 to 84, the "
    "interior minister said on Thursday, among them 12 children.\n\nIt was the worst accident "
    "since the fire of 2008, which killed 61 people in Port Ansel."
)
TURKISH = "Batan feribotta en az 12 kişi öldü, 30 kişi de yaralandı."


def cells(line: str) -> list[str]:
    return re.split(r"\s{2,}", line)


def test_for_people_each_figure_is_a_line_with_the_words_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").write_text(TEXT)
    lines = done("extract", "ferry.txt", cwd=tmp_path).splitlines()
    killed, injured = map(cells, lines)
    assert killed[:4] == ["current", "killed", "at least 12", "the coast guard"]
    assert injured[:3] == ["current", "injured", "30"]
    for *_, clause in (killed, injured):
        before, number, after = re.split(r"[\[\]]", clause)
        assert f"{before}{number}{after}" in TEXT
    assert "12" in killed[-1].partition("[")[2].partition("]")[0]
    assert done("extract", cwd=tmp_path, stdin=TEXT).splitlines() == lines
    assert done("extract", "-", cwd=tmp_path, stdin=TEXT).splitlines() == lines


def test_what_counts_comes_first_and_the_columns_are_aligned(tmp_path: Path) -> None:
    lines = done("extract", cwd=tmp_path, stdin=STORY).splitlines()
    roles = [cells(line)[0] for line in lines]
    assert roles == ["current", "earlier", "part", "other_event"]
    assert [cells(line)[2] for line in lines] == ["84", "95", "12", "61"]
    assert len({line.index(" killed ") for line in lines}) == 1


def test_a_long_sentence_is_cut_around_its_number(tmp_path: Path) -> None:
    """Between words, so that the number is always seen, and in no more than a hundred letters."""
    words = "while the divers searched " * 20
    text = f"{words}41 people were killed {words}."
    *_, clause = cells(done("extract", "--language", "en", cwd=tmp_path, stdin=text).rstrip("\n"))
    assert len(clause) <= 100
    assert re.fullmatch(r"…(\w+ )+\[.*41.*\]( \w+)+…", clause)


def test_why_shows_the_rule_of_each_role(tmp_path: Path) -> None:
    assert "current (" in done("extract", "--why", cwd=tmp_path, stdin=TEXT)


@pytest.mark.parametrize(("columns", "lines"), [(200, 4), (80, 8)])
def test_on_a_terminal_what_counts_is_bold_and_nothing_is_wider(
    tmp_path: Path, columns: int, lines: int
) -> None:
    """Where the words have no room beside the columns, they are below."""
    (tmp_path / "story.txt").write_text(STORY)
    shown = on_a_terminal(tmp_path, columns, "extract", "--language", "en", "story.txt")
    assert len(shown) == lines
    assert [line for line in shown if re.match(r"\x1b\[1m\w", line)] == shown[:1]
    for line in shown:
        assert len(re.sub(r"\x1b\[\d+m", "", line)) <= columns


def on_a_terminal(folder: Path, columns: int, *args: str) -> list[str]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: text for name, text in environment().items() if name != "COLUMNS"}
    with subprocess.Popen([*COMMAND, *args], cwd=folder, env=kept, stdout=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += (more := os.read(ours, 4096))
            except OSError:  # nobody holds the other end
                break
            if not more:
                break
    os.close(ours)
    assert process.returncode == 0
    return shown.decode().splitlines()


def test_for_programs_each_text_is_answered_by_one_line(tmp_path: Path) -> None:
    asked = [
        {"id": "one", "text": TEXT, "published": "2024-05-04T18:00:00Z"},
        {"id": 2, "text": "The harbour was calm.", "language": "en"},
    ]
    written = "\n\n".join(json.dumps(each) for each in asked)
    answers = [
        json.loads(line)
        for line in done("extract", "--jsonl", cwd=tmp_path, stdin=written).splitlines()
    ]
    assert [each["id"] for each in answers] == ["one", 2]
    assert answers[1]["figures"] == []
    killed, injured = answers[0]["figures"]
    assert set(killed) >= {
        "measure", "low", "high", "qualifier", "role", "start", "end", "attribution",
    }  # fmt: skip
    start, end = killed["start"], killed["end"]
    assert "12" in TEXT[start:end]
    wanted = {
        "measure": "killed",
        "low": 12,
        "high": None,
        "qualifier": "at_least",
        "role": "current",
        "attribution": "the coast guard",
    }
    assert {key: killed[key] for key in wanted} == wanted
    assert (injured["measure"], injured["low"], injured["high"]) == ("injured", 30, 30)


def test_programs_are_told_where_people_were(tmp_path: Path) -> None:
    asked = json.dumps({"id": 1, "text": "Twelve people drowned in Port Ansel and on Skell."})
    (figure,) = json.loads(done("extract", "--jsonl", cwd=tmp_path, stdin=asked))["figures"]
    assert (figure["places"], figure["scope"]) == (["Port Ansel", "Skell"], None)


def test_programs_are_told_the_language(tmp_path: Path) -> None:
    """The line's own, else the option's, else that of its words; null: it is not known."""
    asked: list[dict[str, object]] = [
        {"id": 1, "text": TEXT},
        {"id": 2, "text": TURKISH},
        {"id": 3, "text": TEXT, "language": "tr"},
        {"id": 4, "text": "12"},
    ]
    written = "\n".join(json.dumps(each) for each in asked)

    def told(*args: str) -> list[tuple[str | None, int]]:
        ran = run("extract", "--jsonl", *args, cwd=tmp_path, stdin=written)
        assert (ran.returncode, ran.stderr) == (0, "")
        answers = map(json.loads, ran.stdout.splitlines())
        return [(each["language"], len(each["figures"])) for each in answers]

    assert told() == [("en", 2), ("tr", 0), ("tr", 0), (None, 0)]
    assert [language for language, _ in told("--language", "en-GB")] == [
        "en-GB", "en-GB", "tr", "en-GB",
    ]  # fmt: skip


def test_a_text_without_figures_is_no_failure(tmp_path: Path) -> None:
    asked = run("extract", "--language", "en", cwd=tmp_path, stdin="The harbour was calm.")
    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr == (
        "no figure of people was read in this text (none is larger than 10,000,000,000)\n"
    )


@pytest.mark.parametrize(
    ("args", "text", "said"),
    [
        ((), TEXT, "read as en, by its words (else: --language)"),
        (("--language", "en"), TEXT, ""),
        ((), TURKISH, f"no figure is read in language 'tr', only in: {', '.join(LANGUAGES)}"),
        (
            ("--language", "t\x1br"),
            TEXT,
            f"no figure is read in language 't\\x1br', only in: {', '.join(LANGUAGES)}",
        ),
        ((), "12", "no figure is read: the language is not known; say it with --language"),
    ],
    ids=["found", "said", "not read", "odd", "not known"],
)
def test_the_language_is_told_where_nobody_said_it_or_it_is_not_read(
    tmp_path: Path, args: tuple[str, ...], text: str, said: str
) -> None:
    asked = run("extract", *args, cwd=tmp_path, stdin=text)
    assert asked.returncode == 0
    assert asked.stderr == (f"{said}\n" if said else "")
    assert bool(asked.stdout) == (text is TEXT and not said.startswith("no figure"))


def test_a_text_is_read_in_the_language_of_its_words(tmp_path: Path) -> None:
    text = "Al menos 12 personas murieron al hundirse un transbordador frente al cabo."
    asked = run("extract", cwd=tmp_path, stdin=text)
    assert asked.stderr == "read as es, by its words (else: --language)\n"
    assert cells(asked.stdout)[:3] == ["current", "killed", "at least 12"]


def test_bytes_that_are_no_utf_8_are_read_as_far_as_they_can_be(tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_bytes(b"\xff\xfe The ferry accident killed 12 people. \xe9")
    assert "12" in done("extract", "odd.txt", cwd=tmp_path)


def test_what_a_terminal_would_obey_is_shown_as_a_picture(tmp_path: Path) -> None:
    text = "On \x1b[31mTuesday\x9b 12 people were killed on the \u202enorthern\u202c quay."
    shown = done("extract", "--language", "en", cwd=tmp_path, stdin=text)
    assert "␛[31m" in shown
    assert not {"\x1b", "\x9b", "\u202e"} & set(shown)


def test_half_a_character_in_json_is_answered_as_it_was_asked(tmp_path: Path) -> None:
    written = r'{"id": "\ud800", "text": "The ferry \ud800 killed 12 people."}'
    answer = done("extract", "--jsonl", cwd=tmp_path, stdin=written)
    assert answer.startswith(r'{"id": "\ud800", ')
    assert json.loads(answer)["figures"][0]["low"] == 12
