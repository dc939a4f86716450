"""What a figure is made of: small frozen tuples of plain numbers, words and roles, and how words are kept inert.

The files named like pages fill them, tests compare them by ``==``, the app shows them as tables, drawing.py draws them.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from jsmi_core.figures.fields import Field, Places, Stacks, Table

RATE_LINE = "knows only the class ratio"
"""What S = 0 means, in words."""


class Line(NamedTuple):
    """A curve: ``low`` and ``high`` bound its band over seeds; ``ids`` name the training behind each point."""

    label: str
    role: str  # "bound", "rank" (the best of any training), "trained", "muted" or "data"
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    ids: tuple[str, ...] = ()
    shade: float = 1.0  # trained lines: 0 weakest … 1 strongest of the ramp
    dash: str = "solid"
    place: str = "end"  # of the label: after the "end", "above"/"below" the start, "… middle", "… peak", "… end", or ""
    steps: bool = False  # each value holds until the next point
    error: tuple[float, ...] = ()  # the standard error of each y


class Band(NamedTuple):
    """What lies between two lines, and what it is called."""

    label: str
    role: str
    x: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class Mark(NamedTuple):
    """A vertical line with a name."""

    label: str
    x: float


class Chart(NamedTuple):
    """Lines over one axis. ``title`` states the finding, ``subtitle`` what it was found on."""

    title: str
    subtitle: str
    x_name: str
    y_name: str
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    log_x: bool = False
    log_y: bool = False
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None

    def table(self) -> Table:
        """The same numbers as columns and rows: of every line with a name, and how high every band is."""
        banded, measured = any(line.low for line in self.lines), any(line.error for line in self.lines)
        columns = ("line", self.x_name, self.y_name) + (("lowest seed", "highest seed") if banded else ())
        rows: list[tuple[Any, ...]] = []
        for line in self.lines:
            low, high = line.low or line.y, line.high or line.y
            for point in zip(line.x, line.y, low, high, strict=True) if line.label else ():
                rows.append((line.label, *point[: len(columns) - 1]))
        for band in self.bands:
            for x, low_edge, high_edge in zip(band.x, band.low, band.high, strict=True):
                rows.append((band.label, x, *(high_edge - low_edge,) * (len(columns) - 2)))
        if measured:
            errors = [error for line in self.lines if line.label for error in line.error or (None,) * len(line.x)]
            errors += [None] * (len(rows) - len(errors))
            return (*columns, "standard error"), [(*row, error) for row, error in zip(rows, errors, strict=True)]
        return columns, rows


class Bars(NamedTuple):
    """A histogram: ``edges`` has one number more than ``heights``."""

    title: str
    subtitle: str
    x_name: str
    y_name: str
    edges: tuple[float, ...]
    heights: tuple[float, ...]
    marks: tuple[Mark, ...] = ()

    def table(self) -> Table:
        """The same numbers as columns and rows."""
        return ("from", "to", self.y_name), list(zip(self.edges, self.edges[1:], self.heights, strict=False))


class Heat(NamedTuple):
    """A table as coloured cells with their numbers; ``values`` has one tuple for each of ``rows``, from the top."""

    title: str
    subtitle: str
    x_name: str
    y_name: str
    value_name: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    limits: tuple[float, float]  # of the colours; values beyond them, also infinite ones, get the colour of the end
    roles: tuple[str, str] = ("ground", "data")  # the colours of the lower and the upper limit
    middle: float | None = None  # the value that has the colour of the ground, where neither limit has it
    written: bool = True  # the numbers stand in the cells, where these have room for them

    def table(self) -> Table:
        """The same numbers as columns and rows."""
        rows = [(name, *line) for name, line in zip(self.rows, self.values, strict=True)]
        return (self.value_name, *self.columns), rows


class Flow(NamedTuple):
    """What two sources send to the same cells, from left to right: their masses sum to 1 together."""

    title: str
    subtitle: str
    x_name: str
    sources: tuple[str, str]
    cells: tuple[str, ...]
    first: tuple[float, ...]  # of each cell, the mass from the first source
    second: tuple[float, ...]
    middle: float  # the share of the first source in all; cells with this share have the colour of the ground
    roles: tuple[str, str] = ("data", "muted")

    @property
    def shares(self) -> tuple[float, ...]:
        """Of what arrives in each cell, how much comes from the first source."""
        return tuple(a / (a + b) if a + b > 0 else 0.0 for a, b in zip(self.first, self.second, strict=True))

    def table(self) -> Table:
        """The same numbers as columns and rows."""
        columns = ("cell", *self.sources, f"share of {self.sources[0]}")
        return columns, list(zip(self.cells, self.first, self.second, self.shares, strict=True))


class Stair(NamedTuple):
    """One step of :class:`Stairs`: what it is, where it leads from and to, and where a model stands beside it."""

    label: str
    role: str
    before: float
    after: float
    model: float | None = None


class Stairs(NamedTuple):
    """How a number changes step by step, from the top down; each step begins where the one above it ended."""

    title: str
    subtitle: str
    x_name: str
    y_name: str
    model_name: str
    stairs: tuple[Stair, ...]

    def table(self) -> Table:
        """The same numbers as columns and rows."""
        columns = ("step", "before", "after", "change", self.model_name)
        return columns, [(s.label, s.before, s.after, s.after - s.before, s.model) for s in self.stairs]


Figure: TypeAlias = Chart | Bars | Heat | Flow | Stairs | Field | Places | Stacks
