"""Small tables → figures: the posterior, the channel, the bound over α, the way off the best scores, the best ranks.

As in measure.py, nothing is computed beyond arranging; values come in as nats, ``unit="bits"`` converts for display.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jsmi_core.figures.charts import RATE_LINE, Band, Chart, Flow, Heat, Line
from jsmi_core.figures.formatting import Unit, number, percent, scale_of, top_share
from jsmi_core.information import FloatArray, binary_entropy, share_of
from jsmi_core.tables import Cells


class Names(NamedTuple):
    """What the rows and columns of a table are called."""

    words: tuple[str, ...]
    contexts: tuple[str, ...]

    def cell(self, row: int, column: int) -> str:
        """One cell in words."""
        return f"{self.words[row]}, {self.contexts[column]}"


class Knowable(NamedTuple):
    """What there is to know in a table, in nats: I(X;Y), JSMI_α and α."""

    information: float
    bound: float
    alpha: float

    @property
    def share(self) -> float:
        """JSMI_α/h(α): how much of the doubt about the class a pair removes."""
        return self.bound / binary_entropy(self.alpha)

    @property
    def independent(self) -> bool:
        """Whether there is nothing to know but what rounding leaves."""
        return self.information < 1e-12


# --- the table -------------------------------------------------------------------------------------------------------


def table_data(cells: Cells, known: Knowable, names: Names, show: str = "posterior", *, unit: Unit = "nats") -> Heat:
    """One number of each cell of a table.

    Parameters
    ----------
    cells : Cells
    known : Knowable
    names : Names
    show : "posterior", "pmi" or "part"
        P(Z=1 given x, y); PMI; the cell's part of JSMI.
    unit : "nats" or "bits"

    Returns
    -------
    Heat

    Examples
    --------
    >>> from jsmi_core import JointDistribution, SGNSObjective
    >>> from jsmi_core.tables import cells
    >>> one = cells(SGNSObjective(JointDistribution.from_counts([[1, 1], [1, 1]]), negatives=1))
    >>> table_data(one, Knowable(0.0, 0.0, 0.5), Names(("x1", "x2"), ("y1", "y2"))).title
    'x and y are independent: no pair tells whether it is real'
    """
    scale = scale_of(unit)
    heat = _PARTS[show](cells, known, names, scale, unit)
    return (
        heat._replace(title="x and y are independent: no pair tells whether it is real") if known.independent else heat
    )


def _posterior(cells: Cells, known: Knowable, names: Names, scale: float, unit: Unit) -> Heat:
    title = (
        f"Seeing a pair removes {percent(known.share)} of the doubt whether it is real: JSMI is "
        f"{number(scale * known.bound)} of h(α) = {number(scale * binary_entropy(known.alpha))} {unit}"
    )
    legend = f"P(real given x, y) = σ(PMI + log α/(1−α)); green: above α = {known.alpha:.3g}, grey: below"
    name = "posterior P(Z=1 given x,y)"
    limits = (0.0, top_share(cells.posterior.ravel().tolist(), known.alpha))
    return _heat(title, legend, name, cells.posterior, names, limits, ("muted", "data"), known.alpha)


def _pmi(cells: Cells, known: Knowable, names: Names, scale: float, unit: Unit) -> Heat:
    title = f"The mean PMI of the real pairs is the mutual information, {number(scale * known.information)} {unit}"
    legend = "PMI = log p(x,y)/p(x)p(y); green: more often together than chance, grey: less, −∞: never"
    finite = cells.pmi[np.isfinite(cells.pmi)]
    reach = scale * max(float(np.abs(finite).max()), 1e-9)
    return _heat(title, legend, f"PMI ({unit})", scale * cells.pmi, names, (-reach, reach), ("muted", "data"), 0.0)


def _part(cells: Cells, known: Knowable, names: Names, scale: float, unit: Unit) -> Heat:
    row, column = divmod(int(cells.bound.argmax()), len(names.contexts))
    largest = percent(share_of(float(cells.bound.max()), known.bound) or 0.0)
    title = (
        f"The cells add up to JSMI = {number(scale * known.bound)} {unit}; the largest part, {largest}, is that of "
        f"“{names.cell(row, column)}”"
    )
    legend = "Percent of JSMI: how often the pair comes up, times how far its posterior is from α (as KL)"
    values = 100 * cells.bound / (known.bound or 1.0)
    return _heat(title, legend, "part of JSMI (%)", values, names, (0.0, _top(values)), ("ground", "data"))


_PARTS = {"posterior": _posterior, "pmi": _pmi, "part": _part}


def _heat(
    title: str,
    legend: str,
    value_name: str,
    values: FloatArray,
    names: Names,
    limits: tuple[float, float],
    roles: tuple[str, str],
    middle: float | None = None,
) -> Heat:
    rows = tuple(tuple(row) for row in values.tolist())
    return Heat(
        *(title, legend, "context y", "word x", value_name, names.contexts, names.words, rows, limits, roles, middle)
    )


def _top(values: FloatArray) -> float:
    return float(values.max()) or 1.0


# --- the channel -----------------------------------------------------------------------------------------------------


def channel_data(cells: Cells, known: Knowable, names: Names, *, unit: Unit = "nats") -> Flow:
    """The channel Z → W: real pairs (α) and noise (1−α) on their way to the cells, the most telling cells first.

    Parameters
    ----------
    cells : Cells
    known : Knowable
    names : Names
    unit : "nats" or "bits"

    Returns
    -------
    Flow
    """
    order = np.lexsort((np.arange(cells.posterior.size), -cells.posterior.ravel()))
    labels = [names.cell(x, y) for x in range(len(names.words)) for y in range(len(names.contexts))]
    positive, negative = (known.alpha * cells.positive).ravel(), ((1 - known.alpha) * cells.negative).ravel()
    order = order[(positive + negative)[order] > 0]
    value = f"{number(scale_of(unit) * known.bound)} {unit}"
    if known.independent:
        title = "Real pairs and noise arrive alike: the channel carries nothing"
    else:
        first, last = (float(cells.posterior.ravel()[i]) for i in (order[0], order[-1]))
        title = (
            f"Of the pairs “{labels[order[0]]}” that arrive {percent(first)} are real, of “{labels[order[-1]]}” "
            f"{percent(last)}: a pair carries {value}"
        )
    return Flow(
        title,
        f"Z → W: a pair comes from the text with α = {known.alpha:.3g} and is made up otherwise; below, what arrives, "
        "each cell with the share that is real",
        "share of all pairs that arrive",
        ("real pairs", "noise"),
        tuple(labels[i] for i in order),
        tuple(positive[order].tolist()),
        tuple(negative[order].tolist()),
        known.alpha,
    )


# --- over α ----------------------------------------------------------------------------------------------------------


def alpha_data(
    alphas: Sequence[float],
    bounds: Sequence[float],
    known: Knowable,
    capacity: tuple[float, float],
    *,
    unit: Unit = "nats",
) -> Chart:
    """JSMI over α below its two limits, h(α) and α·I(X;Y), with the capacity of Z → W and the chosen α.

    Parameters
    ----------
    alphas, bounds : n floats, rising α
    known : Knowable
    capacity : (α, nats)
        Where JSMI is highest.
    unit : "nats" or "bits"

    Returns
    -------
    Chart
    """
    scale, x = scale_of(unit), (0.0, *map(float, alphas), 1.0)
    here, best, most = scale * known.bound, scale * capacity[1], capacity[0]
    inside, even = "above peak", tuple(i / 100 for i in range(101))
    top = 1.1 * min(scale * math.log(2), 2.2 * best) if best > 0 else scale * math.log(2)
    limit = Line("α·I(X;Y)", "muted", x, tuple(scale * a * known.information for a in x), dash="dot", place=inside)
    name_at = "above" if known.independent else ""  # else the capacity names it
    lines = [
        Line("JSMI", "bound", x, (0.0, *(scale * b for b in bounds), 0.0), place=name_at),
        Line("h(α)", "muted", even, tuple(scale * binary_entropy(a) for a in even), dash="dot", place=inside),
        Line(f"\u00a0{_name_of(known.alpha)}", "data", (known.alpha,) * 2, (0.0, here), dash="dash", place="above"),
    ]
    if known.independent:
        title = "Nothing to know at any α: x and y are independent"
        points: tuple[tuple[float, float], ...] = ((known.alpha, here),)
    else:
        title = (
            f"At α = {known.alpha:.3g} a pair tells {number(here)} {unit}; no α makes it tell more than "
            f"{number(best)}, the capacity"
        )
        points = ((known.alpha, here), (most, best))
        name = f"JSMI at most {number(best)}, at α = {most:.2f}"
        lines += [limit, Line(name, "bound", (most, 0.93), (best, best), dash="dot", place="above end")]
    return Chart(
        title,
        f"JSMI stays below h(α), where the class would be certain, and below α·I(X;Y) = α · "
        f"{number(scale * known.information)}",
        "α, the share of positive pairs",
        f"information ({unit} per draw of W)",
        tuple(lines),
        points=points,
        x_range=(0.0, 1.0),
        y_range=(0.0, top),
    )


def _name_of(alpha: float) -> str:
    k = 1 / alpha - 1
    return f"k = {round(k)}" if math.isclose(k, round(k), rel_tol=1e-9) else f"α = {alpha:.3g}"


# --- away from the best scores ---------------------------------------------------------------------------------------


def loss_data(parts: FloatArray, gap: float, known: Knowable, names: Names, *, unit: Unit = "nats") -> Heat:
    """The gap of a score matrix, cell by cell: Theorem 2.

    Parameters
    ----------
    parts : (V, W) float64, nats
        u·KL(Bern(t)‖Bern(σ(m))), which add up to ``gap``.
    gap : float, nats
    known : Knowable
    names : Names
    unit : "nats" or "bits"

    Returns
    -------
    Heat
    """
    scale = scale_of(unit)
    score = known.bound - gap
    if gap <= 1e-15:
        title = f"m = PMI − log k loses nothing: its score is JSMI = {number(scale * known.bound)} {unit}"
    else:
        verdict = ", worse than knowing only the class ratio" if score < -1e-12 else ""
        title = f"m loses {number(scale * gap)} of {number(scale * known.bound)} {unit}{verdict}"
    legend = (
        f"The cells add up to the gap, JSMI − S(m) = {number(scale * gap)} = KL(p(Z|W)‖p_m(Z|W)); "
        f"S(m) = {number(scale * score)}"
    )
    values = scale * parts
    return _heat(title, legend, f"part of the gap ({unit})", values, names, (0.0, _top(values)), ("ground", "trained"))


def way_data(
    distances: Sequence[float],
    gaps: Sequence[float],
    here: tuple[float, float],
    known: Knowable,
    target: str,
    *,
    unit: Unit = "nats",
) -> Chart:
    """The score on the straight way through the best score matrix: highest there, falling on both sides.

    Parameters
    ----------
    distances : n floats
        Shares of the way to ``target``.
    gaps : n floats, nats
    here : (distance, gap)
        Where the slider stands; off the line where single scores were edited too.
    known : Knowable
    target : str
        What lies at the distance 1, in words.
    unit : "nats" or "bits"

    Returns
    -------
    Chart
    """
    scale, ends = scale_of(unit), (float(distances[0]), float(distances[-1]))
    scores = tuple(scale * (known.bound - gap) for gap in gaps)
    at = scale * (known.bound - here[1])
    low = max(min(*scores, 0.0), -scale * known.bound) if known.bound > 0 else min(scores)
    low = min(low, at)
    high = max(scale * known.bound, 0.0)
    lines = (
        Line("JSMI", "bound", ends, (scale * known.bound,) * 2, place="above"),
        Line(f"0: {RATE_LINE}", "muted", ends, (0.0, 0.0), dash="dot", place="below"),
        Line("S(m)", "data", tuple(map(float, distances)), scores, place="below peak"),
    )
    room = 0.15 * ((high - low) or 1.0)
    return Chart(
        "Whichever way m leaves PMI − log k, its score falls",
        f"The gap is the distance of S(m) from JSMI: it grows ever faster, being convex; 100 % is {target}",
        "distance from PMI − log k",
        f"score S ({unit} per draw of W)",
        lines,
        points=((here[0], at),),
        ticks=tuple((d, percent(d)) for d in (-1.0, -0.5, 0.0, 0.5, 1.0)),
        y_range=(low - room, high + room),
    )


# --- the best of each rank -------------------------------------------------------------------------------------------

MET = 1e-4
"""The share of the bound that may be missing where a rank is said to meet it: what the search may leave."""


def rank_data(dimensions: Sequence[int], scores: Sequence[float], known: Knowable, *, unit: Unit = "nats") -> Chart:
    """The best score found for matrices of each rank, below the bound of all matrices.

    Parameters
    ----------
    dimensions : rising ranks
    scores : floats, nats
        Lower bounds on the best score of each rank.
    known : Knowable
    unit : "nats" or "bits"

    Returns
    -------
    Chart
    """
    scale, x = scale_of(unit), tuple(map(float, dimensions))
    best = tuple(scale * max(score, 0.0) for score in scores)  # rank 1 holds the constant −log k, which scores 0
    bound = scale * known.bound
    flat = (bound,) * len(x)
    lines = (
        Line(f"bound {number(bound)}: all there is to know", "bound", x, flat, place="above"),
        Line(f"0: {RATE_LINE}", "muted", x, (0.0,) * len(x), dash="dot", place="below"),
        Line("best rank-d", "rank", x, best),
    )
    short = any(b - a > MET * b for a, b in zip(best, flat, strict=True)) if bound > 0 else False
    return Chart(
        _rank_finding(dimensions, [share_of(score, known.bound) or 0.0 for score in scores], known),
        "The best embedding of d dimensions, found by search: the price of rank is at most what is drawn",
        "rank d, the dimension of the vectors",
        f"score S ({unit} per draw of W)",
        lines,
        bands=(Band("price of rank", "rank", x, best, flat),) if short else (),
        ticks=tuple((d, f"{d:g}") for d in x),
        y_range=(-0.15 * (bound or 1.0), 1.15 * (bound or 1.0)),
    )


def _rank_finding(dimensions: Sequence[int], shares: Sequence[float], known: Knowable) -> str:
    if known.independent:
        return "There is nothing to know, and every rank knows it"
    enough = next((d for d, share in zip(dimensions, shares, strict=True) if share > 1 - MET), None)
    if enough is not None:
        before = [share for d, share in zip(dimensions, shares, strict=True) if d == enough - 1]
        if not before:
            return f"Rank {enough} keeps all there is to know"
        share = "nearly all of it" if before[0] > 0.995 else f"only {percent(max(before[0], 0.0))}"
        return f"Rank {enough} keeps all there is to know, rank {enough - 1} {share}"
    kept = ", ".join(percent(max(share, 0.0)) for share in shares)
    return f"Ranks {', '.join(map(str, dimensions))} keep {kept} of what there is to know"
