"""The best embedding of rank d: how much of the gap is the dimension's fault, how much the training's.

JSMI − S(m) = (JSMI − S*_d) + (S*_d − S(m)): the price of rank and the price of training. S*_d is the best score of
any matrix of rank d. It is looked for by L-BFGS on the exact score, on small tables by Newton's method, and what is
found is a lower bound on S*_d: the price of rank is at most what is shown, the price of training at least. The
certificate says how sure one may be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.lowrank.ascent import Ascent
from jsmi_core.lowrank.damped_newton import newton
from jsmi_core.lowrank.progress import CountedObjective, RankStep, SearchProgress
from jsmi_core.lowrank.quasi_newton import lbfgs
from jsmi_core.lowrank.starts import (
    Start,
    check_start,
    correspondence_factors,
    floats_of,
    given_factors,
    ordered_factors,
    unlimited_factors,
    widened,
)
from jsmi_core.objective import SGNSObjective
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
ORDERED, UNLIMITED = "words and contexts in order", "best scores of all"
"""What a certificate calls the starts; those given are numbered from 1."""

LARGEST = 200
"""Numbers in both factors up to which Newton's method climbs: a step takes as many operations as their cube."""


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
    in the order of its leading axis. From d = min(V, W) on, the rank is no limit and the best scores m* are the answer;
    more dimensions than that are columns of 0.

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
    for start in starts:
        check_start(objective, start, dimension)
    given = {f"{GIVEN} {number}": start for number, start in enumerate(starts, start=1)}
    rank = min(dimension, *objective.joint.shape)
    counted, small = CountedObjective(objective), sum(objective.joint.shape) * rank <= LARGEST
    if rank == min(objective.joint.shape):  # no limit: m* is the best of all matrices, Theorem 1
        factors = {UNLIMITED: unlimited_factors(objective)}
    else:
        factors = _own_starts(counted, rank, small)
        factors |= {name: given_factors(counted, start, rank) for name, start in given.items()}
    progress, solver = SearchProgress(counted, len(factors), on_step, cancel), newton if small else lbfgs
    ascents: dict[str, Ascent] = {}
    for name, pair in factors.items():
        ascents[name] = solver(counted, *pair, tolerance=tolerance, max_passes=max_passes, on_step=progress.step)
        progress.end_of_ascent()
    embeddings = {name: Embedding(end.words, end.contexts) for name, end in ascents.items()}
    scores = {name: objective.score(embedding) for name, embedding in embeddings.items()}
    winner = max(scores, key=scores.__getitem__)
    best, embedding, score = ascents[winner], embeddings[winner], scores[winner]
    for name, start in given.items():  # a start that scores as well by rounding is not beaten
        if (own := objective.score(start)) > score:
            winner, embedding, score = name, start, own
    embedding, spread = widened(embedding, dimension), score - min(scores.values())
    return BestRank(embedding, score, best.gradient_norm, spread, best.converged, tuple(progress.history), winner)


def _own_starts(counted: CountedObjective, dimension: int, small: bool) -> dict[str, Start]:
    """What a search starts from, whatever else is given."""
    starts = {ANALYSIS: correspondence_factors(counted, dimension)}
    if dimension == 1 or floats_of(counted.objective) == np.float64:
        starts[WITHOUT_CONSTANT] = correspondence_factors(counted, dimension, constant=False)
    if small and dimension == 2 < min(counted.objective.joint.shape):
        starts[ORDERED] = ordered_factors(counted, *correspondence_factors(counted, 1, constant=False))
    return starts
