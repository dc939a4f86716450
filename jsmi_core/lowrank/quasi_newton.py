"""L-BFGS over both factors, in the moving metric of the curvature at m = −log k."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from jsmi_core.lowrank.ascent import ARMIJO, ROUNDING, Ascent, Move, OnStep, Point, ascend
from jsmi_core.lowrank.metric import Differentiable, Factors, Metric
from jsmi_core.objective import Vectors
from jsmi_core.runtime.threads import one_blas_thread

MEMORY = 8  # curvature pairs that are remembered: 20 gained nothing measurable
SHORTEST = 1e-8  # step of a line search, in steps of L-BFGS


class CurvaturePair(NamedTuple):
    """A step that was taken, by how much the gradient fell along it, and their dot product, which is positive."""

    step: Factors
    change: Factors
    curvature: float


@one_blas_thread
def lbfgs(
    objective: Differentiable,
    words: Vectors,
    contexts: Vectors,
    *,
    tolerance: float = 1e-4,
    max_passes: int = 2_000,
    on_step: OnStep | None = None,
) -> Ascent:
    """Climb S(words · contextsᵀ) from a start, by L-BFGS with a backtracking line search. Beyond the paper.

    Parameters
    ----------
    objective : Differentiable
        An :class:`~jsmi_core.SGNSObjective`, or whatever else has its ``value_and_gradient``, ``mixture_marginals`` and
        ``alpha``.
    words : (V, d) float32 or float64
    contexts : (W, d) float32 or float64
        Where both are float32, so are the products of every pass.
    tolerance : float
        Stop when 20 steps gained less than this share of S.
    max_passes : int
        Passes over all pairs after the start's; the line search under way is finished.
    on_step : callable (S, share of the ascent done), optional
        Called after each step; what it raises ends the ascent.

    Returns
    -------
    Ascent

    Examples
    --------
    >>> from jsmi_core import JointDistribution, SGNSObjective
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    >>> ascent = lbfgs(objective, np.eye(2), np.eye(2)[::-1], tolerance=1e-12)
    >>> ascent.converged, bool(abs(ascent.score - objective.bound) < 1e-9)
    (True, True)
    """
    metric, pairs = Metric(objective), deque[CurvaturePair](maxlen=MEMORY)
    dtype = np.result_type(words, contexts)
    shown = float(np.finfo(dtype).eps)  # nats: about what a pass in these floats can show

    def point_at(factors: Factors) -> Point:
        score, *gradient = objective.value_and_gradient(factors.words, factors.contexts, dtype=dtype)
        return Point(factors, score, Factors(*gradient))

    def step(point: Point) -> Move[Point]:
        direction = ascent_direction(point.gradient, pairs, metric.inverse_at(point.factors))
        promised = 0.5 * direction.dot(point.gradient)
        if 0 <= promised <= ROUNDING:
            return Move(None, 0, converged=True)
        found, passes = line_search(point_at, point, direction, 1.0 if pairs else 0.5)
        if found is not None:
            taken, change = found.factors.plus(-1.0, point.factors), point.gradient.plus(-1.0, found.gradient)
            if (curvature := taken.dot(change)) > 0:
                pairs.append(CurvaturePair(taken, change, curvature))
            return Move(found, passes)
        if not pairs:  # steepest ascent itself does not rise: a top as far as floats tell, or no number any more
            return Move(None, passes, converged=promised <= max(tolerance * abs(point.score), shown))
        pairs.clear()
        return Move(point, passes)

    start = point_at(Factors(words, contexts))
    return ascend(objective, start, step, tolerance=tolerance, max_passes=max_passes, on_step=on_step)


def line_search(
    point_at: Callable[[Factors], Point], point: Point, direction: Factors, length: float
) -> tuple[Point | None, int]:
    """Halve the step until S rises by Armijo's share of what the gradient promises: the point, and the passes taken."""
    rise, passes = direction.dot(point.gradient), 0
    while rise > 0 and length > SHORTEST:
        found, passes = point_at(point.factors.plus(length, direction)), passes + 1
        if found.score >= point.score + ARMIJO * length * rise:
            return found, passes
        length /= 2
    return None, passes


def ascent_direction(
    gradient: Factors, pairs: Iterable[CurvaturePair], divide: Callable[[Factors], Factors]
) -> Factors:
    """The two-loop recursion of L-BFGS (Nocedal 1980), with the metric as the first guess of the curvature."""
    remembered, weights = list(pairs), []
    for step, change, curvature in reversed(remembered):
        weights.append(step.dot(gradient) / curvature)
        gradient = gradient.plus(-weights[-1], change)
    direction = divide(gradient)
    if remembered:
        _, change, curvature = remembered[-1]
        direction = direction.times(curvature / change.dot(divide(change)))
    for (step, change, curvature), weight in zip(remembered, reversed(weights), strict=True):
        direction = direction.plus(weight - change.dot(direction) / curvature, step)
    return direction
