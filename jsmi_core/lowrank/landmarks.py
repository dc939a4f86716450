"""What other matrices score on the axis of SGNS: landmarks beside a trained or a best embedding. (Beyond the paper.)"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import scipy

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.information import Contrast, FloatArray, JointDistribution, levy_goldberg_deviation
from jsmi_core.lowrank.starts import correspondence_start
from jsmi_core.objective import REACH, SMALL, SGNSObjective


def sppmi_svd(joint: JointDistribution, dimension: int, negatives: int) -> Embedding:
    """The baseline of Levy & Goldberg (NIPS 2014): truncated SVD of shifted positive PMI, max(PMI − log k, 0).

    Parameters
    ----------
    joint : JointDistribution, V × W
    dimension : int, 1 … min(V, W) − 1
    negatives : int, k ≥ 1

    Returns
    -------
    Embedding
        U √Σ and V √Σ, (V, d) and (W, d) float64.

    Raises
    ------
    ParameterError
        If d or k is out of range.

    Examples
    --------
    >>> sppmi_svd(JointDistribution.from_counts([[2, 1], [1, 4]]), dimension=1, negatives=1).words.shape
    (2, 1)
    """
    checks.integer("dimension", dimension, 1, min(joint.shape) - 1)
    table = sppmi(joint, negatives)
    if math.prod(joint.shape) <= SMALL:
        left, values, right = np.linalg.svd(table.toarray(), full_matrices=False)
    else:
        left, values, right = _largest_of(table, dimension)
    largest = np.argsort(values)[::-1][:dimension]
    root = np.sqrt(values[largest])
    return Embedding(left[:, largest] * root, right[largest].T * root)


def _largest_of(table: scipy.sparse.csr_array, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The largest singular triplets of a sparse table, to full precision.

    PROPACK is several times faster than ARPACK, but where the table's rank is below ``count`` it gives up, or gives
    what are no singular triplets.
    """
    from scipy.sparse.linalg import svds

    with suppress(np.linalg.LinAlgError):
        steps, rng = max(10 * count, 300), np.random.default_rng(0)
        left, values, right = svds(table, count, v0=np.ones(table.shape[0]), maxiter=steps, solver="propack", rng=rng)
        if np.abs(table @ right.T - left * values).max() <= 1e-9 * values.max():
            return left, values, right
    return svds(table, k=count, solver="arpack", v0=np.ones(min(table.shape)))


def sppmi(joint: JointDistribution, negatives: int) -> scipy.sparse.csr_array:
    """Shifted positive PMI, max(PMI(x, y) − log k, 0): (V, W) CSR float64, 0 off the support."""
    checks.integer("negatives", negatives, 1, 10**6)
    contrast = Contrast.of(joint)
    values = np.maximum(contrast.log_ratio - math.log(negatives), 0.0)
    return scipy.sparse.csr_array((values, contrast.columns, contrast.bounds), joint.shape)


@dataclass(frozen=True)
class Baseline:
    """A matrix in words, its rank (None: not limited), and its score S in nats per draw of W."""

    name: str
    rank: int | None
    score: float


def baselines(objective: SGNSObjective, dimension: int) -> tuple[Baseline, ...]:
    """Score what needs no search: PMI itself where gensim can reach it, two decompositions, two constants.

    Parameters
    ----------
    objective : SGNSObjective, V × W
    dimension : int, 1 … 10,000
        The rank of the decompositions; the second has at most min(V, W) − 1, and needs a number of negatives.

    Returns
    -------
    tuple of Baseline
        Among them shifted positive PMI (Levy & Goldberg, NIPS 2014); the constant −log k scores 0, and the zero
        matrix h(α) − log 2.

    Examples
    --------
    >>> from jsmi_core.information import JointDistribution
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    >>> [baseline.name for baseline in baselines(objective, 1)][-1]
    'zero matrix'
    """
    words, contexts = objective.joint.shape
    constant = Embedding(np.full((words, 1), objective.log_odds), np.ones((contexts, 1)))
    found = [
        Baseline(f"PMI − log k, clipped to ±{REACH:g}", None, objective.reachable_bound),
        Baseline("correspondence analysis", dimension, objective.score(correspondence_start(objective, dimension))),
    ]
    rank = min(dimension, min(words, contexts) - 1)
    if rank and objective.negatives is not None:
        shifted = sppmi_svd(objective.joint, rank, objective.negatives)
        found.append(Baseline("SVD of shifted positive PMI", rank, objective.score(shifted)))
        whole = sppmi(objective.joint, objective.negatives).data
        found.append(Baseline("shifted positive PMI itself", None, objective.sparse_score(whole, elsewhere=0.0)))
    found.append(Baseline("constant −log k", 1, objective.score(constant)))
    found.append(Baseline("zero matrix", 0, objective.zero_score))
    return tuple(found)


LEVY_GOLDBERG = {
    "shifted positive PMI itself": {1: 9e-7, 5: 4e-7, 15: 2e-7},
    "SVD of shifted positive PMI": {1: 0.261, 5: 0.958, 15: 2.66},
    "SGNS": {1: 0.314, 5: 0.393, 15: 0.078},
}
"""Deviations that Levy & Goldberg (NIPS 2014, Table 1) print for d = 100, by the number of negatives k."""


def deviations(joint: JointDistribution, dimension: int, negatives: int) -> dict[str, float]:
    """How far the matrices of :func:`baselines` miss the best score, in Levy & Goldberg's unit; q is the paper's.

    Parameters
    ----------
    joint : JointDistribution, V × W
    dimension : int, 1 … 10,000
    negatives : int, 1 … 1,000

    Returns
    -------
    dict of name → float
        (JSMI − S)/(h(α) − JSMI), equation (21) of docs/math.md, over all V × W pairs.

    Examples
    --------
    >>> joint = JointDistribution.from_counts([[2, 1], [1, 4]])
    >>> [round(share, 6) for name, share in deviations(joint, 1, 5).items() if name.startswith("constant")]
    [0.035258]
    """
    objective = SGNSObjective(joint, negatives=negatives)
    return {
        found.name: levy_goldberg_deviation(objective.bound, found.score, objective.alpha)
        for found in baselines(objective, dimension)
    }
