"""Pairs → distributions: the joint p(x, y) of words and contexts, and the noise q(y) of the negatives.

A joint distribution is sparse: only pairs that occur are stored. It keeps the counts it was made from, since
differences such as p − p(x)p(y) can be taken from counts without cancellation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core import checks
from jsmi_core.errors import DistributionError

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class JointDistribution:
    """p(x, y), the distribution of the positive pairs, as counts that sum to ``total``.

    Make one with :func:`jsmi_core.expected_pairs` from a text, or :meth:`from_counts` from any table.

    Parameters
    ----------
    counts : (V, W) scipy.sparse CSR array, float64, non-negative
        Pair counts or any weights proportional to p; columns sorted, no stored zeros.
    source : str
        Where p comes from, in words: part of every result's name for it.
    vocabulary : tuple of V str, optional
        What the rows are, where they have names.
    context_vocabulary : tuple of W str, optional
        What the columns are.

    Examples
    --------
    >>> joint = JointDistribution.from_counts([[2, 1], [1, 4]])
    >>> joint.word_marginal
    array([0.375, 0.625])
    """

    counts: scipy.sparse.csr_array
    source: str = "given"
    vocabulary: tuple[str, ...] | None = None
    context_vocabulary: tuple[str, ...] | None = None

    @classmethod
    def from_counts(cls, matrix: Any, source: str = "given") -> JointDistribution:
        """The distribution proportional to a non-negative matrix ("any joint distribution", Section 3).

        Parameters
        ----------
        matrix : (V, W) array-like or scipy.sparse, finite, non-negative, with a positive sum

        Raises
        ------
        DistributionError
            Names the first cell that is negative, NaN or infinite, or says that the table is empty.
        """
        try:
            table = scipy.sparse.csr_array(
                matrix if scipy.sparse.issparse(matrix) else np.atleast_2d(np.asarray(matrix, np.float64))
            )
            table = table.astype(np.float64)
        except (TypeError, ValueError):
            raise DistributionError("the pair counts are not a table of numbers: give a V × W matrix.") from None
        table.sum_duplicates()
        bad = np.flatnonzero(~(np.isfinite(table.data) & (table.data >= 0)))
        if bad.size:
            row = int(np.searchsorted(table.indptr, bad[0], side="right")) - 1
            raise DistributionError(
                f"the pair count at row {row}, column {table.indices[bad[0]]} is {table.data[bad[0]]}: "
                "give finite counts of 0 or more."
            )
        table.eliminate_zeros()
        if table.nnz == 0:
            raise DistributionError("the table holds no pair at all: give at least one positive count.")
        with np.errstate(over="ignore"):
            total = table.data.sum()
        if not np.isfinite(total):
            raise DistributionError("the pair counts sum to more than a float64 holds: divide them all by one number.")
        table.data[table.data / total == 0] = 0.0  # less than any float64 beside the others: p is 0 to all its digits
        table.eliminate_zeros()
        return cls(table, source)

    @property
    def shape(self) -> tuple[int, int]:
        """(V, W), the numbers of words and contexts."""
        return int(self.counts.shape[0]), int(self.counts.shape[1])

    @property
    def pairs(self) -> int:
        """The number of distinct pairs with p(x, y) > 0."""
        return int(self.counts.nnz)

    @cached_property
    def total(self) -> float:
        """N, the sum of all counts: for a text, the number of positive pairs of one epoch."""
        return math.fsum(self.word_counts)

    @cached_property
    def word_counts(self) -> FloatArray:
        """(V,) float64: the row sums of the counts."""
        rows = np.repeat(np.arange(self.shape[0]), np.diff(self.counts.indptr))
        return np.bincount(rows, self.counts.data, self.shape[0]).astype(np.float64, copy=False)

    @cached_property
    def context_counts(self) -> FloatArray:
        """(W,) float64: the column sums of the counts."""
        return np.bincount(self.counts.indices, self.counts.data, self.shape[1]).astype(np.float64, copy=False)

    @cached_property
    def p(self) -> scipy.sparse.csr_array:
        """(V, W) CSR float64, sums to 1: p(x, y)."""
        return scipy.sparse.csr_array(
            (self.counts.data / self.total, self.counts.indices, self.counts.indptr), self.shape
        )

    @cached_property
    def word_marginal(self) -> FloatArray:
        """(V,) float64: p(x) = Σ_y p(x, y)."""
        return self.word_counts / self.total

    @cached_property
    def context_marginal(self) -> FloatArray:
        """(W,) float64: p(y) = Σ_x p(x, y), the paper's choice of the noise q(y)."""
        return self.context_counts / self.total


def unigram_noise(counts: npt.ArrayLike, exponent: float = 0.75) -> FloatArray:
    """word2vec's noise distribution, q(y) = counts(y)^exponent / Σ counts^exponent. (26), beyond the paper.

    Parameters
    ----------
    counts : (V,) non-negative
        Corpus counts of the words (not pair marginals: gensim draws negatives from these).
    exponent : float, −10 … 10
        0.75 in word2vec; 1 for the unigram distribution, 0 for the uniform one.

    Returns
    -------
    (V,) float64, sums to 1; a word that never occurs gets 0.

    Raises
    ------
    DistributionError
        If the counts are not one number of 0 or more for each word, with one above 0.
    ParameterError
        If the exponent is out of range.

    Examples
    --------
    >>> unigram_noise([16, 1], exponent=0.75)
    array([0.88888889, 0.11111111])
    """
    exponent = checks.real("exponent", exponent, -10, 10)
    array = np.asarray(counts, np.float64)
    if array.ndim != 1 or not (np.isfinite(array).all() and (array >= 0).all() and (array > 0).any()):
        raise DistributionError("noise needs one finite count of 0 or more for each word, and one above 0.")
    powers = np.zeros_like(array)
    with np.errstate(over="ignore", under="ignore"):
        np.power(array, exponent, out=powers, where=array > 0)
        if not (np.isfinite(powers.sum()) and powers.max() >= np.finfo(np.float64).tiny):  # no power holds them all
            logs = np.log(array, out=np.full_like(array, -np.inf), where=array > 0) * exponent
            np.exp(logs - logs[array > 0].max(), out=powers, where=array > 0)
    return powers / math.fsum(powers)
