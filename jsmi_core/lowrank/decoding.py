"""Given word vectors → the best contexts for them: what the vectors hold, whatever contexts they were trained with.

For fixed X, S(X Yᵀ) is concave in Y and falls apart by column: each context is a logistic regression of its own, with
V weighted samples. Its global maximum is the *decodable information* D(X), a logistic probe of all contexts at once:
S(X Yᵀ) ≤ D(X) ≤ S*_d ≤ bound. (30), beyond the paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import scipy
from scipy.linalg.lapack import dposv

from jsmi_core import checks
from jsmi_core.embeddings import Embedding, checked_vectors
from jsmi_core.errors import Cancelled, EmbeddingError
from jsmi_core.information import FloatArray
from jsmi_core.objective import SGNSObjective
from jsmi_core.runtime.threads import map_in_order, one_thread

RIDGE = 1e-12
"""What a mean square of 1 of the scores costs, in half nats: it keeps contexts that X tells apart wholly finite."""

_CELLS = 1 << 20  # of one block of columns: some ten arrays of so many numbers are held by each thread
_ROUNDS = 200
_ARMIJO = 1e-4
_LEAST_STEP = 1e-8


@dataclass(frozen=True, eq=False)
class BestContexts:
    """The best contexts found for given word vectors, and how far from the best they can be at most.

    ``embedding`` has the given words, followed by a 1 where ``constant``, and the contexts found, float64. ``score`` is
    its exact S in nats, the decodable information D(X). ``shortfall`` is the certificate, in nats: no contexts gain
    more than that in S − ridge/2 · Σ p(x) c(y) m(x, y)², with c(y) = α p(y) + (1−α) q(y). It is a duality gap, summed
    over the contexts. ``converged`` says whether it came below the tolerance asked for.
    """

    embedding: Embedding
    score: float
    shortfall: float
    converged: bool
    constant: bool
    ridge: float


def best_contexts(
    objective: SGNSObjective,
    words: npt.ArrayLike,
    constant: bool = True,
    *,
    tolerance: float = 1e-4,
    ridge: float = RIDGE,
    on_progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> BestContexts:
    """The contexts Y with the highest S(X Yᵀ) for word vectors X: the information decodable from X. (30)

    Each column is solved by Newton's method on its own, in coordinates in which Xᵀ diag(p) X = 1: the answer is the
    same, to rounding, for X and for X A with any invertible A.

    Parameters
    ----------
    objective : SGNSObjective of V words
    words : (V, d) float32 or float64
    constant : bool
        Append a coordinate of ones: the rank is then up to d + 1, the matrix −log k is in reach, and D(X) ≥ 0.
    tolerance : float, 0 < tolerance ≤ 1
        How far the sum may be from its maximum, as a share of the bound.
    ridge : float, 0 < ridge ≤ 1
        See :class:`BestContexts`.
    on_progress : callable (share of the contexts done, 0 … 1), optional
    cancel : callable () → bool, optional
        Asked after each block of contexts.

    Returns
    -------
    BestContexts

    Raises
    ------
    EmbeddingError
        If there is not one row of finite numbers for each word.
    ParameterError
        If a number is out of range.
    Cancelled
        If ``cancel`` said so.

    Examples
    --------
    >>> from jsmi_core import JointDistribution
    >>> objective = SGNSObjective(JointDistribution.from_counts([[4, 1], [1, 4]]), negatives=1)
    >>> best = best_contexts(objective, [[1.0], [-1.0]])
    >>> round(best.score / objective.bound, 4), best.converged
    (1.0, True)
    """
    checks.flag("constant", constant)
    checks.real("tolerance", tolerance, 0, 1, open_low=True)
    checks.real("ridge", ridge, 0, 1, open_low=True)
    given = checked_vectors("words", words)
    size, contexts = objective.joint.shape
    if len(given) != size:
        raise EmbeddingError(f"there are {len(given):,} word vectors but {size:,} words: give one for each word.")
    table = given.astype(np.float64)
    if constant:
        table = np.column_stack([table, np.ones(size)])
    white, back = _whitened(table, objective.joint.word_marginal)
    problem = _Columns.of(objective, white, tolerance * objective.bound, ridge)
    width = max(1, _CELLS // size)
    blocks = [slice(start, min(start + width, contexts)) for start in range(0, contexts, width)]
    found = np.empty((contexts, table.shape[1]))
    shortfalls, converged = [], True
    with one_thread():
        for block, (y, short, done) in zip(blocks, map_in_order(problem.solved, blocks), strict=True):
            if cancel is not None and cancel():
                raise Cancelled("the search for the best contexts was stopped: nothing of it is kept.")
            found[block] = y.T @ back.T
            shortfalls.append(short)
            converged = converged and done
            if on_progress is not None:
                on_progress(block.stop / contexts)
    embedding = Embedding(table, found)
    score = objective.score(embedding, precision="double")
    return BestContexts(embedding, score, math.fsum(shortfalls), converged, constant, ridge)


def _whitened(table: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """X T with (X T)ᵀ diag(p) (X T) = 1, and T; directions that words with p > 0 do not have are left out."""
    largest = np.abs(table).max() or 1.0
    _, singular, vt = scipy.linalg.svd(np.sqrt(weights)[:, None] * (table / largest), full_matrices=False)
    kept = singular > singular[0] * max(table.shape) * np.finfo(float).eps
    back = vt[kept].T / (singular[kept] * largest)
    return table @ back, back


@dataclass(frozen=True, eq=False)
class _Columns:
    """The logistic regressions of all contexts: max over y of Σ_x a m − u softplus(m) − μ/2 |y|², with m = X y."""

    white: FloatArray  # (V, r)
    positive: scipy.sparse.csc_array  # (V, W): α p
    mixture: Callable[[slice], FloatArray]  # (V, B): u = α p + (1−α) r
    ridges: FloatArray  # (W,): μ
    allowed: FloatArray  # (W,): nats

    @classmethod
    def of(cls, objective: SGNSObjective, white: FloatArray, tolerance: float, ridge: float) -> _Columns:
        contrast, alpha = objective.contrast, objective.alpha
        where = (contrast.columns, contrast.bounds)
        positive = scipy.sparse.csr_array((alpha * contrast.positive, *where), objective.joint.shape).tocsc()
        own = alpha * contrast.positive + (1 - alpha) * contrast.negative
        on_support = scipy.sparse.csr_array((own, *where), objective.joint.shape).tocsc()
        words, contexts = objective.mixture_marginals
        mixture = partial(_mixture, on_support, words, (1 - alpha) * contrast.noise)
        by_context = np.bincount(contrast.columns, objective.bound_on_support, len(contexts))
        shares = by_context / max(by_context.sum(), np.finfo(float).tiny) + 1 / len(contexts)
        return cls(white, positive, mixture, ridge * contexts, tolerance * shares / 2)

    def solved(self, block: slice) -> tuple[FloatArray, float, bool]:
        """(r, B) the best columns of a block, the sum of their duality gaps, and whether each is within its share."""
        a, u, mu = self.positive[:, block].toarray(), self.mixture(block), self.ridges[block]
        best = self._constant_scores(a, u)
        short = np.zeros(best.shape[1])
        open_ = np.flatnonzero(mu > 0)  # a context that is never drawn costs nothing and gains nothing
        state = _State.at(self.white, a[:, open_], u[:, open_], mu[open_], best[:, open_])
        for _ in range(_ROUNDS):
            step = state.newton_step()
            short[open_] = state.duality_gap(step)
            best[:, open_] = state.y
            left = short[open_] > self.allowed[block][open_]
            if not left.any():
                break
            open_ = open_[left]
            state = state.kept(left).moved(step[:, left])
        return best, float(short.sum()), bool((short <= self.allowed[block]).all())

    def _constant_scores(self, a: FloatArray, u: FloatArray) -> FloatArray:
        """(r, B) where the search starts: for each context the best matrix of one number, as far as X can make it."""
        total = np.maximum(u.sum(axis=0), np.finfo(float).tiny)
        share = np.clip(a.sum(axis=0) / total, 1e-12, 1 - 1e-12)
        ones = np.linalg.lstsq(self.white, np.ones(len(self.white)), rcond=None)[0]
        return np.outer(ones, scipy.special.logit(share))


def _mixture(on_support: scipy.sparse.csc_array, words: FloatArray, noise: FloatArray, block: slice) -> FloatArray:
    """(V, B): u of every word and some contexts."""
    out = np.outer(words, noise[block])
    part = on_support[:, block].tocoo()
    out[part.coords] = part.data
    return out


@dataclass(frozen=True, eq=False)
class _State:
    """Some columns at one point each: their scores, values and slopes."""

    white: FloatArray
    a: FloatArray
    u: FloatArray
    mu: FloatArray
    y: FloatArray
    m: FloatArray
    value: FloatArray
    slope: FloatArray

    @classmethod
    def at(cls, white: FloatArray, a: FloatArray, u: FloatArray, mu: FloatArray, y: FloatArray) -> _State:
        m = white @ y
        value = (a * m - u * np.logaddexp(0, m)).sum(axis=0) - mu / 2 * (y * y).sum(axis=0)
        slope = white.T @ (a - u * scipy.special.expit(m)) - mu * y
        return cls(white, a, u, mu, y, m, value, slope)

    def kept(self, which: npt.NDArray[np.bool_]) -> _State:
        """The chosen columns alone."""
        parts = (part[..., which] for part in (self.a, self.u, self.mu, self.y, self.m, self.value, self.slope))
        return _State(self.white, *parts)

    @property
    def _curvature(self) -> FloatArray:
        return self.u * scipy.special.expit(self.m) * scipy.special.expit(-self.m)

    def newton_step(self) -> FloatArray:
        """(r, B): H⁻¹ · slope with H = Xᵀ diag(u σ(m) σ(−m)) X + μ, for each column."""
        roots, step = np.ascontiguousarray(np.sqrt(self._curvature).T), np.empty_like(self.y)
        diagonal = np.arange(len(self.y))
        for column, (root, mu) in enumerate(zip(roots, self.mu, strict=True)):
            weighted = self.white * root[:, None]
            hessian = weighted.T @ weighted
            hessian[diagonal, diagonal] += mu
            _, found, failed = dposv(hessian, self.slope[:, column])
            step[:, column] = found if not failed else np.linalg.lstsq(hessian, self.slope[:, column], rcond=None)[0]
        return step

    def duality_gap(self, step: FloatArray) -> FloatArray:
        """(B,) nats: the dual's value, which no y passes, less the value here.

        For any posterior s(x) in [0, 1], softplus(m) ≥ s m + h(s) bounds every y by Σ −u h(s) + |Xᵀ(a − u s)|²/2μ.
        The s taken is σ(m) moved along the Newton step, which makes Xᵀ(a − u s) = μ (y + step) but for rounding.
        """
        sigmoid = scipy.special.expit(self.m)
        posterior = np.clip(sigmoid + sigmoid * scipy.special.expit(-self.m) * (self.white @ step), 0, 1)
        entropy = scipy.special.entr(posterior) + scipy.special.entr(1 - posterior)
        rest = self.white.T @ (self.a - self.u * posterior)
        dual = (rest * rest).sum(axis=0) / (2 * self.mu) - (self.u * entropy).sum(axis=0)
        return np.maximum(dual - self.value, 0)

    def moved(self, step: FloatArray) -> _State:
        """Each column along its step, halved until it gains."""
        length = np.ones(self.y.shape[1])
        promised = (self.slope * step).sum(axis=0)
        while True:
            there = _State.at(self.white, self.a, self.u, self.mu, self.y + length * step)
            short = (there.value < self.value + _ARMIJO * length * promised) & (length > _LEAST_STEP)
            if not short.any():
                return there
            length[short] /= 2
