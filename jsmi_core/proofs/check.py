"""A statement, the numbers in it computed two ways, and whether they agree.

Way one is production: what every page and command of this program calls. Way two is reference.py: the definitions as
plain loops. They share the table they start from and nothing else. A statement holds when each of its numbers is the
same both ways, and each relation between its numbers (=, ≤, ≥) is true of both.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from jsmi_core import reference
from jsmi_core.errors import JSMIError
from jsmi_core.information import FloatArray
from jsmi_core.proofs.case import Case

TOLERANCE = 1e-12
FLOOR = 0.01
"""Differences are relative to the value, or to a hundredth of a nat where it is smaller.

The definitions subtract where the paper subtracts: their errors are absolute, about one rounding of a nat.
"""

Values = Mapping[str, Any]
Way = Callable[[Case], Values]
SIGNS: dict[str, Callable[[FloatArray], FloatArray]] = {"=": np.abs, "≤": np.asarray, "≥": np.negative}


class Whole(NamedTuple):
    """Two more ways, for all of the text or model that a case is a part of, and about how long the plain one takes.

    ``seconds`` is None where there is nothing to run: an own table is whole, and scores need a model.
    """

    ours: Way
    plain: Way
    seconds: Callable[[Case], float | None]


class Card(NamedTuple):
    """One statement: where it stands, in LaTeX, and its numbers both ways.

    ``ours`` and ``plain`` give the same names, ``ours`` perhaps more for a figure; a value is a number or an array.
    ``relations`` are (left, sign, right) of these names or numbers. ``estimates`` come from random draws, so that the
    two ways need not agree on them. ``floor`` is the size below which differences are not relative to the value.
    """

    key: str
    place: str
    name: str
    statement: str
    ours: Way
    plain: Way
    relations: tuple[tuple[str, str, str | float], ...] = ()
    estimates: tuple[str, ...] = ()
    whole: Whole | None = None
    floor: float = FLOOR


class Comparison(NamedTuple):
    """One number both ways; of an array of them, the ``cells`` compared and the one that differs most."""

    name: str
    ours: float
    plain: float
    relative: float
    cells: int = 1
    compared: bool = True

    @property
    def holds(self) -> bool:
        """Whether they agree; an estimate is not compared."""
        return not self.compared or self.relative <= TOLERANCE


class Relation(NamedTuple):
    """left = right, left ≤ right or left ≥ right, by how much it is missed (0 if it is not), relative, at worst."""

    left: str
    sign: str
    right: str
    missed: float

    @property
    def holds(self) -> bool:
        """Whether it is true of the numbers of both ways."""
        return self.missed <= TOLERANCE


@dataclass(frozen=True)
class Proof:
    """What came out of one card.

    ``values`` are production's numbers, for figures. ``whole`` says whether the plain loop ran over the whole text too,
    and ``estimate`` about how long that takes, in seconds, or None where there is nothing to run. ``failure`` is the
    sentence of an error that stopped one of the ways.
    """

    card: Card
    comparisons: tuple[Comparison, ...] = ()
    relations: tuple[Relation, ...] = ()
    seconds: tuple[float, float] = (0.0, 0.0)
    values: Values = field(default_factory=dict)
    estimate: float | None = None
    whole: bool = False
    failure: str = ""

    @property
    def holds(self) -> bool:
        """Pass or fail."""
        return not self.failure and all(c.holds for c in self.comparisons) and all(r.holds for r in self.relations)

    @property
    def worst(self) -> float:
        """The largest relative difference between the two ways."""
        return max((part.relative for part in self.comparisons if part.compared), default=0.0)


def check(card: Card, case: Case, *, patience: float = 0) -> Proof:
    """Compute a card both ways and compare; also for the whole text or model that the case is a part of.

    Parameters
    ----------
    card : Card
    case : Case
    patience : float
        The most seconds that a plain loop over the whole text may be expected to take.

    Returns
    -------
    Proof

    Examples
    --------
    >>> from jsmi_core.proofs import case_of_table
    >>> same = Card("one", "", "", "1", lambda case: {"1": 1.0}, lambda case: {"1": 1})
    >>> check(same, case_of_table([[2, 1], [1, 4]])).holds
    True
    """
    estimate = card.whole.seconds(case) if card.whole else None
    whole = card.whole if estimate is not None and estimate <= patience else None
    ways = [(card.ours, card.plain)] + ([(whole.ours, whole.plain)] if whole else [])
    ours: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    seconds = [0.0, 0.0]
    try:
        for pair in ways:
            for place, (way, values) in enumerate(zip(pair, (ours, plain), strict=True)):
                start = time.perf_counter()
                values.update(way(case))
                seconds[place] += time.perf_counter() - start
    except JSMIError as error:
        return Proof(card, estimate=estimate, failure=str(error))
    comparisons = tuple(_compare(card, name, ours[name], plain[name]) for name in plain)
    relations = tuple(
        Relation(left, sign, str(right), max(_missed(card, values, left, sign, right) for values in (ours, plain)))
        for left, sign, right in card.relations
    )
    return Proof(card, comparisons, relations, (seconds[0], seconds[1]), ours, estimate, whole is not None)


def _compare(card: Card, name: str, ours: npt.ArrayLike, plain: npt.ArrayLike) -> Comparison:
    a, b = np.broadcast_arrays(np.asarray(ours, np.float64), np.asarray(plain, np.float64))
    relative = _relative(np.abs(_difference(a, b)), a, b, card.floor).ravel()
    at = int(relative.argmax())
    return Comparison(
        name, float(a.flat[at]), float(b.flat[at]), float(relative[at]), a.size, name not in card.estimates
    )


def _missed(card: Card, values: Values, left: str, sign: str, right: str | float) -> float:
    """By how much the relation is missed, relative; NaN counts as missed by any amount."""
    a = np.asarray(values[left], np.float64)
    b = np.asarray(values[right] if isinstance(right, str) else right, np.float64)
    missed = _relative(np.maximum(SIGNS[sign](_difference(a, b)), 0.0), a, b, card.floor)
    return float(np.where(np.isnan(missed), np.inf, missed).max())


def _difference(a: FloatArray, b: FloatArray) -> FloatArray:
    """a − b, and 0 for two equal infinities."""
    with np.errstate(invalid="ignore"):
        return np.where(a == b, 0.0, a - b)


def _relative(difference: FloatArray, a: FloatArray, b: FloatArray, floor: float) -> FloatArray:
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)
    with np.errstate(invalid="ignore"):
        relative = np.where(np.isfinite(size), difference / size, difference)
    return np.where(np.isnan(relative), np.inf, relative)


# --- the source of what ran ------------------------------------------------------------------------------------------


def plain_source(card: Card) -> str:
    """The card's plain way, and all that it calls: its helpers, then the definitions in the order of reference.py."""
    reached = [card.plain] + ([card.whole.plain] if card.whole else [])
    for function in reached:  # grows while it is walked
        known = inspect.getmodule(function)
        for name in _names(function):
            called = vars(reference).get(name) or vars(known).get(name)
            if isinstance(called, FunctionType) and called.__module__.startswith(OURS) and called not in reached:
                reached.append(called)
    ordered = sorted(reached, key=lambda f: (f.__module__ == reference.__name__, f.__code__.co_firstlineno))
    return "\n\n".join(inspect.getsource(function).strip() for function in ordered)


OURS = ("jsmi_core.reference", "jsmi_core.proofs")


def _names(function: Any) -> Iterator[str]:
    """Every name that a function's code mentions, inside its comprehensions too."""
    todo: list[CodeType] = [function.__code__]
    while todo:
        code = todo.pop()
        yield from code.co_names
        todo += [part for part in code.co_consts if isinstance(part, CodeType)]
