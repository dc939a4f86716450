"""Positive pairs against negative pairs: p(x, y) beside r(x, y) = p(x) q(y), cell by cell, ready for sums.

Everything the bound, the score and the gap need to know of p and q stands here once: p, r and p/r − 1 on the
support of p, and for each row and column the noise that falls off the support. Off the support a cell is
known from its row and column alone, so the V × W table of r is never stored.

gensim throws away a negative that equals the positive's own target. Its negatives then follow
r(x, y) = q(y) (p(x) − p(x, y)), which differs from p(x) q(y) on the support only and sums to less than 1.
(Beyond the paper.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from jsmi_core.errors import DistributionError
from jsmi_core.information import kernels
from jsmi_core.information.distribution import FloatArray, JointDistribution
from jsmi_core.runtime.threads import map_in_order

# Cells with |p/r − 1| up to here are summed as a power series; its terms end below one rounding of the first.
NEAR = 1 / 16
SERIES_TERMS = 16
CHUNK = 1 << 15  # cells worked on at once: they stay in a core's cache, and are not too many to sum without care


@dataclass(frozen=True, eq=False)
class Contrast:
    """The positives p of a joint distribution against its negatives r.

    Made by :meth:`of`.

    Parameters
    ----------
    joint : JointDistribution, V × W
    noise : (W,) float64 that sums to 1, or None for the context marginal (the paper's q)
    skip_target : bool
        False: r = p(x) q(y), the paper's. True: r = q(y) (p(x) − p(x, y)), what gensim uses of its negatives.

    Raises
    ------
    DistributionError
        If the noise has another length than the contexts, is negative, not finite, or does not sum to 1.
    """

    joint: JointDistribution
    noise: FloatArray
    noise_rest: FloatArray  # q − noise: what the float64 of a context marginal n(y)/N leaves over
    skip_target: bool = False
    of_marginal: bool = False  # whether the noise is the context marginal because none was given

    @classmethod
    def of(cls, joint: JointDistribution, noise: npt.ArrayLike | None = None, *, skip_target: bool = False) -> Contrast:
        """Contrast a joint distribution with a noise distribution; None means the context marginal."""
        if noise is None:
            counts, total = _scaled(joint.context_counts, joint), float(_scaled(joint.total, joint))
            q = joint.context_marginal
            return cls(joint, q, _division_rests(counts, total, q), skip_target, of_marginal=True)
        try:
            q = np.ascontiguousarray(noise, np.float64)
        except (TypeError, ValueError):
            raise DistributionError("the noise is not a list of numbers: give one for each context.") from None
        if q.shape != (joint.shape[1],):
            raise DistributionError(
                f"the noise has shape {q.shape} but there are {joint.shape[1]:,} contexts: give one number for each."
            )
        if not (np.isfinite(q).all() and (q >= 0).all() and abs(math.fsum(q) - 1) <= 1e-9):
            raise DistributionError("the noise is not a distribution: give numbers of 0 or more that sum to 1.")
        return cls(joint, q, np.zeros_like(q), skip_target)

    @classmethod
    def normalised(cls, joint: JointDistribution, weights: FloatArray) -> Contrast:
        """Contrast with the noise weights/Σ weights, whose digits beyond float64 are kept too."""
        total = math.fsum(weights)
        left = math.fsum([*weights, -total])  # the sum's own digits beyond float64
        q = weights / total
        return cls(joint, q, _division_rests(weights, total, q) - q * (left / total))

    # --- on the support of p: one number for each stored pair, in CSR order -------------------------------

    @cached_property
    def bounds(self) -> npt.NDArray[np.int64]:
        """(V+1,) int64: where each row of the support begins and ends."""
        return np.asarray(self.joint.counts.indptr, np.int64)

    @cached_property
    def columns(self) -> npt.NDArray[np.int32]:
        """(nnz,) int32: the context of each pair of the support."""
        return np.asarray(self.joint.counts.indices, np.int32)

    @cached_property
    def rows(self) -> npt.NDArray[np.int32]:
        """(nnz,) int32: the word of each pair of the support."""
        return np.repeat(np.arange(len(self.bounds) - 1, dtype=np.int32), np.diff(self.bounds))

    @property
    def positive(self) -> FloatArray:
        """(nnz,) float64: p(x, y) on the support."""
        return self.joint.p.data

    @cached_property
    def negative(self) -> FloatArray:
        """(nnz,) float64: r(x, y) on the support."""
        words = self._negative_word_counts / self.joint.total
        return words * self.noise[self.columns]

    @property
    def dense_negative(self) -> FloatArray:
        """(V, W) float64: r(x, y) of every pair, for tables of few cells."""
        out = np.outer(self.joint.word_marginal, self.noise)
        out[self.rows, self.columns] = self.negative  # less where the target is skipped
        return out

    @cached_property
    def _negative_word_counts(self) -> FloatArray:
        """(nnz,) float64: how many of a word's pairs draw the pair's context as a used negative."""
        counts = self.joint.word_counts[self.rows]
        return counts - self.joint.counts.data if self.skip_target else counts

    @cached_property
    def excess(self) -> FloatArray:
        """(nnz,) float64: p/r − 1 on the support, without cancellation; infinite where r is 0 beside p."""
        counts, words = _scaled(self.joint.counts.data, self.joint), _scaled(self._negative_word_counts, self.joint)
        out = np.empty(len(self.columns))
        kernels.excess_ratios(self.columns, counts, words, self.noise, self.noise_rest, out)
        return out

    @cached_property
    def unmatched(self) -> npt.NDArray[np.bool_]:
        """(nnz,) bool: pairs that are never drawn as negatives, or so rarely that p/r is beyond float64."""
        return np.isinf(self.excess)

    def find(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """(n,) int64: where each pair stands in the arrays of the support, −1 for a pair with p = 0."""
        width = len(self.noise)
        keys = self.rows * np.int64(width) + self.columns
        wanted = rows * width + columns
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[places] == wanted, places, -1)

    @cached_property
    def log_ratio(self) -> FloatArray:
        """(nnz,) float64: log p/r on the support (the PMI for the paper's q); infinite where r = 0."""
        out = np.log1p(np.maximum(self.excess, -0.5))
        far = np.flatnonzero((self.excess < -0.5) | self.unmatched)  # 1 + excess has fewer digits than p and r
        words = self._negative_word_counts[far] / self.joint.total
        with np.errstate(divide="ignore"):
            out[far] = np.log(self.positive[far]) - np.log(words) - np.log(self.noise[self.columns[far]])
        return out

    # --- off the support ----------------------------------------------------------------------------------

    @cached_property
    def uncovered_noise(self) -> FloatArray:
        """(V,) float64: for each word x, Σ q(y) over the contexts never seen with x."""
        out = np.empty(len(self.bounds) - 1)
        kernels.uncovered_mass(self.bounds, self.columns, self.noise, out)
        return out

    @cached_property
    def uncovered(self) -> float:
        """Σ r(x, y) over all pairs with p(x, y) = 0."""
        return math.fsum(self.joint.word_marginal * self.uncovered_noise)

    @cached_property
    def negative_mass(self) -> float:
        """Σ r over all pairs: 1, or less by the targets that are skipped."""
        if not self.skip_target:
            return 1.0
        return 1.0 - float((self.positive * self.noise[self.columns]).sum())

    # --- information --------------------------------------------------------------------------------------

    @cached_property
    def divergence(self) -> float:
        """Σ r φ(p/r − 1) in nats, the limit of bound(α)/α for α → 0; KL(p‖r), and I(X;Y) for the paper's q."""
        surplus = math.fsum(
            float((negative * excess).sum())  # no BLAS: its order depends on how many threads it has
            for excess, negative in map(self._far, self._chunks())
        )  # Σ (p − r)
        unmatched = float((self.positive * (self.log_ratio - 1))[self.unmatched].sum())
        return math.fsum([self._far_divergence, -surplus, unmatched, self._near_moments.sum(), self.uncovered])

    def bound(self, alpha: float) -> float:
        """JS_α(p, r) in nats; JSMI_α for the paper's q. (1), (2)"""
        return float(self.bounds_at(np.array([alpha]))[0])

    def bounds_at(self, alphas: FloatArray) -> FloatArray:
        """(n,) float64, nats: the bound at each α.

        A cell is u·KL(Bern(t)‖Bern(α)) = r [α φ(δ) − φ(α δ)] ≥ 0 with δ = p/r − 1, φ(x) = (1+x) log(1+x) − x,
        which is α p log p/r − r s log s with s = 1 + αδ: one logarithm for each pair and α.
        """
        chunks = list(map_in_order(lambda chunk: _mixture_sums(alphas, *self._far(chunk)), self._chunks()))
        mixtures = [math.fsum(sums) for sums in zip(*chunks, strict=True)] if chunks else [0.0] * len(alphas)
        return np.array(
            [
                math.fsum([alpha * self._far_divergence, -mixture, self._near_bound(alpha), self._unmixed_bound(alpha)])
                for alpha, mixture in zip(alphas.tolist(), mixtures, strict=True)
            ]
        )

    def bound_cells(self, alpha: float) -> FloatArray:
        """(nnz,) float64, nats: each stored pair's part of the bound, u·KL(Bern(t)‖Bern(α))."""
        cells = np.empty(len(self.columns))
        kernels.bound_cells(alpha, self.positive, self.negative, self.excess, self.log_ratio, cells)
        return cells

    def _chunks(self) -> Iterator[slice]:
        return (slice(start, start + CHUNK) for start in range(0, len(self.columns), CHUNK))

    def _is_far(self, chunk: slice) -> npt.NDArray[np.bool_]:
        """The cells away from independence, |δ| > NEAR, that are drawn as negatives too."""
        excess = self.excess[chunk]
        return (np.abs(excess) > NEAR) & (excess < np.inf)

    def _far(self, chunk: slice) -> tuple[FloatArray, FloatArray]:
        """δ and r of the cells away from independence."""
        far = self._is_far(chunk)
        return self.excess[chunk][far], self.negative[chunk][far]

    @cached_property
    def _far_divergence(self) -> float:
        """Σ p log p/r over the cells away from independence."""
        parts = ((chunk, self._is_far(chunk)) for chunk in self._chunks())
        return math.fsum(float((self.positive[c] * self.log_ratio[c])[far].sum()) for c, far in parts)

    @cached_property
    def _near_moments(self) -> FloatArray:
        """Σ r δⁿ / (n (n−1)) with alternating signs, n = 2 …, over the cells near independence."""
        near = np.abs(self.excess) <= NEAR
        opposite = -self.excess[near]
        terms = self.negative[near] * opposite
        moments = []
        for n in range(2, SERIES_TERMS):
            terms = terms * opposite  # r (−δ)ⁿ
            moments.append(float(terms.sum()) / (n * (n - 1)))
        return np.array(moments)

    def _near_bound(self, alpha: float) -> float:
        """The cells near independence: Σ r [α φ(δ) − φ(αδ)] = Σ_n (α − αⁿ) (−1)ⁿ Σ r δⁿ / (n (n−1))."""
        powers = np.arange(2, SERIES_TERMS)
        weights = -alpha * np.expm1((powers - 1) * math.log(alpha))
        return math.fsum(weights * self._near_moments)

    def _unmixed_bound(self, alpha: float) -> float:
        """Pairs seen only as negatives, (1−α) r (−log(1−α)), and those seen only as positives, α p (−log α)."""
        certain = math.fsum(self.positive[self.unmatched])
        return -(1 - alpha) * math.log1p(-alpha) * self.uncovered - alpha * math.log(alpha) * certain


def _mixture_sums(alphas: FloatArray, excess: FloatArray, negative: FloatArray) -> list[float]:
    """Σ r s log s with s = 1 + αδ, for each α."""
    sums = np.empty(len(alphas))
    kernels.mixture_sums(np.asarray(alphas, np.float64), excess, negative, sums)
    return list(sums.tolist())


def _scaled(values: npt.ArrayLike, joint: JointDistribution) -> FloatArray:
    """Counts divided by the power of two next to their total: exact, and no product of two of them overflows."""
    return np.ldexp(values, -math.frexp(joint.total)[1])


def _division_rests(numerators: FloatArray, denominator: float, quotients: FloatArray) -> FloatArray:
    """numerator/denominator − quotient for each, to the precision of a float64 of its own."""
    rests = np.empty(len(quotients))
    for i, (numerator, quotient) in enumerate(zip(numerators.tolist(), quotients.tolist(), strict=True)):
        product, rest = kernels.two_product(quotient, denominator)
        rests[i] = ((numerator - product) - rest) / denominator
    return rests
