"""More of what a figure is made of: bars of parts, densities over two axes, named points on a plane.

Small frozen tuples of plain numbers, words and roles, as those of charts.py; drawing_fields.py draws them.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

Table: TypeAlias = tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""A figure's own numbers as columns and rows, for those who read, save or cannot see it."""


class Part(NamedTuple):
    """One part of every bar of :class:`Stacks`: its name and its share of the whole figure, bar by bar."""

    label: str
    role: str
    shares: tuple[float, ...]


class Stacks(NamedTuple):
    """Bars from the top down, each with its parts end to end; ``ids`` name what a click on a bar means."""

    title: str
    subtitle: str
    x_name: str
    y_name: str
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what hovering over a bar adds

    def table(self) -> Table:
        """The same numbers as columns and rows."""
        notes = self.notes or ("",) * len(self.names)
        columns = (self.y_name, *(part.label for part in self.parts), "note")
        return columns, list(zip(self.names, *(part.shares for part in self.parts), notes, strict=True))


class Rule(NamedTuple):
    """A straight line across a :class:`Field`, named beside its end; a slanted one near its start.

    ``anchor`` is the corner of the name that stands there.
    """

    label: str
    role: str
    start: tuple[float, float]
    end: tuple[float, float]
    anchor: tuple[str, str] = ("left", "top")


class Field(NamedTuple):
    """A density: how much of the whole lies in each cell of a grid. ``values`` has one row for each step of y, upward.

    ``ticks`` replace the numbers of the horizontal axis, where a column of it stands for something that has none.
    """

    title: str
    subtitle: str
    x_name: str
    y_name: str
    value_name: str
    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    role: str
    rules: tuple[Rule, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()

    def table(self) -> Table:
        """The cells that are not empty, as columns and rows."""
        columns = (f"{self.x_name}, from", "to", f"{self.y_name}, from", "to ", self.value_name)
        rows = [
            (*self.x_edges[i : i + 2], *self.y_edges[j : j + 2], value)
            for j, line in enumerate(self.values)
            for i, value in enumerate(line)
            if value > 0
        ]
        return columns, rows


class Places(NamedTuple):
    """Named points on a plane, coloured by a value; those of ``written`` have their name beside them."""

    title: str
    subtitle: str
    x_name: str
    y_name: str
    value_name: str
    names: tuple[str, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    values: tuple[float, ...]
    limits: tuple[float, float]  # of the colours; values beyond them get the colour of the end
    written: tuple[int, ...] = ()
    roles: tuple[str, str] = ("trained", "warning")

    def table(self) -> Table:
        """The same numbers as columns and rows."""
        return ("word", self.x_name, self.y_name, self.value_name), list(
            zip(self.names, self.x, self.y, self.values, strict=True)
        )
