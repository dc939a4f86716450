"""Score matrices of small tables, of any rank: each cell in view, dragged away from the best one, or of low rank.

Everything here is what :class:`~jsmi_core.SGNSObjective` says, laid out cell by cell as dense (V, W) arrays.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import ParameterError
from jsmi_core.information import FloatArray
from jsmi_core.lowrank import BestRank, best_rank_embedding
from jsmi_core.objective import SGNSObjective


@dataclass(frozen=True, eq=False)
class Cells:
    """Every cell of an objective as dense (V, W) float64 arrays.

    ``positive`` p(x,y) sums to 1, and ``negative`` r(x,y) too unless targets are skipped. ``pmi`` log p/r, ``best`` m*
    (6) and ``posterior`` σ(m*) (5) are −∞, −∞ and 0 where p = 0; the posterior of a pair that never arrives, not even
    as noise, stays α. ``bound`` are the parts of the bound in nats.
    """

    positive: FloatArray
    negative: FloatArray
    pmi: FloatArray
    best: FloatArray
    posterior: FloatArray
    bound: FloatArray


def cells(objective: SGNSObjective) -> Cells:
    """Lay out what an objective says of each pair.

    Parameters
    ----------
    objective : SGNSObjective of a small table

    Examples
    --------
    >>> from jsmi_core import JointDistribution
    >>> cells(SGNSObjective(JointDistribution.from_counts([[1, 0], [0, 1]]), negatives=1)).posterior.round(6).tolist()
    [[0.666667, 0.0], [0.0, 0.666667]]
    """
    contrast, shape = objective.contrast, objective.joint.shape
    pmi = np.full(shape, -math.inf)
    pmi[contrast.rows, contrast.columns] = contrast.log_ratio
    best = pmi + objective.log_odds
    negative = contrast.dense_negative
    return Cells(
        positive=objective.joint.p.toarray(),
        negative=negative,
        pmi=pmi,
        best=best,
        posterior=np.where(negative > 0, scipy.special.expit(best), objective.alpha),
        bound=objective.bound_of_pairs(*np.indices(shape).reshape(2, -1)).reshape(shape),
    )


DIRECTIONS = ("zero", "ratio", "random", "cell")
"""Ways to drag a score matrix away from its best: see :func:`moved`."""
LOWEST = -12.0
"""Where the score of a pair that never occurs, −∞ at its best, starts when it is moved: softplus(−12) = 6e-6 nats."""
RANDOM_LENGTH, CELL_LENGTH = 3.0, 6.0  # nats: how far the whole way leads, on average and for the one cell


def moved(
    best: FloatArray, direction: str, distance: float, log_odds: float = 0.0, cell: tuple[int, int] = (0, 0)
) -> FloatArray:
    """A score matrix some way off the best one, along a straight line.

    Parameters
    ----------
    best : (V, W) float64
        m*, −∞ where p = 0; such a cell starts from −12 instead unless it stays where it is.
    direction : str
        "zero": towards the zero matrix, where training starts. "ratio": towards ``log_odds`` everywhere, which knows
        only the class ratio. "random": a fixed random matrix, 3 nats each way. "cell": one cell, by 6 nats.
    distance : float
        The share of the way: 0 stays, 1 arrives, −1 goes as far the other way.
    log_odds : float
        log α/(1−α).
    cell : (row, column)

    Returns
    -------
    (V, W) float64

    Raises
    ------
    ParameterError
        If there is no such direction or cell.

    Examples
    --------
    >>> moved(np.array([[2.0, -1.0]]), "zero", 0.5).tolist()
    [[1.0, -0.5]]
    """
    checks.one_of("direction", direction, DIRECTIONS)
    if distance == 0:
        return np.array(best)
    start = np.maximum(best, LOWEST)
    if direction == "zero":
        return start * (1 - distance)
    if direction == "ratio":
        return start + distance * (log_odds - start)
    if direction == "random":
        return start + distance * RANDOM_LENGTH * np.random.default_rng(1).standard_normal(best.shape)
    row, column = (checks.integer("cell", place, 0, size - 1) for place, size in zip(cell, best.shape, strict=True))
    out = np.array(best)
    out[row, column] = start[row, column] + distance * CELL_LENGTH
    return out


REACH = 100.0
"""The largest score that can be set by hand, in nats."""


def write_scores(scores: Mapping[tuple[int, int], float]) -> str:
    """Single scores set by hand as ``row.column~value``, joined by ``_``: short, and safe in a URL.

    Examples
    --------
    >>> write_scores({(0, 1): -2.5, (1, 1): 3})
    '0.1~-2.5_1.1~3'
    """
    return "_".join(
        f"{row}.{column}~{np.format_float_positional(value, trim='-')}" for (row, column), value in scores.items()
    )


def read_scores(text: str) -> dict[tuple[int, int], float]:
    """What :func:`write_scores` wrote.

    Raises
    ------
    ParameterError
        If the text is not of this form, or a score is beyond ±100.

    Examples
    --------
    >>> read_scores("0.1~-2.5")
    {(0, 1): -2.5}
    """
    scores = {}
    for part in text.split("_") if text else ():
        found = re.fullmatch(r"([0-7])\.([0-7])~(-?\d+(?:\.\d+)?)", part, re.ASCII)
        if not found:
            raise ParameterError(f"{part!r} is not a score: write row.column~value joined by _, as in 0.1~-2.5.")
        scores[int(found[1]), int(found[2])] = checks.real("a score", float(found[3]), -REACH, REACH)
    return scores


def matrix_cells(objective: SGNSObjective, scores: npt.ArrayLike) -> tuple[float, float, FloatArray]:
    """Score and gap of any score matrix m of full rank, and the gap's cells u · KL(Bern(t)‖Bern(σ(m))). (8), (10)

    Parameters
    ----------
    objective : SGNSObjective, V × W
    scores : (V, W) float64
        m; −∞ stands for "never", a posterior of 0.

    Returns
    -------
    (score, gap, cells)
        Nats; (V, W) float64 cells ≥ 0 that add up to the gap.

    Raises
    ------
    EmbeddingError
        If m has another shape, or a NaN or +∞ in it.

    Examples
    --------
    >>> from jsmi_core import JointDistribution
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=1)
    >>> score, gap, parts = matrix_cells(objective, [[0, 0], [0, 0]])
    >>> bool(abs(score) < 1e-15), bool(abs(gap - objective.bound) < 1e-15), bool(abs(parts.sum() - gap) < 1e-15)
    (True, True, True)
    """
    m = np.array(scores, np.float64)
    m[np.isneginf(m)] = -1_000.0  # σ(−1000) is 0 in float64
    found = objective.evaluate(Embedding(m, np.eye(m.shape[1])), precision="double")
    parts = found.gap.of_pairs(*np.indices(m.shape).reshape(2, -1)).reshape(m.shape)
    return found.score, found.gap.total, parts


def best_ranks(objective: SGNSObjective, dimensions: Sequence[int] = (1, 2, 3), max_passes: int = 60) -> list[BestRank]:
    """The best score matrix of each rank, each search starting from the rank before too, so that S*_d never falls.

    Parameters
    ----------
    objective : SGNSObjective of a small table
    dimensions : rising ranks
    max_passes : int
        Of each climb. 60 are enough unless empty cells draw the best scores of a rank towards −∞: then what is found
        may be some percent low, and is not converged.

    Returns
    -------
    list of BestRank

    Raises
    ------
    ParameterError
        If a rank is not a whole number of 1 or more.

    Examples
    --------
    >>> from jsmi_core import JointDistribution
    >>> objective = SGNSObjective(JointDistribution.from_counts([[4, 1], [1, 4]]), negatives=1)
    >>> [bool(abs(best.score - objective.bound) < 1e-9) for best in best_ranks(objective, (1, 2))]
    [False, True]
    """
    found: list[BestRank] = []
    for dimension in dimensions:
        starts = [best.embedding for best in found[-1:]]
        found.append(best_rank_embedding(objective, dimension, starts, tolerance=1e-5, max_passes=max_passes))
    return found
