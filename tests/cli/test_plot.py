"""`tracker plot`: a chart in the terminal, and as a picture that everybody can read."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import sysconfig
import termios
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

import tracker
from builders import NOON, figure, opened, withdrawn
from command import COMMAND, PATIENCE, done, environment, run
from folder import BUNDLED
from moved import write_log
from tracker.model import Measure, Qualifier, Rank

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"

HARMFUL = "\x1b]0;owned\x07 \x9b2J \u202e<script>alert(1)</script> --> ]]> & $\\frac{1}{0}$ \ufffe"
"""A title that a terminal, a browser, an XML parser or a typesetter would take amiss."""

HARMLESS = {"svg", "title", "desc", "defs", "style", "g", "path", "use", "text", "clipPath", "rect"}
"""The elements of a picture: none that acts, links or loads."""


def on_a_screen(
    *args: str, cwd: Path, columns: int = 100, env: Mapping[str, str] | None = None
) -> str:
    """What the command shows on a terminal of 30 lines."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    kept = {
        name: value
        for name, value in environment({"TERM": "xterm"}).items()
        if name not in {"COLUMNS", "LINES", "NO_COLOR"}
    }
    with subprocess.Popen(
        [*COMMAND, *args], cwd=cwd, env=kept | dict(env or {}), stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while part := read(ours):
            shown += part
        assert process.wait(PATIENCE) == 0
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that the other end is closed
        return b""


def svg(folder: Path, *args: str, incident: str = "lorn-ferry") -> ET.Element:
    """The picture that the command makes, parsed."""
    done("plot", incident, "-o", "chart.svg", *args, cwd=folder)
    return ET.fromstring((folder / "chart.svg").read_bytes())  # noqa: S314 — made just now


def words(picture: ET.Element) -> list[str]:
    return ["".join(each.itertext()) for each in picture.iter(f"{SVG}text")]


def strokes(picture: ET.Element) -> Counter[str]:
    """How many marks, boxes or arrows each named group has."""
    found: Counter[str] = Counter()
    for group in picture.iter(f"{SVG}g"):
        marks = [*group.iter(f"{SVG}use")] or [*group.iter(f"{SVG}path")]
        found[group.get("id", "")] += len(marks)
    return found


@pytest.fixture
def lively(tmp_path: Path) -> Path:
    """A folder with a log in which much has happened to one incident."""
    hour = timedelta(hours=1)
    second = figure(20, published_at=NOON + 4 * hour, source="cape", source_rank=Rank.OUTLET)
    write_log(
        tmp_path / "events.db",
        opened(title="Ferry accident off Cape Lorn"),
        figure(10, qualifier=Qualifier.OVER, published_at=NOON),
        second,
        figure(18, published_at=NOON + 9 * hour, source="bay", source_rank=Rank.OUTLET),
        figure(30, published_at=NOON + 12 * hour, source="x", source_rank=Rank.UNVERIFIED),
        figure(22, published_at=NOON + 14 * hour, issuer_id="port", issuer_rank=Rank.OFFICIAL),
        withdrawn(second, effective_at=NOON + 15 * hour),
        figure(4, measure=Measure.INJURED, published_at=NOON),
    )
    return tmp_path


def test_the_terminal_shows_the_line_its_marks_and_its_falls(newsroom: Path) -> None:
    shown = done("plot", "lorn-ferry", cwd=newsroom).splitlines()
    assert shown[:3] == [
        "What happened: lorn-ferry",
        "killed: 14 (14), reported; 2024-05-04 18:00Z to 2024-05-06 09:00Z",
        "",
    ]
    assert shown[-1] == "● moved the figure"
    canvas = "\n".join(shown[3:-1])
    assert canvas.count("●") == 3
    assert "▼ −1 lowered" in canvas
    labels = [each.partition(" ┤")[0].strip() for each in shown if " ┤" in each]
    assert labels == ["14", "13", "12", "11"]
    assert shown[-3].strip().startswith("2024-05-04 18:00Z  ")


def test_where_nobody_looks_it_is_80_wide_and_plain(newsroom: Path) -> None:
    """Whatever the screen that the command was started from."""
    shown = done("plot", "lorn-ferry", cwd=newsroom, env={"COLUMNS": "200", "TERM": "xterm"})
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) == 80
    assert len(shown.splitlines()) == 23


@pytest.mark.parametrize("columns", [60, 140])
def test_on_a_screen_it_is_as_wide_as_that_and_coloured(newsroom: Path, columns: int) -> None:
    shown = on_a_screen("plot", "lorn-ferry", cwd=newsroom, columns=columns)
    assert "\x1b[31m" in shown
    plain = re.sub(r"\x1b\[\d+m", "", shown)
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines()[2:])) == columns


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colours_gets_none(newsroom: Path, env: dict[str, str]) -> None:
    assert "\x1b" not in on_a_screen("plot", "lorn-ferry", cwd=newsroom, env=env)


def test_a_screen_too_narrow_is_written_past(newsroom: Path) -> None:
    """Rather than a chart of nothing."""
    shown = on_a_screen("plot", "lorn-ferry", cwd=newsroom, columns=10, env={"NO_COLOR": "1"})
    assert max(map(len, shown.splitlines()[2:])) == 40


def test_the_terminal_shows_what_was_contested_ignored_and_taken_back(lively: Path) -> None:
    shown = done("plot", "ferry-2031", cwd=lively)
    assert "● moved the figure  ○ moved nothing  × counts no longer  ▒ contested" in shown
    assert "└┬" in shown
    assert "▒▒▒" in shown


def test_a_figure_far_off_is_told_by_its_number(tmp_path: Path) -> None:
    write_log(
        tmp_path / "events.db",
        opened(),
        figure(20, published_at=NOON),
        figure(9_000, published_at=NOON + timedelta(hours=3), source_rank=Rank.UNVERIFIED),
        figure(24, published_at=NOON + timedelta(days=1)),
    )
    assert "○ ↑9,000" in done("plot", "ferry-2031", cwd=tmp_path)
    assert "↑ 9,000" in words(svg(tmp_path, incident="ferry-2031"))


def test_words_from_outside_are_harmless(tmp_path: Path) -> None:
    """On a terminal, to an XML parser, in a browser, and as a formula."""
    write_log(tmp_path / "events.db", opened(title=HARMFUL), figure(12))
    shown = on_a_screen("plot", "ferry-2031", cwd=tmp_path, env={"NO_COLOR": "1"})
    assert not {*"\x1b\x07\x9b\u202e"} & {*shown}
    picture = svg(tmp_path, incident="ferry-2031")
    assert {each.tag.removeprefix(SVG) for each in picture.iter()} == HARMLESS
    title = " ".join(words(picture)[:20])
    assert "<script>alert(1)</script> --> ]]> & $\\frac{1}{0}$ \ufffd" in title
    done("plot", "ferry-2031", "-o", "chart.png", cwd=tmp_path)


def test_the_picture_says_what_it_is_about(newsroom: Path, tmp_path: Path) -> None:
    """To the eye and to a screen reader: the incident, the measure, the period, how it stands."""
    target = str(tmp_path / "chart.svg")
    made = run("plot", "lorn-ferry", "-o", target, cwd=newsroom)
    assert (made.returncode, made.stdout) == (0, "")
    told = "killed: 14 (14), reported; 2024-05-04 18:00Z to 2024-05-06 09:00Z"
    assert made.stderr == f"{target}: {told}\n"
    picture = ET.parse(target).getroot()  # noqa: S314 — made just now
    assert {"What happened: lorn-ferry", told, "UTC"} <= {*words(picture)}
    assert picture.get("role") == "img"
    named = {each.get("id"): each.text for each in picture if each.get("id")}
    title, described = (named[each] for each in str(picture.get("aria-labelledby")).split())
    assert title == "What happened: lorn-ferry"
    assert described == (
        f"{told}\n2024-05-04 18:00Z: 12\n2024-05-05 07:00Z: 11\n2024-05-06 09:00Z: 14"
    )


def test_the_picture_has_a_stroke_for_everything(lively: Path) -> None:
    """Each voice has its shape; hollow is what moved nothing; what is gone is crossed out."""
    picture = svg(lively, incident="ferry-2031")
    found = strokes(picture)
    assert {
        name: found[name] for name in found if re.match("(moved|nothing|gone|cross)", name)
    } == {
        "moved-agency": 1,
        "moved-outlet": 1,
        "moved-official": 1,
        "nothing-unverified": 1,
        "gone-outlet": 1,
        "crosses-outlet": 1,
    }
    assert found["open-bounds-arrows"] == 1
    assert found["contested"] == 1
    assert found["best"] == 1
    assert found["fall"] == 2, "the stroke and its head"
    assert {
        "best figure",
        "between its bounds",
        "or more: no upper bound",
        "contested",
        "said by an office",
        "said by an agency",
        "said by an outlet",
        "said by others",
        "hollow: moved nothing",
        "crossed out: counts no longer",
        "−2 contested",
    } <= {*words(picture)}


def test_the_legend_tells_only_of_what_is_there(newsroom: Path, tmp_path: Path) -> None:
    done("plot", "lorn-ferry", "--as-of", "2024-05-04", "-o", str(tmp_path / "a.svg"), cwd=newsroom)
    picture = ET.parse(tmp_path / "a.svg").getroot()  # noqa: S314 — made just now
    assert words(picture)[-3:] == ["best figure", "or more: no upper bound", "said by an outlet"]
    assert "2024-05-04 18:00Z; as of 2024-05-04 23:59Z" in " ".join(words(picture))


def test_hours_and_years_have_dates_that_fit(tmp_path: Path) -> None:
    def dates(span: timedelta) -> list[str]:
        folder = tmp_path / str(span.days)
        folder.mkdir()
        later = figure(20, published_at=NOON + span)
        write_log(folder / "events.db", opened(), figure(12, published_at=NOON), later)
        return words(svg(folder, incident="ferry-2031"))

    assert {"14:00", "01 May 2031"} <= {*dates(timedelta(hours=5))}
    assert {"02 May", "12:00"} <= {*dates(timedelta(days=2))}
    assert {"2032", "2033", "2034"} <= {*dates(timedelta(days=1500))}


def test_another_policy_and_what_was_known_are_told(newsroom: Path) -> None:
    shown = done(
        "plot", "lorn-ferry", "--policy", "lowest", "--known-at", "2098-01-01", cwd=newsroom
    )
    assert shown.splitlines()[1] == (
        "killed: 11 (11), reported; 2024-05-04 18:00Z to 2024-05-06 09:00Z; policy lowest; "
        "known at 2098-01-01 23:59Z"
    )


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_log_makes_the_same_bytes(lively: Path, kind: str) -> None:
    """Whatever this machine's settings of matplotlib, its zone, its clock."""
    (lively / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.fonttype: path\n")
    elsewhere = {"TZ": "Asia/Tokyo", "MPLBACKEND": "nonsense", "SOURCE_DATE_EPOCH": "1"}
    done("plot", "ferry-2031", "-o", f"one.{kind}", cwd=lively, env=elsewhere)
    (lively / "matplotlibrc").unlink()
    done("plot", "ferry-2031", "-o", f"two.{kind}", cwd=lively)
    assert (lively / f"one.{kind}").read_bytes() == (lively / f"two.{kind}").read_bytes()


def test_a_png_is_a_picture_with_the_same_on_it(lively: Path) -> None:
    made = run("plot", "ferry-2031", "-o", "chart.PNG", cwd=lively)
    assert made.returncode == 0
    pixels = imread(lively / "chart.PNG")
    assert pixels.shape == (779, 1350, 4)
    red, green, blue = (pixels[..., each] for each in range(3))
    assert 0.5 < float(np.mean((red == 1) & (green == 1) & (blue == 1))) < 0.99
    assert int(np.sum((red > 0.5) & (green < 0.3) & (blue < 0.3))) > 200, "falls and crosses"
    assert int(np.sum((red < 0.2) & (green < 0.3) & (blue > 0.2))) > 1000, "the line"


def test_a_chart_that_is_there_is_replaced_and_a_link_kept(newsroom: Path, tmp_path: Path) -> None:
    chart, link = tmp_path / "chart.svg", tmp_path / "link.svg"
    chart.write_text("yesterday's")
    link.symlink_to("chart.svg")
    done("plot", "lorn-ferry", "-o", str(link), cwd=newsroom)
    assert link.is_symlink()
    assert chart.read_bytes().startswith(b"<?xml")
    assert {each.name for each in tmp_path.iterdir()} == {"chart.svg", "link.svg"}


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("chart.pdf", "chart.pdf: a chart is written as SVG or PNG: name it chart.svg or .png"),
        ("-", "-: a chart is written as SVG or PNG"),
        ("", ": a chart is written as SVG or PNG"),
        ("no/such/chart.svg", "no/such/chart.svg: there is no folder"),
        ("folder.svg", "folder.svg is there already, and is no file: give another name"),
    ],
)
def test_where_no_chart_can_go_is_wrong_usage(newsroom: Path, output: str, said: str) -> None:
    (newsroom / "folder.svg").mkdir(exist_ok=True)
    made = run("plot", "lorn-ferry", "-o", output, cwd=newsroom)
    assert (made.returncode, made.stdout) == (2, "")
    (line,) = made.stderr.splitlines()
    assert line.startswith(f"tracker: {said}")


def test_a_file_is_written_whole_or_not_at_all(own: Path) -> None:
    """No room for it: what was there stays, and nothing is left beside it."""
    (own / "chart.png").write_text("yesterday's")
    done("plot", "lorn-ferry", "-o", "warm.svg", cwd=own)
    before = {each.name for each in own.iterdir()}
    asked = [*COMMAND, "plot", "lorn-ferry", "-o", "chart.png"]
    made = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 72; exec "$@"', "sh", *asked],
        cwd=own,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert made.returncode == 1
    assert made.stderr == "tracker: chart.png cannot be written: File too large\n"
    assert (own / "chart.png").read_text() == "yesterday's"
    assert {each.name for each in own.iterdir()} == before


def test_without_figures_nothing_is_drawn(newsroom: Path, tmp_path: Path) -> None:
    told = "quiet-tunnel: nobody has stated a number for killed yet, so there is nothing to draw\n"
    asked = run("plot", "quiet-tunnel", cwd=newsroom)
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, "", told)
    asked = run("plot", "quiet-tunnel", "-o", str(tmp_path / "chart.svg"), cwd=newsroom)
    assert (asked.returncode, asked.stdout, asked.stderr) == (1, "", f"tracker: {told}")
    assert not [*tmp_path.iterdir()]


def test_without_matplotlib_a_file_is_refused_with_what_to_install(
    newsroom: Path, tmp_path: Path
) -> None:
    """An installation without the extra: all that is installed here, but for this one package."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for each in Path(sysconfig.get_path("purelib")).iterdir():
        if not each.name.startswith(("matplotlib", "mpl_toolkits", "pylab")):
            (packages / each.name).symlink_to(each)
    source = Path(tracker.__file__).parents[1]
    env = environment({"PYTHONPATH": f"{packages}{os.pathsep}{source}"})

    def bare(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-S", "-m", "tracker", "plot", "lorn-ferry", *args],
            cwd=newsroom,
            env=env,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    refused = bare("-o", str(tmp_path / "chart.svg"))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "tracker: a chart in a file is drawn by matplotlib, which cannot be loaded "
        "(No module named 'matplotlib'): pip install matplotlib\n"
    )
    assert not (tmp_path / "chart.svg").exists()
    assert "▼ −1 lowered" in bare().stdout


def test_the_picture_in_the_readme_is_what_the_command_makes_today(tmp_path: Path) -> None:
    """But for what a hair's breadth may differ in, on another machine.

    Else: `tracker plot kerman-2024 -o docs/kerman-2024.svg`, in a clone whose log has been polled.
    """
    done("--sources", str(BUNDLED), "poll", cwd=tmp_path)
    made = svg(tmp_path, incident="kerman-2024")
    shown = ET.parse(ROOT / "docs/kerman-2024.svg").getroot()  # noqa: S314 — our own
    assert [each.tag for each in made.iter()] == [each.tag for each in shown.iter()]
    assert [*made.itertext()] == [*shown.itertext()]
    for one, other in zip(made.iter(), shown.iter(), strict=True):
        for name in ("d", "x", "y"):
            assert numbers(one.get(name, "")) == pytest.approx(
                numbers(other.get(name, "")), abs=0.1
            )


def numbers(drawn: str) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+\.?\d*", drawn)]
