"""Embedding → score, and bound − score = gap. Knows no trainer.

The score runs over all V × W pairs, in blocks: nothing of that size is ever stored. A block of m = words ·
contextsᵀ comes from BLAS; the scores of the support of p are taken out of it, and what remains is summed as
softplus(m) weighted by p(x) and q(y). The gap is a sum of cells ≥ 0 and never a difference.
"""

from __future__ import annotations

import hashlib
import math
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import EmbeddingError, ParameterError
from jsmi_core.information import Contrast, FloatArray, JointDistribution, binary_entropy, check_alpha
from jsmi_core.objective import kernels
from jsmi_core.objective.blocks import PairScores, Precision, in_pieces, pair_scores
from jsmi_core.objective.dense import DenseTable
from jsmi_core.objective.evaluation import Evaluation, Gap, Law
from jsmi_core.objective.gradient import Vectors, checked_factors, value_and_gradient
from jsmi_core.objective.sampling import PairSampler

Indices = npt.NDArray[np.int64]

REACH = 6.0
"""gensim's MAX_EXP: a pair whose score is this far from 0 is not updated."""


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
    skip_target : bool
        Negatives that equal the positive's target are thrown away, as gensim does: r = q(y) (p(x) − p(x, y))
        in the place of p(x) q(y). (27), beyond the paper.

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
    0.015345
    """

    def __init__(
        self,
        joint: JointDistribution,
        negatives: int | None = None,
        noise: npt.ArrayLike | None = None,
        *,
        alpha: float | None = None,
        skip_target: bool = False,
    ) -> None:
        self._weigh(negatives, alpha)
        self._stand_on(Contrast.of(joint, noise, skip_target=skip_target))

    @classmethod
    def of_contrast(cls, contrast: Contrast, negatives: int) -> SGNSObjective:
        """The objective of a contrast of p and q at hand, and of what that has computed: no k is in it.

        Examples
        --------
        >>> contrast = Contrast.of(JointDistribution.from_counts([[2, 1], [1, 4]]))
        >>> [round(SGNSObjective.of_contrast(contrast, negatives).bound, 6) for negatives in (1, 5)]
        [0.028037, 0.015345]
        """
        objective = cls.__new__(cls)
        objective._weigh(negatives, None)
        objective._stand_on(contrast)
        return objective

    def _weigh(self, negatives: int | None, alpha: float | None) -> None:
        """Take k, or α."""
        if alpha is not None and negatives is not None:
            raise ParameterError("both negatives and alpha are given: give one of them, for α = 1/(negatives + 1).")
        if alpha is None:
            self.negatives: int | None = checks.integer("negatives", 5 if negatives is None else negatives, 1, 10**6)
            self.alpha = 1 / (self.negatives + 1)
            self.log_odds = -math.log(self.negatives)
        else:
            self.negatives = None
            self.alpha = check_alpha(alpha)
            self.log_odds = math.log(self.alpha) - math.log1p(-self.alpha)

    def _stand_on(self, contrast: Contrast) -> None:
        """Take p and q."""
        self.joint, self.contrast = contrast.joint, contrast
        self.noise = None if contrast.of_marginal else contrast.noise

    @cached_property
    def law(self) -> Law:
        """What every bound, score and gap of this objective is of: p, q and α."""
        content = hashlib.sha256(repr((self.joint.shape, self.alpha, self.contrast.skip_target)).encode())
        for array in (self.contrast.bounds, self.contrast.columns, self.contrast.positive, self.contrast.noise):
            content.update(array.tobytes())
        q = "context marginal" if self.noise is None else "given noise"
        return Law(self.joint.source, q, self.contrast.skip_target, self.alpha, content.hexdigest())

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
        return self._constant - (self.alpha + (1 - self.alpha) * self.contrast.negative_mass) * math.log(2)

    @property
    def _constant(self) -> float:
        """What makes S = 0 for the constant matrix −log k: h(α), or less by the targets that are skipped."""
        skipped = 1 - self.contrast.negative_mass
        return self.class_entropy + (1 - self.alpha) * math.log1p(-self.alpha) * skipped

    @cached_property
    def bound_by_word(self) -> FloatArray:
        """(V,) float64, nats: the part of the bound in each word's row; they add up to ``bound``."""
        contrast, alpha = self.contrast, self.alpha
        off = -(1 - alpha) * math.log1p(-alpha) * self.joint.word_marginal * contrast.uncovered_noise
        return np.bincount(contrast.rows, self.bound_on_support, self.joint.shape[0]) + off

    @cached_property
    def bound_on_support(self) -> FloatArray:
        """(nnz,) float64, nats: the cells u · KL(Bern(t)‖Bern(α)) of the pairs that occur, in CSR order of p."""
        return self.contrast.bound_cells(self.alpha)

    def bound_of_pairs(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> FloatArray:
        """The parts of chosen pairs in the bound, u · KL(Bern(t)‖Bern(α)), in nats, each ≥ 0.

        Parameters, shapes and errors as in :meth:`Gap.of_pairs`.
        """
        x, y = self._pairs(rows, columns)
        off = -(1 - self.alpha) * math.log1p(-self.alpha)
        return self._cells_of(x, y, self.bound_on_support, np.full(len(x), off))

    @cached_property
    def reachable_bound(self) -> float:
        """S(clip(m*, −6, 6)) in nats: the most that gensim's updates, which stop at |m| = 6, aim at.

        (28), beyond the paper: gensim tabulates σ on (−6, 6) and leaves a pair outside alone.
        """
        return self.sparse_score(np.clip(self.best_scores, -REACH, REACH), elsewhere=-REACH)

    def sparse_score(self, on_support: FloatArray, elsewhere: float) -> float:
        """S(m) in nats of a matrix of any rank that is the same number wherever p = 0; costs O(pairs).

        Parameters
        ----------
        on_support : (nnz,) float64
            m on the support of p, in CSR order.
        elsewhere : float
            m on every other pair.
        """
        off = (1 - self.alpha) * self.contrast.uncovered * float(np.logaddexp(0, elsewhere))
        return self.bound - (float(self._loss_cells(on_support).sum()) + off)

    @property
    def best_scores(self) -> FloatArray:
        """(nnz,) float64: m* = log p/r + log α/(1−α) on the support of p; −∞ everywhere else. (6)"""
        return self.contrast.log_ratio + self.log_odds

    def evaluate(self, embedding: Embedding, *, precision: Precision = "auto") -> Evaluation:
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
            If the numbers of vectors do not fit p, or their products are beyond the floats they are computed in.
        ParameterError
            If the precision is none of the three.
        """
        scores = self._pair_scores(embedding, precision, by_column=True)
        return Evaluation(self.law, self.bound, self._score(scores), self._gap(scores))

    def score(self, embedding: Embedding, *, precision: Precision = "auto") -> float:
        """S(m) = h(α) + α Σ p log σ(m) + (1−α) Σ r log σ(−m) over all V × W pairs, in nats. (8)

        Parameters, precision and errors as in :meth:`evaluate`.
        """
        return self._score(self._pair_scores(embedding, precision, by_column=False))

    def gap(self, embedding: Embedding, *, precision: Precision = "auto") -> Gap:
        """JSMI_α − S(m) = Σ u · KL(Bern(t)‖Bern(σ(m))) ≥ 0, in nats, and where it comes from. (10)

        Parameters, precision and errors as in :meth:`evaluate`.
        """
        return self._gap(self._pair_scores(embedding, precision, by_column=True))

    def sampled_score(
        self,
        embedding: Embedding,
        pairs: int = 100_000,
        seed: int | np.random.Generator = 1,
        *,
        draws: int | None = None,
    ) -> tuple[float, float]:
        """An estimate of S(m) from drawn pairs, each with k drawn negatives, and its standard error. (9)

        Ŝ = const + α · mean of log σ(m(x, y)) + k/n Σ_j log σ(−m(x, y_j)), j = 1 … n; for n = k what training itself
        sees of S. k stays the weight of the negatives (in α) whatever n, the number of them that is drawn.

        Parameters
        ----------
        embedding : Embedding with V word and W context vectors
        pairs : int, 2 … 100,000,000
            Positive pairs to draw.
        seed : int or numpy Generator
        draws : int, 1 … 10,000, optional
            n, the negatives to draw for each positive pair; k if left out, as in the paper and in word2vec.

        Returns
        -------
        (estimate, standard_error) in nats

        Raises
        ------
        ParameterError
            If ``pairs`` or ``draws`` is out of range, or the objective was made from an α that is no 1/(k+1).
        EmbeddingError
            If the numbers of vectors do not fit p.
        """
        checks.integer("pairs", pairs, 2, 100_000_000)
        if self.negatives is None:
            raise ParameterError("sampling draws k negatives for each pair: make the objective from negatives.")
        draws = self.negatives if draws is None else checks.integer("draws", draws, 1, 10_000)
        self.check_fit(embedding.words, embedding.contexts)
        terms = self._sampler.terms(embedding, self.negatives, pairs, draws, np.random.default_rng(seed))
        error = self.alpha * float(terms.std(ddof=1)) / math.sqrt(pairs)
        return self._constant + self.alpha * float(terms.mean()), error

    @cached_property
    def _sampler(self) -> PairSampler:
        return PairSampler(self.contrast)

    def value_and_gradient(
        self, words: Vectors, contexts: Vectors, *, dtype: npt.DTypeLike = np.float64
    ) -> tuple[float, Vectors, Vectors]:
        """S(m) at m = words · contextsᵀ and its gradient in both factors, in one pass. (29), beyond the paper

        ∂S/∂words = G · contexts and ∂S/∂contexts = Gᵀ · words with G = ∂S/∂m = α p − (α p + (1−α) r) σ(m): what
        solvers ask of an objective.

        Parameters
        ----------
        words : (V, d) float32 or float64
        contexts : (W, d) float32 or float64
        dtype : float32 or float64
            Of the products and the sums over contexts; sums over words are float64. float32 takes about half the time
            and moves S by less than 1e-6 relative.

        Returns
        -------
        (S, ∂S/∂words, ∂S/∂contexts)
            Float in nats; (V, d) of that dtype and (W, d) float64, in nats for each unit of a coordinate.

        Raises
        ------
        EmbeddingError
            If there is not one row of d numbers for each word and for each context. A number that is NaN or infinite
            is not refused: S is NaN there, or −∞.
        ParameterError
            If the dtype is neither.

        Examples
        --------
        >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=1)
        >>> score, by_word, by_context = objective.value_and_gradient(np.ones((2, 1)), np.ones((2, 1)))
        >>> round(score, 4), by_word.round(4).tolist()
        (-0.1201, [[-0.0866], [-0.1444]])
        """
        words, contexts = checked_factors(words, contexts, dtype)
        self.check_fit(words, contexts)
        return value_and_gradient(self.contrast, self.alpha, self._constant, words, contexts)

    def value_and_derivatives(self, scores: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """S(m) of a score matrix held whole, and its first two derivatives by each cell. (29), beyond the paper

        For tables of few cells: several of V × W numbers are held.

        Parameters
        ----------
        scores : (V, W) float64
            m(x, y); no cell's derivatives depend on another one.

        Returns
        -------
        (S, ∂S/∂m, −∂²S/∂m²)
            Float in nats; (V, W) float64 α p − u σ(m) and (V, W) float64 u σ(m) σ(−m) ≥ 0, with u = α p + (1−α) r.

        Raises
        ------
        EmbeddingError
            If the shape is not V × W.

        Examples
        --------
        >>> objective = SGNSObjective(JointDistribution.from_counts([[1, 0], [0, 1]]), negatives=1)
        >>> objective.value_and_derivatives(np.zeros((2, 2)))[1].tolist()
        [[0.0625, -0.0625], [-0.0625, 0.0625]]
        """
        if np.shape(scores) != self.joint.shape:
            raise EmbeddingError(
                f"the scores have shape {np.shape(scores)}: give one for each pair, {self.joint.shape}."
            )
        loss, gradient, curvature = self._dense.loss_and_derivatives(scores)
        return self._constant - loss, gradient, curvature

    @cached_property
    def _dense(self) -> DenseTable:
        return DenseTable.of(self.contrast, self.alpha)

    @cached_property
    def mixture_marginals(self) -> tuple[FloatArray, FloatArray]:
        """(V,) p(x) and (W,) α p(y) + (1−α) q(y), float64: marginals of α p + (1−α) p(x) q(y), by which S is curved."""
        contexts = self.alpha * self.joint.context_marginal + (1 - self.alpha) * self.contrast.noise
        return self.joint.word_marginal, contexts

    def check_fit(self, words: Vectors, contexts: Vectors) -> None:
        """Raise EmbeddingError unless there is a vector for each word and context."""
        shape = (len(words), len(contexts))
        if shape != self.joint.shape:
            raise EmbeddingError(
                f"the embedding has {shape[0]:,} word and {shape[1]:,} context vectors but the distribution has "
                f"{self.joint.shape[0]:,} words and {self.joint.shape[1]:,} contexts: restrict both to the same words."
            )

    def _pair_scores(self, embedding: Embedding, precision: Precision, *, by_column: bool) -> PairScores:
        self.check_fit(embedding.words, embedding.contexts)
        return pair_scores(embedding, self.contrast, precision, by_column=by_column)

    def _score(self, scores: PairScores) -> float:
        contrast = self.contrast
        kernel = partial(kernels.score_cells_single if scores.single else kernels.score_cells, self.alpha)
        rows = self._by_row(in_pieces(kernel, contrast.positive, contrast.negative, scores.support))
        off = (1 - self.alpha) * self.joint.word_marginal * scores.row_softplus
        return math.fsum([self._constant, *rows, *(-off)])

    def _by_row(self, cells: FloatArray) -> FloatArray:
        """(V,) float64: the sums of the support's cells by word."""
        sums = np.empty(self.joint.shape[0])
        kernels.sums_by_row(self.contrast.bounds, cells, sums)
        return sums

    def _gap(self, scores: PairScores) -> Gap:
        contrast, cells = self.contrast, self._loss_cells(scores.support, single=scores.single)
        rows = self._by_row(cells)
        columns = np.bincount(contrast.columns, cells, self.joint.shape[1])
        by_word = rows + (1 - self.alpha) * self.joint.word_marginal * scores.row_softplus
        by_context = columns + (1 - self.alpha) * contrast.noise * scores.column_softplus
        return Gap(math.fsum(by_word), by_word, by_context, cells, partial(self._gap_of_pairs, scores.embedding, cells))

    def _gap_of_pairs(
        self, embedding: Embedding, on_support: FloatArray, rows: npt.ArrayLike, columns: npt.ArrayLike
    ) -> FloatArray:
        """The gap's cells of chosen pairs, see :meth:`Gap.of_pairs`."""
        x, y = self._pairs(rows, columns)
        scores = np.einsum("ij,ij->i", embedding.words[x], embedding.contexts[y], dtype=np.float64)
        return self._cells_of(x, y, on_support, (1 - self.alpha) * np.logaddexp(0, scores))

    def _loss_cells(self, scores: FloatArray, *, single: bool = False) -> FloatArray:
        """u · KL(Bern(t)‖Bern(σ(m))) on the support, for these scores of its pairs."""
        contrast = self.contrast
        if single:
            kernel = partial(kernels.gap_cells_single, self.alpha, self.log_odds)
            return in_pieces(kernel, contrast.positive, contrast.negative, contrast.log_ratio, scores)
        kernel = partial(kernels.gap_cells, self.alpha, self.log_odds)
        return in_pieces(kernel, contrast.positive, contrast.negative, contrast.excess, contrast.log_ratio, scores)

    def _pairs(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[Indices, Indices]:
        """Checked (n,) indices of words and contexts."""
        words, contexts = self.joint.shape
        x, y = _indices("rows", rows, words), _indices("columns", columns, contexts)
        if len(x) != len(y):
            raise ParameterError(f"there are {len(x):,} rows but {len(y):,} columns: give one of each for every pair.")
        return x, y

    def _cells_of(self, x: Indices, y: Indices, on_support: FloatArray, off_support: FloatArray) -> FloatArray:
        """Cells of chosen pairs: stored ones where p > 0, r times ``off_support`` elsewhere."""
        places = self.contrast.find(x, y)
        cells = self.joint.word_marginal[x] * self.contrast.noise[y] * off_support
        cells[places >= 0] = on_support[places[places >= 0]]
        return cells


def _indices(name: str, values: npt.ArrayLike, size: int) -> Indices:
    array = np.atleast_1d(np.asarray(values))
    if array.dtype.kind not in "iu" or ((array < 0) | (array >= size)).any():
        raise ParameterError(f"{name} is not usable: give whole numbers from 0 to {size - 1:,}.")
    return array.astype(np.int64)
