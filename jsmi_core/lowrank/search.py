"""The best embedding of rank d: how much of the gap is the dimension's fault, how much the training's.

JSMI − S(m) = (JSMI − S*_d) + (S*_d − S(m)): the price of rank and the price of training. S*_d is the best score of
any matrix of rank d. It is looked for by L-BFGS on the exact score, on small tables by Newton's method, and what is
found is a lower bound on S*_d: the price of rank is at most what is shown, the price of training at least. The
certificate says how sure one may be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import EmbeddingError
from jsmi_core.information import FloatArray
from jsmi_core.lowrank.gradient import SlopePass, Vectors
from jsmi_core.lowrank.lbfgs import Climb, Metric, inverse
from jsmi_core.lowrank.newton import LARGEST, NewtonClimb, TablePass, ordered_factors
from jsmi_core.lowrank.progress import RankStep, Watch
from jsmi_core.objective import SMALL, SGNSObjective
from jsmi_core.runtime.threads import one_blas_thread


@dataclass(frozen=True, eq=False)
class BestRank:
    """The best embedding of rank d that was found, and its certificate.

    ``score`` (nats) is a lower bound on S*_d. ``gradient_norm`` (√nats) is the gradient in the solver's metric:
    half its square is what a Newton step would expect to gain. ``spread`` (nats) is the difference between the
    best and the worst score over the starts, 0 for a single one. ``converged`` says that the last 20 steps gained
    less than the tolerance asked for. ``start`` names the start that the best one was climbed to from.
    """

    embedding: Embedding
    score: float
    gradient_norm: float
    spread: float
    converged: bool
    history: tuple[RankStep, ...]
    start: str


ANALYSIS, WITHOUT_CONSTANT, GIVEN = "correspondence analysis", "correspondence analysis, no constant", "given start"
ORDERED = "words and contexts in order"
"""What a certificate calls the starts; those given are numbered from 1."""


@one_blas_thread
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
    """Maximise S(m) over all matrices m of rank ≤ d: S*_d of (22), beyond the paper.

    Starts from correspondence analysis (deterministic), and from each embedding given: a trained one, so that
    the price of training is never negative, or the best one of a smaller rank, so that S*_d never falls in d.
    At d = 1, where the constant matrix −log k may be a saddle, and on tables of up to a million pairs, also from
    correspondence analysis without that constant. At d = 2, on tables of a few dozen rows, also from words and contexts
    in the order of its leading axis.

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
    >>> from jsmi_core import JointDistribution
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    >>> best = best_rank_embedding(objective, 2, tolerance=1e-12)
    >>> bool(abs(best.score - objective.bound) < 1e-12)
    True
    """
    checks.integer("dimension", dimension, 1, 10_000)
    checks.integer("max_passes", max_passes, 1, 10**9)
    checks.real("tolerance", tolerance, 0, 1, open_low=True, open_high=True)
    slopes, climb_from = _method(objective, dimension)
    given = {f"{GIVEN} {number}": start for number, start in enumerate(starts, start=1)}
    factors = {ANALYSIS: _correspondence_factors(slopes, dimension)}
    if dimension == 1 or slopes.dtype == np.float64:
        factors[WITHOUT_CONSTANT] = _correspondence_factors(slopes, dimension, constant=False)
    if dimension == 2 < min(objective.joint.shape) and isinstance(slopes, TablePass):
        factors[ORDERED] = ordered_factors(slopes, *_correspondence_factors(slopes, 1, constant=False))
    factors |= {name: _padded(slopes, start, dimension) for name, start in given.items()}
    watch = Watch(slopes, len(factors), on_step, cancel)
    climbs = {name: climb_from(*pair, tolerance, max_passes, watch) for name, pair in factors.items()}
    scores = {name: objective.score(climb.embedding) for name, climb in climbs.items()}
    winner = max(scores, key=scores.__getitem__)
    best, embedding, score = climbs[winner], climbs[winner].embedding, scores[winner]
    for name, start in given.items():  # a start that scores as well by rounding is not beaten
        if (own := objective.score(start)) > score:
            winner, embedding, score = name, start, own
    spread = score - min(scores.values())
    return BestRank(embedding, score, best.gradient_norm, spread, best.converged, tuple(watch.history), winner)


def _method(objective: SGNSObjective, dimension: int) -> tuple[SlopePass, Callable[..., Climb]]:
    """How all pairs are passed over, and how S is climbed there."""
    if sum(objective.joint.shape) * dimension <= LARGEST:
        table = TablePass(objective)
        return table, partial(NewtonClimb, table)
    slopes = SlopePass(objective, np.float32 if math.prod(objective.joint.shape) > SMALL else np.float64)
    return slopes, partial(Climb, slopes)


@one_blas_thread
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
    return Embedding(*_correspondence_factors(_method(objective, dimension)[0], dimension))


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
        word_scale, noise_scale = inverse(root_words), inverse(root_noise)
        table = scipy.sparse.diags_array(word_scale) @ joint.p @ scipy.sparse.diags_array(noise_scale)
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
    metric = Metric(slopes)
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
