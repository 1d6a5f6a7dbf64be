"""A chart as a picture, SVG or PNG, the same bytes each time: drawn by matplotlib.

What is drawn on it is in `strokes.py`; here are the paper, the axes, and the words around.
"""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tracker.cli.shown import clock
from tracker.cli.strokes import FAINT, INK, draw, legend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.typing import RcKeyType

    from tracker.projections.chart import Chart

WIDTH: Final = 648
HEIGHT: Final = 374
"""Of the paper, in points, as all measures here."""
LINE: Final = 72
SMALL_LINE: Final = 108
"""Characters that go into a line of the title (it has two at most) and of what is below it."""
ABREAST: Final = 4
"""Entries of the legend in a row."""
TOLD: Final = 30
"""As many moves are told in words."""

STYLE: Final[dict[RcKeyType, Any]] = {
    "svg.hashsalt": "tracker",
    "svg.fonttype": "none",  # text stays text: it can be searched, translated, read out
    "font.family": ["DejaVu Sans"],  # comes with matplotlib
    "font.size": 9.0,
    "text.parse_math": False,  # words from outside are words, whatever signs are in them
    "hatch.linewidth": 0.6,
}


def picture(chart: Chart, title: str, subtitle: str, kind: str) -> bytes:
    """The chart as a file of this kind, "svg" or "png"."""
    title, subtitle = _of_xml(title), _of_xml(subtitle)
    told = "\n".join([subtitle, *_in_words(chart)])
    written = io.BytesIO()
    with mpl.rc_context(), warnings.catch_warnings():
        # Without what this machine's own settings would change.
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        # Letters that the font lacks are boxes in a PNG; an SVG is shown in the reader's fonts.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
        _draw(figure, chart, title, subtitle)
        if kind == "png":
            words = {"Software": None, "Title": title, "Description": told}
            figure.savefig(written, format="png", dpi=150, metadata=words)
            return written.getvalue()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(written, format="svg", metadata=nothing)
    return _read_out(written.getvalue().decode(), title, told).encode()


def _draw(figure: Figure, chart: Chart, title: str, subtitle: str) -> None:
    """The titles, the axes under them as high as there is room, the legend below."""
    lines = textwrap.wrap(title, LINE, max_lines=2, placeholder=" …")
    below = textwrap.wrap(subtitle, SMALL_LINE, max_lines=3, placeholder=" …")
    entries = list(legend(chart))
    left = 20 + 6 * len(f"{chart.highest:,}")
    top = HEIGHT - 14 - 17 * len(lines) - 13 * len(below)
    bottom = 42 + 14 * -(-len(entries) // ABREAST)
    y = HEIGHT - 10
    for line in lines:
        y -= 13
        figure.text(left / WIDTH, y / HEIGHT, line, fontsize=13, fontweight="bold", color=INK)
        y -= 4
    for line in below:
        y -= 9
        figure.text(left / WIDTH, y / HEIGHT, line, fontsize=9, color=FAINT)
        y -= 4
    wide, high = WIDTH - left - 20, top - bottom
    axes = figure.add_axes((left / WIDTH, bottom / HEIGHT, wide / WIDTH, high / HEIGHT))
    _scale(axes, chart)
    draw(axes, chart)
    figure.legend(
        handles=entries,
        loc="lower left",
        bbox_to_anchor=(left / WIDTH, 2 / HEIGHT),
        ncols=ABREAST,
        frameon=False,
        fontsize=8.5,
        borderaxespad=0,
        borderpad=0,
    )


def _scale(axes: Axes, chart: Chart) -> None:
    """Axes that are legible for hours and for years, for 3 and for millions."""
    first, last, earliest = date2num([chart.since, chart.end, datetime.min.replace(tzinfo=UTC)])
    axes.set_xlim(max(first - chart.period / timedelta(days=50), earliest), last)
    where = AutoDateLocator(tz=UTC, minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(where)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(
            where,
            tz=UTC,
            formats=["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S"],
            zero_formats=["", "%Y", "%d %b", "%d %b", "%H:%M", "%H:%M"],
            offset_formats=["", "", "%Y", "%d %b %Y", "%d %b %Y", "%d %b %Y"],
        )
    )
    room = chart.highest - chart.lowest
    axes.set_ylim(max(chart.lowest - 0.07 * room, 0), chart.highest + 0.14 * room)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    axes.set_xlabel("UTC", loc="left", color=FAINT)
    axes.grid(axis="y", color="#e3e6ea", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _in_words(chart: Chart) -> Iterator[str]:
    """Every move in a line of its own; of many, the first and the last."""
    moves = [
        f"{clock(each.since)}: {'no number' if each.best is None else f'{each.best:,}'}"
        + (" (contested)" if each.contested else "")
        for each in chart.steps
    ]
    if len(moves) > TOLD:
        half = TOLD // 2
        moves[half:-half] = [f"and {len(moves) - 2 * half:,} more"]
    yield from moves


def _read_out(svg: str, title: str, told: str) -> str:
    """The SVG with what a screen reader says of it."""
    named = ' role="img" aria-labelledby="chart-title chart-told">'
    said = (
        f'\n <title id="chart-title">{escape(title)}</title>'
        f'\n <desc id="chart-told">{escape(told)}</desc>'
    )
    return re.sub(r"(<svg [^>]*)>", lambda found: f"{found[1]}{named}{said}", svg, count=1)


def _of_xml(text: str) -> str:
    """The text without the two characters that XML forbids besides those that nobody is shown."""
    return re.sub("[\ufffe\uffff]", "\ufffd", text)
