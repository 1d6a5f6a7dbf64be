"""A chart of characters: the line of braille dots, marks for the figures, the axes around them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import cycle, pairwise
from typing import Final

from plotille import Canvas

from tracker.cli.shown import change, clock
from tracker.projections.chart import Bend, Chart, Effect, apart

NARROWEST: Final = 40
LOWEST: Final = 8
HIGHEST: Final = 24
"""Columns, and lines of the canvas, whatever the screen: fewer show nothing, more are empty."""
AROUND: Final = 8
"""Lines of a screen for what stands around the canvas, the next prompt among it."""

BLANK: Final = "\u2800"
"""A braille character without a dot, where the canvas is empty."""

SIGNS: Final = {Effect.MOVED: "●", Effect.NOTHING: "○", Effect.GONE: "×"}
MEANING: Final = {
    Effect.MOVED: "moved the figure",
    Effect.NOTHING: "moved nothing",
    Effect.GONE: "counts no longer",
}
COLOURS: Final = {Effect.MOVED: "cyan", Effect.NOTHING: "bright_black", Effect.GONE: "red"}


def sketch(
    chart: Chart, title: str, subtitle: str, *, columns: int, lines: int, coloured: bool
) -> str:
    """The chart in so many columns and lines of text, with codes for colours or without."""
    drawing = _Drawing(chart, max(columns, NARROWEST), lines, coloured=coloured)
    parts = [title, subtitle, "", *drawing.rows(), *drawing.below(), "", drawing.legend()]
    return "\n".join(part.rstrip() for part in parts)


class _Drawing:
    """The canvas of a chart, and the places of moments and numbers on it."""

    def __init__(self, chart: Chart, columns: int, lines: int, *, coloured: bool) -> None:
        self.chart, self.coloured = chart, coloured
        self.height = min(max(lines - AROUND, LOWEST), HIGHEST)
        self.ticks = dict(self._ticks())
        self.gutter = max(len(label) for label in self.ticks.values())
        self.width = columns - self.gutter - 2
        self.canvas = Canvas(self.width, self.height)
        self.taken: set[tuple[int, int]] = set()
        """Columns and rows where something is drawn, for words to keep clear of."""

    def rows(self) -> Iterator[str]:
        """The canvas from its top down, with the numbers beside it."""
        self._draw()
        plotted: str = self.canvas.plot(linesep="\n")
        for place, row in enumerate(plotted.replace(BLANK, " ").split("\n")):
            label = self.ticks.get(self.height - 1 - place, "")
            yield f"{label:>{self.gutter}} {'┤' if label else '│'}{row}"

    def below(self) -> Iterator[str]:
        """The axis of time: contested stretches on it, moments under it."""
        many = 3 if self.width >= 60 else 2  # as many moments as there is room for
        places = [each * (self.width - 1) // (many - 1) for each in range(many)]
        axis = ["┬" if place in places else "─" for place in range(self.width)]
        for span in self.chart.contested:
            first, last = self._column(span.since), self._column(span.until)
            axis[first : last + 1] = "▒" * (last + 1 - first)
        under = [" "] * self.width
        for place in places:
            moment = self.chart.since + self.chart.period * (place / (self.width - 1))
            label = clock(moment)
            first = min(max(place - len(label) // 2, 0), self.width - len(label))
            under[first : first + len(label)] = label
        yield " " * (self.gutter + 1) + "└" + "".join(axis)
        yield " " * (self.gutter + 2) + "".join(under)

    def legend(self) -> str:
        """What the signs that are there mean."""
        there = {each.effect for each in self.chart.marks}
        told = [f"{SIGNS[each]} {MEANING[each]}" for each in SIGNS if each in there]
        if self.chart.contested:
            told.append("▒ contested")
        return "  ".join(told)

    def _x(self, moment: datetime) -> float:
        """The place of a moment, of 0 to 1; a little within the edge."""
        return (moment - self.chart.since) / self.chart.period * (1 - 1 / self.width)

    def _y(self, number: int) -> float:
        """The place of a number, of 0 to 1; what is out of sight is at the edge."""
        low, high = self.chart.lowest, self.chart.highest
        edge = 0.5 / self.height
        return edge + (min(max(number, low), high) - low) / (high - low) * (1 - 2 * edge)

    def _column(self, moment: datetime) -> int:
        """The character in which the canvas has its dot, two of them in each."""
        return min(round(self._x(moment) * self.width * 2) // 2, self.width - 1)

    def _row(self, number: int) -> int:
        """From the bottom up; four dots in each character."""
        return min(round(self._y(number) * self.height * 4) // 4, self.height - 1)

    def _draw(self) -> None:
        """The line, then the figures on it, then words where there is room left."""
        steps = self.chart.steps
        for step in steps:
            if step.best is not None:
                self._stroke(step.since, step.best, step.until, step.best)
        for old, new in pairwise(steps):
            if old.best is not None and new.best is not None:
                colour = "red" if new.best < old.best else None
                self._stroke(new.since, old.best, new.since, new.best, colour)
        for effect in (Effect.GONE, Effect.NOTHING, Effect.MOVED):
            for mark in self.chart.marks:
                if mark.effect is effect:
                    text = SIGNS[effect] + self._beyond(mark.number)
                    column = min(self._column(mark.at), self.width - len(text))
                    self._write(column, self._row(mark.number), text, COLOURS[effect])
        for bend in apart(self.chart.bends, self.chart.period / 8, most=6):
            self._label(bend)

    def _beyond(self, number: int) -> str:
        """The number itself, where its place is out of sight."""
        if self.chart.lowest <= number <= self.chart.highest:
            return ""
        return f" {'↑' if number > self.chart.highest else '↓'}{number:,}"

    def _label(self, bend: Bend) -> None:
        """How far and why, beside the line, as near to the middle of the move as there is room."""
        text = f"{'▼ ' if bend.falls else ''}{change(bend.size)} {bend.reason}".strip()
        ends = [self._row(each) for each in (bend.before, bend.after) if each is not None]
        column = self._column(bend.at)
        middle = sum(ends) / len(ends)
        for row in sorted(range(min(ends), max(ends) + 1), key=lambda each: abs(each - middle)):
            for first in (column + 1, column - len(text)):
                cells = {(place, row) for place in range(first, first + len(text))}
                if 0 <= first <= self.width - len(text) and self.taken.isdisjoint(cells):
                    self._write(first, row, text, "red" if bend.falls else None)
                    return

    def _stroke(
        self, since: datetime, low: int, until: datetime, high: int, colour: str | None = None
    ) -> None:
        """A line that is level or upright."""
        places = (self._x(since), self._y(low), self._x(until), self._y(high))
        self.canvas.line(*places, color=colour if self.coloured else None)
        rows = sorted((self._row(low), self._row(high)))
        for column in range(self._column(since), self._column(until) + 1):
            self.taken |= {(column, row) for row in range(rows[0], rows[1] + 1)}

    def _write(self, column: int, row: int, text: str, colour: str | None) -> None:
        x, y = (column + 0.5) / self.width, (row + 0.5) / self.height
        self.canvas.text(x, y, text, color=colour if self.coloured else None)
        self.taken |= {(place, row) for place in range(column, column + len(text))}

    def _ticks(self) -> Iterator[tuple[int, str]]:
        """Round numbers by the row that they stand beside."""
        low, high = self.chart.lowest, self.chart.highest
        step, factors = 1, cycle((2, 2.5, 2))
        while (high - low) // step > self.height // 3:
            step = int(step * next(factors))
        for number in range(-(-low // step) * step, high + 1, step):
            yield self._row(number), f"{number:,}"
