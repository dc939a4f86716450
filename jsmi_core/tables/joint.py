"""Small joint tables to play with: presets, and edits that leave a distribution a distribution. (Beyond the paper.)

A table here is a dense (V, W) float64 array, 2 × 2 to 8 × 8, that sums to 1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import numpy as np
import scipy

from jsmi_core import checks
from jsmi_core.errors import DistributionError, ParameterError
from jsmi_core.information import FloatArray, JointDistribution

SIZES = (2, 3, 4, 5, 6, 7, 8)


# --- presets -----------------------------------------------------------------------------------------------------


def _harmonic(size: int) -> FloatArray:
    """Zipf's law: the i-th word occurs 1/i times as often as the first."""
    weights = 1.0 / np.arange(1, size + 1)
    return weights / weights.sum()


def _independent(size: int, strength: float) -> FloatArray:
    return np.outer(_harmonic(size), _harmonic(size))


def _diagonal(size: int, strength: float) -> FloatArray:
    return np.eye(size) / size


def _copy(size: int, noise: float) -> FloatArray:
    return (1 - noise) * np.eye(size) / size + noise / size**2


def _zipf(size: int, noise: float) -> FloatArray:
    words = _harmonic(size)
    return (1 - noise) * np.diag(words) + noise * np.outer(words, words)


def _blocks(size: int, noise: float) -> FloatArray:
    topic = np.arange(size) < (size + 1) // 2
    same = (topic[:, None] == topic).astype(np.float64)
    return (1 - noise) * same / same.sum() + noise / size**2


def _gaussian(size: int, correlation: float) -> FloatArray:
    """P(both in their bins), the bins evenly spaced within 2 standard deviations and open at the ends."""
    edges = np.linspace(-2, 2, size + 1)
    edges[[0, -1]] = -9, 9  # beyond, less than 1e-18
    nodes, weights = np.polynomial.legendre.leggauss(96)
    half = np.diff(edges)[:, None] / 2
    x = edges[:-1, None] + half * (nodes + 1)
    density = half * weights * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    spread = math.sqrt((1 - correlation) * (1 + correlation))
    below = scipy.special.ndtr((edges[:, None, None] - correlation * x) / spread)  # P(y below each edge | x)
    return np.asarray((density * np.diff(below, axis=0)).sum(axis=2).T)


PRESETS: Mapping[str, tuple[str | None, Callable[[int, float], FloatArray]]] = {
    "independent": (None, _independent),
    "diagonal": (None, _diagonal),
    "copy": ("noise", _copy),
    "zipf": ("noise", _zipf),
    "blocks": ("noise", _blocks),
    "gaussian": ("correlation", _gaussian),
}
"""Each preset with the name of its parameter, if it has one, and the function of size and parameter that makes it."""


def preset(name: str, size: int = 4, strength: float = 0.3) -> FloatArray:
    """A joint table that shows one thing.

    Parameters
    ----------
    name : str
        "independent": Zipf's law for both, nothing to know. "diagonal": y tells x for certain. "copy": the diagonal,
        but with probability ``strength`` any pair. "zipf": the same with Zipf's law for both. "blocks": two topics,
        left with probability ``strength``. "gaussian": two Gaussian variables of correlation ``strength``, in bins.
    size : int, 2 … 8
    strength : float
        Noise, 0 … 1, or correlation, −0.99 … 0.99; the first two presets have none.

    Returns
    -------
    (size, size) float64, sums to 1

    Raises
    ------
    ParameterError
        If there is no such preset, or a number is out of range.

    Examples
    --------
    >>> preset("copy", 2, 0.2).tolist()
    [[0.45, 0.05], [0.05, 0.45]]
    """
    checks.one_of("preset", name, PRESETS)
    checks.integer("size", size, SIZES[0], SIZES[-1])
    parameter, make = PRESETS[name]
    if parameter == "noise":
        checks.real("noise", strength, 0, 1)
    elif parameter == "correlation":
        checks.real("correlation", strength, -0.99, 0.99)
    table = make(size, strength)
    return table / math.fsum(table.ravel())


def corner(joint: JointDistribution, size: int) -> FloatArray:
    """The pairs among the first ``size`` words of a text, the most frequent ones, as a table of their own.

    Parameters
    ----------
    joint : JointDistribution, V × W
    size : int, 2 … 8

    Returns
    -------
    (size, size) float64, sums to 1

    Raises
    ------
    DistributionError
        If these words never stand together.

    Examples
    --------
    >>> corner(JointDistribution.from_counts([[1, 1, 5], [0, 2, 7]]), 2).tolist()
    [[0.25, 0.25], [0.0, 0.5]]
    """
    checks.integer("size", size, SIZES[0], SIZES[-1])
    return _whole(joint.counts[:size, :size].toarray())


# --- edits -------------------------------------------------------------------------------------------------------


def edited(table: FloatArray, row: int, column: int, value: float) -> FloatArray:
    """Set one cell and rescale the others, which keep their proportions; evenly where all others are 0.

    Parameters
    ----------
    table : (V, W) float64, sums to 1
    row, column : int
    value : float, 0 … 1

    Returns
    -------
    (V, W) float64, sums to 1

    Raises
    ------
    ParameterError
        If the value is not a probability.

    Examples
    --------
    >>> edited(np.array([[0.5, 0.3], [0.1, 0.1]]), 0, 0, 0.0).tolist()
    [[0.0, 0.6], [0.2, 0.2]]
    """
    return edited_block(table, {(row, column): value})


def edited_block(
    table: FloatArray, cells: Mapping[tuple[int, int], float], *, keep_margins: bool = False
) -> FloatArray:
    """Set some cells at once: a single one, or a block copied from a spreadsheet.

    The others are rescaled and keep their proportions; evenly where all others are 0. Where there are no others, the
    cells given are proportions. With ``keep_margins`` one after the other is set by :func:`edited_within_margins`,
    as if typed: a later one may move an earlier one.

    Parameters
    ----------
    table : (V, W) float64, sums to 1
    cells : mapping of (row, column) to float, 0 … 1
    keep_margins : bool

    Returns
    -------
    (V, W) float64, sums to 1

    Raises
    ------
    ParameterError
        If a value is not a probability, the values are together more than 1, or the margins do not allow them.

    Examples
    --------
    >>> edited_block(np.array([[0.5, 0.3], [0.1, 0.1]]), {(0, 0): 0.2, (0, 1): 0.6}).round(6).tolist()
    [[0.2, 0.6], [0.1, 0.1]]
    """
    if keep_margins:
        for place, value in cells.items():
            table = edited_within_margins(table, *place, value)
        return table
    given, others = np.zeros_like(table), np.ones(table.shape, dtype=bool)
    for place, value in cells.items():
        given[place], others[place] = checks.real("a cell", value, 0, 1), False
    total = math.fsum(given.ravel())
    if not others.any() and total > 0:
        return given / total
    if not others.any() or total > 1 + 1e-9:  # rounded numbers may add up to a little more
        raise ParameterError(
            f"these cells add up to {100 * total:.4g} %, which is impossible: give cells that add up to 100 % or less."
        )
    rest = np.where(others, table, 0.0)
    mass = math.fsum(rest.ravel())
    if mass == 0:
        rest, mass = others.astype(float), float(others.sum())
    return given + rest * (max(0.0, 1 - total) / mass)


def edited_within_margins(table: FloatArray, row: int, column: int, value: float) -> FloatArray:
    """Set one cell while p(x) and p(y) stay: what it gains, its row and column lose, and the rest gains again.

    A cell may lie between max(0, p(x) + p(y) − 1) and min(p(x), p(y)); each value in between is reached in one step,
    a sum of moves of +, −, −, + on the corners of rectangles, in proportion to what there is to take from.

    Parameters
    ----------
    table : (V, W) float64, sums to 1
    row, column : int
    value : float

    Returns
    -------
    (V, W) float64, with the margins of ``table``

    Raises
    ------
    ParameterError
        If no table with these margins has this value there; names the range.

    Examples
    --------
    >>> edited_within_margins(np.array([[0.25, 0.25], [0.25, 0.25]]), 0, 0, 0.5).tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """
    words, contexts = table.sum(axis=1), table.sum(axis=0)
    low = max(0.0, words[row] + contexts[column] - 1)
    high = min(words[row], contexts[column])
    slack = 1e-9  # a limit typed as it is shown, rounded, is meant exactly
    if not low - slack <= value <= high + slack:
        raise ParameterError(
            f"with these margins this cell lies between {100 * low:.4g} % and {100 * high:.4g} %, so {100 * value:.4g} "
            "% is impossible: give a value in this range, or let the margins move."
        )
    gain = min(max(value, low), high) - table[row, column]
    across, down = np.delete(table[row], column), np.delete(table[:, column], row)
    rest = np.delete(np.delete(table, row, axis=0), column, axis=1)
    # What is gained is taken from the rest of the row and of the column, what is lost from all other cells.
    share = np.outer(_shares(down), _shares(across)) if gain > 0 else _shares(rest)
    out = np.array(table)
    others_x, others_y = np.arange(len(words)) != row, np.arange(len(contexts)) != column
    out[row, column] += gain
    out[row, others_y] -= gain * share.sum(axis=0)
    out[others_x, column] -= gain * share.sum(axis=1)
    out[np.ix_(others_x, others_y)] += gain * share
    return np.maximum(out, 0.0)  # a cell that is used up may miss 0 by a rounding


def _shares(parts: FloatArray) -> FloatArray:
    total = parts.sum()
    return parts / total if total > 0 else np.full_like(parts, 1 / parts.size)


def _whole(table: FloatArray) -> FloatArray:
    joint = JointDistribution.from_counts(table)  # refuses what is no table of weights
    return np.asarray(joint.counts.toarray() / joint.total)


# --- as text -----------------------------------------------------------------------------------------------------


def write_table(table: FloatArray) -> str:
    """A table in percent, rows joined by ``_`` and cells by ``-``: short, and safe in a URL and a shell.

    Examples
    --------
    >>> write_table(np.array([[0.4, 0.1], [0.125, 0.375]]))
    '40-10_12.5-37.5'
    """
    return "_".join("-".join(_percent(cell) for cell in row) for row in table)


def _percent(cell: float) -> str:
    return np.format_float_positional(100 * cell, precision=11, trim="-")


def read_table(text: str) -> FloatArray:
    """Any weights in the form of :func:`write_table`, divided by their sum.

    Raises
    ------
    DistributionError
        If the text is not of this form, no table of 2 × 2 to 8 × 8, or holds nothing but zeros.

    Examples
    --------
    >>> read_table("4-1_1-4").tolist()
    [[0.4, 0.1], [0.1, 0.4]]
    """
    rows = text.split("_")
    cell = r"(\d{1,15}(\.\d{0,15})?|\.\d{1,15})"
    width = rows[0].count("-") + 1
    fits = len(rows) in SIZES and width in SIZES
    if not fits or not all(re.fullmatch(rf"{cell}(-{cell}){{{width - 1}}}", row, re.ASCII) for row in rows):
        raise DistributionError(
            "this is not a table of 2 × 2 to 8 × 8 weights: write cells joined by -, rows by _, as in 40-10_10-40."
        )
    return _whole(np.array([[float(part) for part in row.split("-")] for row in rows]))
