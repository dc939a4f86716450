"""One ascent of S from one start: what its methods share, and the certificate that they end with.

A method says how one step is taken from a point. When enough steps have been taken is decided here, alike for all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from jsmi_core.lowrank.metric import Differentiable, Factors, Metric
from jsmi_core.objective import Vectors

PATIENCE = 20  # steps over which progress is judged
ARMIJO = 1e-4  # of the rise that a step promises: what it has to keep
ROUNDING = 1e-16  # nats: what a step promises below this, no score can show

OnStep = Callable[[float, float], None]
"""Told after each step: S there in nats, and an estimate of the share of the ascent that is done."""


@dataclass(frozen=True, eq=False)
class Point:
    """Where an ascent stands: the factors, S there in nats, and its gradient."""

    factors: Factors
    score: float
    gradient: Factors


P = TypeVar("P", bound=Point)


@dataclass(frozen=True, eq=False)
class Move(Generic[P]):
    """What came of trying to step: the point reached, after so many passes over all pairs.

    The point is the one it started from where only the method's memory was wrong, and None where no step rises any
    more: at a maximum, as far as floats tell, or not ``converged``.
    """

    point: P | None
    passes: int
    converged: bool = False


@dataclass(frozen=True, eq=False)
class Ascent:
    """Where an ascent ended, and its certificate.

    ``words`` (V, d) and ``contexts`` (W, d) are in the floats of the start. ``gradient_norm`` (√nats) is the gradient
    in the metric of :mod:`jsmi_core.lowrank.metric`: half its square is what a Newton step would expect to gain.
    ``converged`` says that the last 20 steps gained less than the tolerance, or that no step can gain anything.
    ``passes`` counts evaluations of S over all pairs, the start's among them; ``history`` is S in nats at the start and
    after each step that rose.
    """

    words: Vectors
    contexts: Vectors
    gradient_norm: float
    converged: bool
    passes: int
    history: tuple[float, ...]

    @property
    def score(self) -> float:
        """S in nats at the end."""
        return self.history[-1]


def ascend(
    objective: Differentiable,
    start: P,
    step: Callable[[P], Move[P]],
    *,
    tolerance: float,
    max_passes: int,
    on_step: OnStep | None,
) -> Ascent:
    """Take steps until 20 of them gain less than ``tolerance`` of S, none rises, or ``max_passes`` are made.

    The pass at the start is not one of those.
    """
    point, passes, scores, converged = start, 0, [start.score], False
    while not converged and passes < max_passes:
        taken = step(point)
        passes += taken.passes
        if taken.point is None:
            converged = taken.converged
            break
        if taken.point is not point:
            point = taken.point
            scores.append(point.score)
            converged = _settled(scores, tolerance)
        if on_step:
            on_step(point.score, max(passes / max_passes, _share_done(scores, tolerance)))
    dtype = np.result_type(start.factors.words, start.factors.contexts)
    return Ascent(
        words=point.factors.words.astype(dtype),
        contexts=point.factors.contexts.astype(dtype),
        gradient_norm=_gradient_norm(objective, point),
        converged=converged,
        passes=1 + passes,
        history=tuple(scores),
    )


def _gradient_norm(objective: Differentiable, point: Point) -> float:
    """√(g · C⁻¹ g) for the curvature C of the metric."""
    natural = Metric(objective).inverse_at(point.factors)(point.gradient)
    return math.sqrt(max(point.gradient.dot(natural), 0.0))


def _recent_gain(scores: Sequence[float]) -> float:
    """What the last 20 steps gained; without end before there were so many."""
    return scores[-1] - scores[-1 - PATIENCE] if len(scores) > PATIENCE else math.inf


def _settled(scores: Sequence[float], tolerance: float) -> bool:
    return _recent_gain(scores) <= tolerance * abs(scores[-1])


def _share_done(scores: Sequence[float], tolerance: float) -> float:
    """The share of the steps done, if the gain of 20 steps goes on falling as 1/steps², as it mostly does."""
    gain, enough = _recent_gain(scores), tolerance * abs(scores[-1])
    return math.sqrt(enough / gain) if gain > enough else 1.0
