"""Where a search for the best rank starts from: what linear algebra finds, and what others found."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core.embeddings import Embedding
from jsmi_core.errors import EmbeddingError
from jsmi_core.information import FloatArray
from jsmi_core.lowrank.metric import Metric, inverse
from jsmi_core.lowrank.progress import CountedObjective
from jsmi_core.objective import SMALL, SGNSObjective, Vectors
from jsmi_core.runtime.threads import one_blas_thread

Start = tuple[Vectors, Vectors]

TIED = 1e-9  # of an axis's length: far above what rounding moves its numbers by, far below what tells words apart

FARTHEST = 40.0
"""Of the scores of a start: softplus(−40) is 4e-18, less than a rounding of any S."""


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
    rank = min(dimension, *objective.joint.shape)
    return widened(Embedding(*correspondence_factors(CountedObjective(objective), rank)), dimension)


def widened(embedding: Embedding, dimension: int) -> Embedding:
    """The same score matrix with columns of 0 up to this dimension."""
    if embedding.dimension == dimension:
        return embedding
    extra = ((0, 0), (0, dimension - embedding.dimension))
    return Embedding(np.pad(embedding.words, extra), np.pad(embedding.contexts, extra))


def check_start(objective: SGNSObjective, start: Embedding, dimension: int) -> None:
    """Raise EmbeddingError unless a given start fits the objective and has at most d dimensions."""
    objective.check_fit(start.words, start.contexts)
    if start.dimension > dimension:
        raise EmbeddingError(
            f"a start has {start.dimension} dimensions but the search has {dimension}: give starts of rank d or less."
        )


def floats_of(objective: SGNSObjective) -> type[np.floating]:
    """What passes over all pairs are multiplied in: float32 above a million pairs."""
    return np.float32 if math.prod(objective.joint.shape) > SMALL else np.float64


def unlimited_factors(objective: SGNSObjective) -> Start:
    """The best scores m* themselves, of rank min(V, W); cut off at ±40, beyond which no float of S would change."""
    m = np.full(objective.joint.shape, -FARTHEST)
    m[objective.contrast.rows, objective.contrast.columns] = np.clip(objective.best_scores, -FARTHEST, FARTHEST)
    rows, columns = m.shape
    return (np.eye(rows), m.T) if rows <= columns else (m, np.eye(columns))


def correspondence_factors(counted: CountedObjective, dimension: int, constant: bool = True) -> Start:
    """The factors of :func:`correspondence_start`; without ``constant``, its column holds one more singular vector."""
    objective, dtype = counted.objective, floats_of(counted.objective)
    joint, noise = objective.joint, objective.contrast.noise
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
        left, values, right = _leading_triplets(
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
        tries.append(((words * lengths).astype(dtype), (contexts * lengths).astype(dtype)))
    return _best_of(counted, tries, dtype)


def ordered_factors(counted: CountedObjective, words: Vectors, contexts: Vectors) -> Start:
    """A start of rank 2: m(x, y) = −2c cosh(λ (u − v)), where u and v number words and contexts along one axis.

    However many words there are, that is near 0 where u = v and runs towards −∞ everywhere else as λ grows: two
    dimensions tell all rows of a diagonal apart, but no ascent along the gradient gets there. The axis (V, 1), (W, 1)
    is any start of rank 1; of some λ and c the best are taken.
    """
    ranks = [_ranks(side[:, 0]) for side in (words, contexts)]
    longest = max(1 + rank.max() for rank in ranks)
    u, v = (rank - (longest - 1) / 2 for rank in ranks)
    steps = [min(step, 300 / longest) for step in (0.5, 1.0, 2.0, 4.0, 8.0)]  # no score beyond e³⁰⁰
    tries = [
        (np.exp(step * np.outer(u, [1, -1])), -size * np.exp(step * np.outer(v, [-1, 1])))
        for step in steps
        for size in (0.3, 0.1, 0.01, 0.001)
    ]
    return _best_of(counted, tries, np.float64)


def _ranks(along: Vectors) -> npt.NDArray[np.int64]:
    """The rank of each number in their order, from 0 on; numbers that rounding alone tells apart share one."""
    order = np.argsort(along)
    ranks = np.zeros(len(along), np.int64)
    ranks[order[1:]] = np.cumsum(np.diff(along[order]) > TIED * np.ptp(along))
    return ranks


def given_factors(counted: CountedObjective, start: Embedding, dimension: int) -> Start:
    """A start of rank ≤ d with d columns: new word columns are 0, new context columns where the gradient leads.

    The score is the start's own. A new context direction v rises by G v, with G = ∂S/∂m; the leading right
    singular vectors of G are found by the solver's own pass, whose gradient in the words is G times the contexts.
    """
    dtype = floats_of(counted.objective)
    words, contexts, own = start.words.astype(dtype), start.contexts.astype(dtype), start.dimension
    extra = dimension - own
    if extra == 0:
        return words, contexts
    metric = Metric(counted)
    word_scale, context_scale = np.sqrt(metric.inverse_words)[:, None], np.sqrt(metric.inverse_contexts)[:, None]

    def forward(x: FloatArray) -> FloatArray:
        none = np.zeros((len(words), x.shape[1]))
        wider = np.hstack([words, none]), np.hstack([contexts, context_scale * x])
        return word_scale * counted.value_and_gradient(*wider, dtype=dtype)[1][:, own:]

    def backward(x: FloatArray) -> FloatArray:
        none = np.zeros((len(contexts), x.shape[1]))
        wider = np.hstack([words, word_scale * x]), np.hstack([contexts, none])
        return context_scale * counted.value_and_gradient(*wider, dtype=dtype)[2][:, own:]

    _, _, leading = _leading_triplets(forward, backward, counted.objective.joint.shape, extra, sweeps=1)
    size = math.sqrt(float(np.square(contexts).sum()) / own) or 1.0
    directions = np.zeros((len(contexts), extra))
    directions[:, : leading.shape[1]] = context_scale * leading * size
    none = np.zeros((len(words), extra))
    return np.hstack([words, none]).astype(dtype), np.hstack([contexts, directions]).astype(dtype)


def _best_of(counted: CountedObjective, tries: list[Start], dtype: npt.DTypeLike) -> Start:
    """The factors of the highest S."""
    return max(tries, key=lambda factors: counted.value_and_gradient(*factors, dtype=dtype)[0])


def _leading_triplets(
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
