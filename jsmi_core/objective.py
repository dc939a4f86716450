"""Embedding → score, and bound − score = gap. Knows no trainer.

The score runs over all V × W pairs, in blocks: nothing of that size is ever stored. A block of m = words ·
contextsᵀ comes from BLAS; the scores of the support of p are taken out of it, and what remains is summed as
softplus(m) weighted by p(x) and q(y). The gap is a sum of cells ≥ 0 and never a difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from jsmi_core import _checks, _kernels
from jsmi_core._blocks import PairScores, pair_scores
from jsmi_core.contrast import Contrast
from jsmi_core.distribution import FloatArray, JointDistribution
from jsmi_core.embedding import Embedding
from jsmi_core.errors import EmbeddingError, ParameterError
from jsmi_core.information import binary_entropy, check_alpha

__all__ = ["Evaluation", "Gap", "SGNSObjective"]


class SGNSObjective:
    """What SGNS maximises, for one p, one q and one α: S(m) ≤ bound for every matrix m. (8), Theorem 1

    Parameters
    ----------
    joint : JointDistribution, V × W
        p(x, y), the distribution of the positive pairs.
    negatives : int, 1 … 1,000,000
        k; α = 1/(k+1).
    noise : (W,) float64 that sums to 1, optional
        q(y), what negatives are drawn from; None is the context marginal, the paper's choice.
    alpha : float, 0 < α < 1, optional
        Given instead of ``negatives``, any class ratio.

    Raises
    ------
    ParameterError
        If k or α is out of range, or both are given.
    DistributionError
        If the noise is not a distribution over the contexts.

    Examples
    --------
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    >>> round(objective.bound, 6)
    0.020075
    """

    def __init__(
        self,
        joint: JointDistribution,
        negatives: int | None = None,
        noise: npt.ArrayLike | None = None,
        *,
        alpha: float | None = None,
    ) -> None:
        if alpha is not None and negatives is not None:
            raise ParameterError("both negatives and alpha are given: give one of them, for α = 1/(negatives + 1).")
        if alpha is None:
            self.negatives: int | None = _checks.integer("negatives", 5 if negatives is None else negatives, 1, 10**6)
            self.alpha = 1 / (self.negatives + 1)
            self.log_odds = -math.log(self.negatives)
        else:
            self.negatives = None
            self.alpha = check_alpha(alpha)
            self.log_odds = math.log(self.alpha) - math.log1p(-self.alpha)
        self.joint = joint
        self.noise = noise if noise is None else np.asarray(noise, np.float64)
        self.contrast = Contrast.of(joint, noise)

    @cached_property
    def bound(self) -> float:
        """max over all m of S(m), in nats: JSMI_α for the paper's q. (2), (7)"""
        return self.contrast.bound(self.alpha)

    @property
    def class_entropy(self) -> float:
        """h(α) in nats: the ceiling of every bound at this α."""
        return binary_entropy(self.alpha)

    @property
    def zero_score(self) -> float:
        """S(0) = h(α) − log 2, in nats: the zero matrix, where SGNS starts."""
        return self.class_entropy - math.log(2)

    @cached_property
    def bound_by_word(self) -> FloatArray:
        """(V,) float64, nats: the part of the bound in each word's row; they add up to ``bound``."""
        contrast, alpha = self.contrast, self.alpha
        off = -(1 - alpha) * math.log1p(-alpha) * self.joint.word_marginal * contrast.uncovered_noise
        return np.bincount(contrast.rows, contrast.bound_cells(alpha), self.joint.shape[0]) + off

    @cached_property
    def best_scores(self) -> FloatArray:
        """(nnz,) float64: m* = log p/r + log α/(1−α) on the support of p; −∞ everywhere else. (6)"""
        return self.contrast.log_ratio + self.log_odds

    def evaluate(self, embedding: Embedding, *, precision: str = "auto") -> Evaluation:
        """Score and gap of an embedding in one pass over all V × W pairs.

        Parameters
        ----------
        embedding : Embedding with V word and W context vectors
        precision : "auto", "double" or "single"
            Of the products x · y. "double" holds 1e-12 relative on small tables. "single" multiplies in
            float32 (sums stay float64): the score moves by less than 1e-6 relative. "auto" takes "single" for
            float32 vectors and more than a million pairs, else "double".

        Raises
        ------
        EmbeddingError
            If the numbers of vectors do not fit p.
        ParameterError
            If the precision is none of the three.
        """
        scores = self._pair_scores(embedding, precision)
        return Evaluation(self.bound, self._score(scores), self._gap(scores))

    def score(self, embedding: Embedding, *, precision: str = "auto") -> float:
        """S(m) = h(α) + α Σ p log σ(m) + (1−α) Σ r log σ(−m) over all V × W pairs, in nats. (8)

        Parameters, precision and errors as in :meth:`evaluate`.
        """
        return self._score(self._pair_scores(embedding, precision))

    def gap(self, embedding: Embedding, *, precision: str = "auto") -> Gap:
        """JSMI_α − S(m) = Σ u · KL(Bern(t)‖Bern(σ(m))) ≥ 0, in nats, and where it comes from. (10)

        Parameters, precision and errors as in :meth:`evaluate`.
        """
        return self._gap(self._pair_scores(embedding, precision))

    def _pair_scores(self, embedding: Embedding, precision: str) -> PairScores:
        shape = (len(embedding.words), len(embedding.contexts))
        if shape != self.joint.shape:
            raise EmbeddingError(
                f"the embedding has {shape[0]:,} word and {shape[1]:,} context vectors but the distribution has "
                f"{self.joint.shape[0]:,} words and {self.joint.shape[1]:,} contexts: restrict both to the same words."
            )
        return pair_scores(embedding, self.contrast, precision)

    def _score(self, scores: PairScores) -> float:
        contrast = self.contrast
        cells = np.empty(len(scores.support))
        _kernels.score_cells(self.alpha, contrast.positive, contrast.negative, scores.support, cells)
        rows = np.bincount(contrast.rows, cells, self.joint.shape[0])
        off = (1 - self.alpha) * self.joint.word_marginal * scores.row_softplus
        return math.fsum([self.class_entropy, *rows, *(-off)])

    def _gap(self, scores: PairScores) -> Gap:
        contrast = self.contrast
        cells = np.empty(len(scores.support))
        _kernels.gap_cells(
            self.alpha,
            self.log_odds,
            contrast.positive,
            contrast.negative,
            contrast.excess,
            contrast.log_ratio,
            scores.support,
            cells,
        )
        rows = np.bincount(contrast.rows, cells, self.joint.shape[0])
        columns = np.bincount(contrast.columns, cells, self.joint.shape[1])
        by_word = rows + (1 - self.alpha) * self.joint.word_marginal * scores.row_softplus
        by_context = columns + (1 - self.alpha) * contrast.noise * scores.column_softplus
        return Gap(math.fsum(by_word), by_word, by_context, cells, self, scores.embedding)


@dataclass(frozen=True, eq=False)
class Gap:
    """What an embedding lost: JSMI_α − S(m) in nats, as sums of cells ≥ 0. (10), Theorem 2

    ``total`` is the whole gap; ``by_word`` (V,) and ``by_context`` (W,) float64 each add up to it.
    ``on_support`` (nnz,) float64 are the cells of the pairs that occur, in CSR order of p.
    """

    total: float
    by_word: FloatArray
    by_context: FloatArray
    on_support: FloatArray
    objective: SGNSObjective
    embedding: Embedding

    def of_pairs(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> FloatArray:
        """The cells u · KL(Bern(t)‖Bern(σ(m))) of chosen pairs.

        Parameters
        ----------
        rows, columns : (n,) int
            Word and context of each pair.

        Returns
        -------
        (n,) float64, nats, each ≥ 0

        Raises
        ------
        ParameterError
            If a row or column is outside the table.
        """
        words, contexts = self.objective.joint.shape
        x = _indices("rows", rows, words)
        y = _indices("columns", columns, contexts)
        contrast, alpha = self.objective.contrast, self.objective.alpha
        scores = np.einsum("ij,ij->i", self.embedding.words[x], self.embedding.contexts[y], dtype=np.float64)
        cells = (1 - alpha) * self.objective.joint.word_marginal[x] * contrast.noise[y] * np.logaddexp(0, scores)
        places = contrast.find(x, y)
        cells[places >= 0] = self.on_support[places[places >= 0]]
        return cells


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Bound, score and gap of one embedding under one objective, in nats; ``gap.total`` is bound − score."""

    bound: float
    score: float
    gap: Gap


def _indices(name: str, values: npt.ArrayLike, size: int) -> npt.NDArray[np.int64]:
    array = np.atleast_1d(np.asarray(values))
    if array.dtype.kind not in "iu" or ((array < 0) | (array >= size)).any():
        raise ParameterError(f"{name} is not usable: give whole numbers from 0 to {size - 1:,}.")
    return array.astype(np.int64)
