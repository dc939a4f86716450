"""The best embedding of rank d: how much of the gap is the dimension's fault, how much the training's.

JSMI − S(m) = (JSMI − S*_d) + (S*_d − S(m)): the price of rank and the price of training. S*_d is the best score of
any matrix of rank d. It is looked for by L-BFGS on the exact score, and what is found is a lower bound on S*_d: the
price of rank is at most what is shown, the price of training at least. The certificate says how sure one may be.

The metric. S is flat along rare words and steep along frequent ones, and any invertible d × d matrix can be moved
between the factors. Both are undone by measuring steps of the word vectors in the curvature that S has at
m = −log k, α(1−α) · p(x) · (Σ_y w(y) y yᵀ), and those of the context vectors likewise; w is the marginal of the
mixture u. docs/decisions/ has the comparison with other methods.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from jsmi_core import _checks
from jsmi_core._blocks import SMALL
from jsmi_core._slopes import SlopePass, Slopes, Vectors
from jsmi_core.contrast import Contrast
from jsmi_core.distribution import FloatArray, JointDistribution
from jsmi_core.embedding import Embedding
from jsmi_core.errors import Cancelled, EmbeddingError
from jsmi_core.objective import SGNSObjective

__all__ = ["BestRank", "RankStep", "best_rank_embedding", "correspondence_start", "sppmi_svd"]

MEMORY = 8  # pairs of steps that L-BFGS remembers: 20 gained nothing measurable
PATIENCE = 20  # steps over which progress is judged
RIDGE = 1e-6  # of the metric's mean diagonal: what keeps it invertible where a direction is not used yet
ARMIJO = 1e-4
SHORTEST = 1e-8


@dataclass(frozen=True)
class RankStep:
    """One step of the solver: passes over all pairs so far, the best S so far in nats, seconds so far."""

    passes: int
    score: float
    seconds: float


@dataclass(frozen=True, eq=False)
class BestRank:
    """The best embedding of rank d that was found, and its certificate.

    ``score`` (nats) is a lower bound on S*_d. ``gradient_norm`` (√nats) is the gradient in the solver's metric:
    half its square is what a Newton step would expect to gain. ``spread`` (nats) is the difference between the
    best and the worst score over the starts, 0 for a single one. ``converged`` says that the last 20 steps gained
    less than the tolerance asked for.
    """

    embedding: Embedding
    score: float
    gradient_norm: float
    spread: float
    converged: bool
    history: tuple[RankStep, ...]


def best_rank_embedding(
    objective: SGNSObjective,
    dimension: int,
    starts: Sequence[Embedding] = (),
    *,
    tolerance: float = 1e-4,
    max_passes: int = 2_000,
    on_step: Callable[[RankStep], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> BestRank:
    """Maximise S(m) over all matrices m of rank ≤ d.

    Starts from correspondence analysis (deterministic), and from each embedding given: a trained one, so that
    the price of training is never negative, or the best one of a smaller rank, so that S*_d never falls in d.
    At d = 1, where the constant matrix −log k may be a saddle, and on tables of up to a million pairs, also from
    correspondence analysis without that constant.

    Parameters
    ----------
    objective : SGNSObjective, V × W
    dimension : int, 1 … 10,000
    starts : sequence of Embedding of rank ≤ d
    tolerance : float, 0 < tolerance < 1
        Stop when 20 steps gained less than this share of the score.
    max_passes : int
        Passes over all pairs, for each start.
    on_step : callable (RankStep), optional
    cancel : callable () → bool, optional
        Asked after each step.

    Returns
    -------
    BestRank

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    EmbeddingError
        If a start does not fit the objective or has more than d dimensions.
    Cancelled
        If ``cancel`` said so.

    Examples
    --------
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    >>> best = best_rank_embedding(objective, 2, tolerance=1e-12)
    >>> bool(abs(best.score - objective.bound) < 1e-12)
    True
    """
    _checks.integer("dimension", dimension, 1, 10_000)
    _checks.integer("max_passes", max_passes, 1, 10**9)
    _checks.real("tolerance", tolerance, 0, 1, open_low=True, open_high=True)
    slopes = SlopePass(objective, np.float32 if math.prod(objective.joint.shape) > SMALL else np.float64)
    watch = _Watch(slopes, on_step, cancel)
    factors = [_correspondence_factors(slopes, dimension)]
    if dimension == 1 or slopes.dtype == np.float64:
        factors.append(_correspondence_factors(slopes, dimension, constant=False))
    factors += [_padded(slopes, start, dimension) for start in starts]
    climbs = [_Climb(slopes, *pair, tolerance, max_passes, watch) for pair in factors]
    found = [(objective.score(climb.embedding), climb) for climb in climbs]
    score, best = max(found, key=lambda pair: pair[0])
    embedding = best.embedding
    for start in starts:  # a start that scores as well by rounding is not beaten
        if (own := objective.score(start)) > score:
            score, embedding = own, start
    spread = score - min(value for value, _ in found)
    return BestRank(embedding, score, best.gradient_norm, spread, best.converged, tuple(watch.history))


class _Watch:
    """The history of all climbs together; asks after each step whether to go on."""

    def __init__(
        self, slopes: SlopePass, on_step: Callable[[RankStep], None] | None, cancel: Callable[[], bool] | None
    ) -> None:
        self.slopes, self.on_step, self.cancel = slopes, on_step, cancel
        self.begin = time.perf_counter()
        self.history: list[RankStep] = []

    def step(self, score: float) -> None:
        best = max(score, self.history[-1].score) if self.history else score
        step = RankStep(self.slopes.passes, best, time.perf_counter() - self.begin)
        self.history.append(step)
        if self.on_step:
            self.on_step(step)
        if self.cancel and self.cancel():
            raise Cancelled(f"the search was stopped after {len(self.history)} steps, at S = {best:.6f} nats.")


class _Metric:
    """Curvature of S at m = −log k: α(1−α) · w(x) · (Σ_y w(y) y yᵀ) for the words, and likewise for the contexts."""

    def __init__(self, slopes: SlopePass) -> None:
        objective = slopes.objective
        alpha, joint = objective.alpha, objective.joint
        self.words = joint.word_marginal
        self.contexts = alpha * joint.context_marginal + (1 - alpha) * slopes.contrast.noise
        self.curvature = alpha * (1 - alpha)
        self.inverse_words, self.inverse_contexts = _inverse(self.words), _inverse(self.contexts)
        self.for_words = self.for_contexts = np.eye(1)

    def at(self, words: Vectors, contexts: Vectors) -> None:
        """Move the metric to these factors."""
        self.for_words = _inverse_gram(contexts, self.contexts) / self.curvature
        self.for_contexts = _inverse_gram(words, self.words) / self.curvature

    def divide(self, step: _Step) -> _Step:
        """A gradient divided by the curvature."""
        words = (step.words * self.inverse_words[:, None]) @ self.for_words
        contexts = (step.contexts * self.inverse_contexts[:, None]) @ self.for_contexts
        return _Step(words, contexts)


@dataclass(frozen=True, eq=False)
class _Step:
    """A direction in both factors: a vector space with a dot product."""

    words: Vectors
    contexts: Vectors

    def dot(self, other: _Step) -> float:
        return float(np.vdot(self.words, other.words)) + float(np.vdot(self.contexts, other.contexts))

    def plus(self, factor: float, other: _Step) -> _Step:
        return _Step(self.words + factor * other.words, self.contexts + factor * other.contexts)


class _Climb:
    """One ascent by L-BFGS in the moving metric, from one start."""

    def __init__(
        self, slopes: SlopePass, words: Vectors, contexts: Vectors, tolerance: float, max_passes: int, watch: _Watch
    ) -> None:
        self.slopes, self.tolerance = slopes, tolerance
        self.metric = _Metric(slopes)
        self.place = _Step(words, contexts)
        self.here = slopes(words, contexts)
        self.memory: deque[tuple[_Step, _Step, float]] = deque(maxlen=MEMORY)
        self.scores = [self.here.score]
        self.converged = False
        last = slopes.passes + max_passes
        while not self.converged and slopes.passes < last and self._step():
            watch.step(self.here.score)

    @property
    def embedding(self) -> Embedding:
        return Embedding(self.place.words.astype(self.slopes.dtype), self.place.contexts.astype(self.slopes.dtype))

    @property
    def gradient_norm(self) -> float:
        gradient = _gradient(self.here)
        self.metric.at(self.place.words, self.place.contexts)
        return math.sqrt(max(gradient.dot(self.metric.divide(gradient)), 0.0))

    def _step(self) -> bool:
        """Climb one step; False when no step climbs any more."""
        gradient = _gradient(self.here)
        self.metric.at(self.place.words, self.place.contexts)
        direction = self._direction(gradient)
        rise = direction.dot(gradient)
        if rise <= 0:
            return self._forget()
        length = 1.0 if self.memory else 0.5
        while length > SHORTEST:
            place = self.place.plus(length, direction)
            there = self.slopes(place.words, place.contexts)
            if there.score >= self.here.score + ARMIJO * length * rise:
                self._move(place, there)
                return True
            length /= 2
        return self._forget()

    def _move(self, place: _Step, there: Slopes) -> None:
        step, change = place.plus(-1.0, self.place), _gradient(self.here).plus(-1.0, _gradient(there))
        if (curvature := step.dot(change)) > 0:
            self.memory.append((step, change, curvature))
        self.place, self.here = place, there
        self.scores.append(there.score)
        if len(self.scores) > PATIENCE:
            gain = self.scores[-1] - self.scores[-1 - PATIENCE]
            self.converged = gain <= self.tolerance * abs(self.scores[-1])

    def _forget(self) -> bool:
        """Start again from steepest ascent; False if that is what just failed."""
        stuck = not self.memory
        self.memory.clear()
        self.converged = stuck
        return not stuck

    def _direction(self, gradient: _Step) -> _Step:
        """The two-loop recursion of L-BFGS, with the metric as the first guess of the curvature."""
        weights = []
        for step, change, curvature in reversed(self.memory):
            weight = step.dot(gradient) / curvature
            weights.append(weight)
            gradient = gradient.plus(-weight, change)
        direction = self.metric.divide(gradient)
        if self.memory:
            _, change, curvature = self.memory[-1]
            shrink = curvature / change.dot(self.metric.divide(change))
            direction = _Step(direction.words * shrink, direction.contexts * shrink)
        for (step, change, curvature), weight in zip(self.memory, reversed(weights), strict=True):
            direction = direction.plus(weight - change.dot(direction) / curvature, step)
        return direction


def correspondence_start(objective: SGNSObjective, dimension: int) -> Embedding:
    """The best rank-d step away from m = −log k where S is linearised: correspondence analysis.

    There ∂S/∂m = α(1−α)(p − r) with curvature α(1−α) r, so that the best step of rank d − 1 is the singular value
    decomposition of (p − r)/√r. It overshoots where S is no parabola: the best of a few shrunk steps is taken.

    Parameters
    ----------
    objective : SGNSObjective, V × W
    dimension : int, 1 … 10,000

    Returns
    -------
    Embedding, (V, d) and (W, d)
    """
    dtype = np.float32 if math.prod(objective.joint.shape) > SMALL else np.float64
    return Embedding(*_correspondence_factors(SlopePass(objective, dtype), dimension))


def _correspondence_factors(slopes: SlopePass, dimension: int, constant: bool = True) -> tuple[Vectors, Vectors]:
    """The factors of the start; without the ``constant``, its column holds one more singular vector."""
    objective, joint, noise = slopes.objective, slopes.objective.joint, slopes.contrast.noise
    words, contexts = np.zeros((joint.shape[0], dimension)), np.zeros((joint.shape[1], dimension))
    first = 0
    if constant:
        size = math.sqrt(max(abs(objective.log_odds), 0.1))
        words[:, 0], contexts[:, 0] = objective.log_odds / size, size
        first = 1
    rank = min(dimension - first, min(joint.shape) - 1)
    if rank > 0:
        root_words, root_noise = np.sqrt(joint.word_marginal), np.sqrt(noise)
        word_scale, noise_scale = _inverse(root_words), _inverse(root_noise)
        table = sp.diags_array(word_scale) @ joint.p @ sp.diags_array(noise_scale)
        left, values, right = _leading(
            lambda x: table @ x - np.outer(root_words, root_noise @ x),
            lambda x: table.T @ x - np.outer(root_noise, root_words @ x),
            joint.shape,
            rank,
        )
        root = np.sqrt(values)
        words[:, first : first + rank] = left * root * word_scale[:, None]
        contexts[:, first : first + rank] = right * root * noise_scale[:, None]
    tries = []
    for shrink in (1.0, 0.5, 0.25, 0.125, 0.0625):
        lengths = np.where(np.arange(dimension) < first, 1.0, math.sqrt(shrink))
        tries.append(((words * lengths).astype(slopes.dtype), (contexts * lengths).astype(slopes.dtype)))
    return max(tries, key=lambda pair: slopes(*pair).score)


def _leading(
    forward: Callable[[FloatArray], FloatArray],
    backward: Callable[[FloatArray], FloatArray],
    shape: tuple[int, int],
    rank: int,
    sweeps: int = 4,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The leading singular triplets of a linear map, by subspace iteration from a fixed start.

    A start for the solver needs them roughly; this is far faster than Lanczos to full precision.
    """
    width = min(rank + 10, *shape)
    basis = np.linalg.qr(forward(np.random.default_rng(0).normal(size=(shape[1], width))))[0]
    for _ in range(sweeps):
        basis = np.linalg.qr(forward(np.linalg.qr(backward(basis))[0]))[0]
    left, values, right = np.linalg.svd(backward(basis).T, full_matrices=False)
    return basis @ left[:, :rank], values[:rank], right[:rank].T


def _padded(slopes: SlopePass, start: Embedding, dimension: int) -> tuple[Vectors, Vectors]:
    """A start of rank ≤ d with d columns: new word columns are 0, new context columns where the slope leads.

    The score is the start's own. A new context direction v rises by G v, with G = ∂S/∂m; the leading right
    singular vectors of G are found by the solver's own pass, whose word slopes are G times the contexts.
    """
    slopes.objective._check_fit(start)
    extra = dimension - start.dimension
    if extra < 0:
        raise EmbeddingError(
            f"a start has {start.dimension} dimensions but the search has {dimension}: give starts of rank d or less."
        )
    words, contexts = start.words.astype(slopes.dtype), start.contexts.astype(slopes.dtype)
    if extra == 0:
        return words, contexts
    metric = _Metric(slopes)
    word_scale, context_scale = np.sqrt(metric.inverse_words)[:, None], np.sqrt(metric.inverse_contexts)[:, None]
    own = start.dimension

    def forward(x: FloatArray) -> FloatArray:
        none = np.zeros((len(words), x.shape[1]))
        there = slopes(np.hstack([words, none]), np.hstack([contexts, context_scale * x]))
        return word_scale * there.words[:, own:]

    def backward(x: FloatArray) -> FloatArray:
        none = np.zeros((len(contexts), x.shape[1]))
        there = slopes(np.hstack([words, word_scale * x]), np.hstack([contexts, none]))
        return context_scale * there.contexts[:, own:]

    _, _, leading = _leading(forward, backward, slopes.objective.joint.shape, extra, sweeps=1)
    size = math.sqrt(float(np.square(contexts).sum()) / own) or 1.0
    found = np.zeros((len(contexts), extra))
    found[:, : leading.shape[1]] = context_scale * leading * size
    none = np.zeros((len(words), extra))
    return np.hstack([words, none]).astype(slopes.dtype), np.hstack([contexts, found]).astype(slopes.dtype)


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
    _checks.integer("dimension", dimension, 1, min(joint.shape) - 1)
    table = sppmi(joint, negatives)
    if math.prod(joint.shape) <= SMALL:
        left, values, right = np.linalg.svd(table.toarray(), full_matrices=False)
    else:  # far faster than ARPACK, but it errs where the table's rank is below d: no danger in a large text
        left, values, right = svds(table, k=dimension, solver="propack", v0=np.ones(joint.shape[0]))
    largest = np.argsort(values)[::-1][:dimension]
    root = np.sqrt(values[largest])
    return Embedding(left[:, largest] * root, right[largest].T * root)


def sppmi(joint: JointDistribution, negatives: int) -> sp.csr_array:
    """Shifted positive PMI, max(PMI(x, y) − log k, 0): (V, W) CSR float64, 0 off the support."""
    _checks.integer("negatives", negatives, 1, 10**6)
    contrast = Contrast.of(joint)
    values = np.maximum(contrast.log_ratio - math.log(negatives), 0.0)
    return sp.csr_array((values, contrast.columns, contrast.bounds), joint.shape)


def _inverse(weights: FloatArray) -> FloatArray:
    """1/w, and 0 where w is 0: what never occurs is never moved."""
    return np.divide(1.0, weights, out=np.zeros_like(weights), where=weights > 0)


def _inverse_gram(vectors: Vectors, weights: FloatArray) -> FloatArray:
    """(Σ w v vᵀ + ridge)⁻¹, (d, d) float64."""
    gram = (vectors * weights[:, None]).T.astype(np.float64) @ vectors
    ridge = RIDGE * np.trace(gram) / len(gram)
    return np.linalg.inv(gram + (ridge or 1.0) * np.eye(len(gram)))


def _gradient(slopes: Slopes) -> _Step:
    return _Step(slopes.words, slopes.contexts)
