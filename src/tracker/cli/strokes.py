"""What is drawn in the picture of a chart: bounds, line, marks, arrows, and what they mean.

Whatever means something differs in shape, filling or hatching, so that it is still told in black
and white. Each group of strokes has an id in the SVG.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.path import Path

from tracker.cli.shown import change
from tracker.model import Rank
from tracker.projections.chart import Bend, Chart, Effect, Mark, Step, apart

INK: Final = "#1b2a41"
FAINT: Final = "#6b7280"
PALE: Final = "#c9ccd1"
BAND: Final = "#b8c4d6"
RED: Final = "#a3211b"

SHAPES: Final = {Rank.OFFICIAL: "s", Rank.AGENCY: "o", Rank.OUTLET: "^", Rank.UNVERIFIED: "v"}
"""Of the figures, by the rank of the voice."""
VOICES: Final = {
    Rank.OFFICIAL: "said by an office",
    Rank.AGENCY: "said by an agency",
    Rank.OUTLET: "said by an outlet",
    Rank.UNVERIFIED: "said by others",
}

ARROW: Final = Path(
    [(0, -1), (0, 1), (-0.45, 0.3), (0, 1), (0.45, 0.3)],
    [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.LINETO],
)
"""For a bound that is open upwards."""
STRIPS: Final = 6
"""In so many an open bound grows fainter."""

Box = list[tuple[float, float]]


def draw(axes: Axes, chart: Chart) -> None:
    """Everything between the axes, whose limits are set."""
    bottom, top = axes.get_ylim()
    spans = [_box(each.since, each.until, bottom, top) for each in chart.contested]
    _fill(axes, spans, "contested", facecolors="none", edgecolors=PALE, hatch="//", zorder=0.5)
    _bounds(axes, chart)
    _line(axes, chart)
    _marks(axes, chart)
    _bends(axes, chart)


def legend(chart: Chart) -> Iterator[Line2D | Patch]:
    """What the strokes that are there mean."""
    if any(each.best is not None for each in chart.steps):
        yield Line2D([], [], color=INK, linewidth=1.8, label="best figure")
    if any(_closed(each) for each in chart.steps):
        yield Patch(facecolor=BAND, label="between its bounds")
    if any(_open(each) for each in chart.steps):
        yield _sample(ARROW, FAINT, "none", "or more: no upper bound", size=9)
    if chart.contested:
        yield Patch(facecolor="none", edgecolor=PALE, hatch="////", label="contested")
    for rank in sorted({each.rank for each in chart.marks}, reverse=True):
        yield _sample(SHAPES[rank], INK, INK, VOICES[rank])
    effects = {each.effect for each in chart.marks}
    if Effect.NOTHING in effects:
        yield _sample("o", FAINT, "white", "hollow: moved nothing")
    if Effect.GONE in effects:
        yield _sample("x", RED, RED, "crossed out: counts no longer", size=8)


def _sample(marker: str | Path, edge: str, face: str, label: str, *, size: float = 6) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        markersize=size,
        markeredgecolor=edge,
        markerfacecolor=face,
        label=label,
    )


def _bounds(axes: Axes, chart: Chart) -> None:
    """A band from bound to bound; without an upper one it fades, under an arrow."""
    closed = [
        _box(each.since, each.until, each.low or 0, each.high or 0)
        for each in chart.steps
        if _closed(each)
    ]
    _fill(axes, closed, "bounds", facecolors=BAND, edgecolors="none", zorder=1)
    opened = [(each, each.low or 0) for each in chart.steps if _open(each)]
    bottom, top = axes.get_ylim()
    height = (top - bottom) / 10
    for strip in range(STRIPS):
        foot, head = height * strip / STRIPS, height * (strip + 1) / STRIPS
        boxes = [_box(each.since, each.until, low + foot, low + head) for each, low in opened]
        alpha = 1 - (strip + 0.5) / STRIPS
        name = f"open-bounds-{strip + 1}"
        _fill(axes, boxes, name, facecolors=BAND, edgecolors="none", alpha=alpha, zorder=1)
    middle = [each.since + (each.until - each.since) / 2 for each, _ in opened]
    axes.plot(
        date2num(middle),
        [low + height * 0.7 for _, low in opened],
        linestyle="none",
        marker=ARROW,
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=FAINT,
        gid="open-bounds-arrows",
        zorder=1.5,
    )


def _line(axes: Axes, chart: Chart) -> None:
    """From move to move; where no number stands, it is interrupted."""
    moments: list[datetime] = []
    numbers: list[float] = []
    for step in chart.steps:
        moments += [step.since, step.until]
        numbers += [float("nan") if step.best is None else step.best] * 2
    axes.plot(
        date2num(moments),
        numbers,
        color=INK,
        linewidth=1.8,
        solid_joinstyle="miter",
        gid="best",
        zorder=2,
    )


def _marks(axes: Axes, chart: Chart) -> None:
    groups: dict[tuple[Effect, Rank], list[Mark]] = {}
    for mark in chart.marks:
        groups.setdefault((mark.effect, mark.rank), []).append(mark)
    for (effect, rank), marks in groups.items():
        moved = effect is Effect.MOVED
        places = (date2num([each.at for each in marks]), [_in_sight(chart, each) for each in marks])
        axes.plot(
            *places,
            linestyle="none",
            marker=SHAPES[rank],
            markersize=6 if moved else 5.5,
            markeredgecolor=INK if moved else FAINT,
            markerfacecolor=INK if moved else "white",
            markeredgewidth=1,
            clip_on=False,
            gid=f"{effect}-{rank.label}",
            zorder=4 if moved else 3,
        )
        if effect is Effect.GONE:
            axes.plot(
                *places,
                linestyle="none",
                marker="x",
                markersize=9,
                markeredgecolor=RED,
                markeredgewidth=1.4,
                clip_on=False,
                gid=f"crosses-{rank.label}",
                zorder=5,
            )
    for mark in chart.marks:
        if mark.number != _in_sight(chart, mark):
            above = mark.number > chart.highest
            axes.annotate(
                f"{'↑' if above else '↓'} {mark.number:,}",
                (date2num(mark.at), _in_sight(chart, mark)),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color=FAINT,
            )


def _in_sight(chart: Chart, mark: Mark) -> int:
    """Where a figure is drawn: at the edge, if it is far off."""
    return min(max(mark.number, chart.lowest), chart.highest)


def _bends(axes: Axes, chart: Chart) -> None:
    """An arrow down each fall; beside it, or where no figure moved the line, how far and why."""
    for bend in chart.bends:
        if bend.falls and bend.before is not None and bend.after is not None:
            arrow = FancyArrowPatch(
                (date2num(bend.at), bend.before),
                (date2num(bend.at), bend.after),
                arrowstyle="-|>",
                mutation_scale=10,
                color=RED,
                linewidth=2.2,
                shrinkA=0,
                gid="fall",
                zorder=3.5,
            )
            axes.add_patch(arrow)
    known = [each.best for each in chart.steps if each.best is not None]
    for bend in apart(chart.bends, chart.period / 8, most=6):
        place = (bend.at - chart.since) / chart.period
        # Where the line did not come from, nor goes to.
        left = place > 0.87 or (place > 0.2 and known[-1] < known[0])
        _label(axes, bend, left=left)


def _label(axes: Axes, bend: Bend, *, left: bool) -> None:
    axes.annotate(
        f"{change(bend.size)} {bend.reason}".strip(),
        (date2num(bend.at), (bend.before if bend.after is None else bend.after) or 0),
        (-9, 0) if left else (7, -4),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center" if left else "top",
        color=RED if bend.falls else INK,
        fontweight="bold",
        gid="bend",
        zorder=6,
    )


def _closed(step: Step) -> bool:
    """Whether it has bounds that are not one number."""
    return step.high is not None and step.low != step.high and step.since < step.until


def _open(step: Step) -> bool:
    return step.low is not None and step.high is None and step.since < step.until


def _box(since: datetime, until: datetime, low: float, high: float) -> Box:
    left, right = date2num([since, until])
    return [(left, low), (left, high), (right, high), (right, low)]


def _fill(axes: Axes, boxes: list[Box], name: str, **style: Any) -> None:
    if boxes:
        axes.add_collection(PolyCollection(boxes, gid=name, **style))
