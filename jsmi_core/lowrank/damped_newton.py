"""Newton's method over both factors of a small table, with all second derivatives at hand.

On a table of few cells the best matrix of low rank often lies far out, where S is nearly flat: scores that would be −∞
if the rank allowed it. L-BFGS takes thousands of steps there and stops too soon; Newton's method goes on.
docs/decisions/ has the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy

from jsmi_core.information import FloatArray
from jsmi_core.lowrank.ascent import ARMIJO, ROUNDING, Ascent, Move, OnStep, Point, ascend
from jsmi_core.lowrank.metric import Differentiable, Factors, inverse
from jsmi_core.objective import Vectors
from jsmi_core.runtime.threads import one_blas_thread

FIRST, LEAST, STIFFEST = 0.01, 1e-12, 1e8  # damping


class TwiceDifferentiable(Differentiable, Protocol):
    """What Newton's method asks of an objective: S of a whole score matrix, with two derivatives by each cell."""

    def value_and_derivatives(self, scores: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """S, ∂S/∂m and −∂²S/∂m² of every cell."""


@dataclass(frozen=True, eq=False)
class CurvedPoint(Point):
    """A point with ∂S/∂m and −∂²S/∂m² of every cell, (V, W) float64 each."""

    slopes: FloatArray
    curvatures: FloatArray


@one_blas_thread
def newton(
    objective: TwiceDifferentiable,
    words: Vectors,
    contexts: Vectors,
    *,
    tolerance: float = 1e-4,
    max_passes: int = 2_000,
    on_step: OnStep | None = None,
) -> Ascent:
    """Climb S(words · contextsᵀ) from a start, by damped Newton steps (Levenberg, Marquardt). Beyond the paper.

    A step takes ((V + W) d)³ operations. Parameters and result are those of :func:`~jsmi_core.lowrank.lbfgs`; the
    objective's ``value_and_derivatives`` is asked for too, and everything is float64.

    Examples
    --------
    >>> from jsmi_core import JointDistribution, SGNSObjective
    >>> objective = SGNSObjective(JointDistribution.from_counts([[2, 1], [1, 4]]), negatives=5)
    >>> ascent = newton(objective, np.eye(2), np.eye(2)[::-1], tolerance=1e-12)
    >>> ascent.converged, bool(abs(ascent.score - objective.bound) < 1e-9)
    (True, True)
    """
    method = _DampedNewton(objective)
    start = method.point_at(Factors(words.astype(np.float64), contexts.astype(np.float64)))
    return ascend(objective, start, method.step, tolerance=tolerance, max_passes=max_passes, on_step=on_step)


class _DampedNewton:
    """Steps in variables scaled by √w(x) and √w(y), so that the damping weighs each direction as the curvature does."""

    def __init__(self, objective: TwiceDifferentiable) -> None:
        self.objective = objective
        roots = [np.sqrt(marginal)[:, None] for marginal in objective.mixture_marginals]
        inverses = [inverse(root) for root in roots]
        self.scale, self.inverse_scale = Factors(*roots), Factors(*inverses)
        self.inverse_of_cells = inverses[0] * inverses[1].T
        self.damping = FIRST

    def point_at(self, factors: Factors) -> CurvedPoint:
        words, contexts = factors.words, factors.contexts
        score, slopes, curvatures = self.objective.value_and_derivatives(words @ contexts.T)
        return CurvedPoint(factors, score, Factors(slopes @ contexts, slopes.T @ words), slopes, curvatures)

    def step(self, point: CurvedPoint) -> Move[CurvedPoint]:
        """One step that rises; none where none promises more than rounding, or none keeps its promise."""
        gradient, curvature = self._scaled_derivatives(point)
        passes = 0
        while self.damping < STIFFEST:
            try:
                factor = scipy.linalg.cho_factor(curvature + self.damping * np.eye(len(gradient)), check_finite=False)
            except scipy.linalg.LinAlgError:  # not the curvature of a hill: too far from one for so long a step
                self.damping *= 4
                continue
            step = scipy.linalg.cho_solve(factor, gradient, check_finite=False)
            promised = 0.5 * float(step @ gradient + self.damping * (step @ step))
            if promised <= ROUNDING:
                return Move(None, passes, converged=True)
            found, passes = self.point_at(point.factors.plus(1.0, self._unscaled(step, point))), passes + 1
            kept = (found.score - point.score) / promised
            if kept > 0.75:
                self.damping = max(self.damping / 5, LEAST)
            elif not kept >= 0.25:  # nor is NaN, of a step beyond all floats
                self.damping *= 4
            if kept > ARMIJO:
                return Move(found, passes)
        return Move(None, passes)  # not converged: vectors so long that no step in either of them is short enough

    def _scaled_derivatives(self, point: CurvedPoint) -> tuple[FloatArray, FloatArray]:
        """The gradient of S and the upper half of its curvature, in the scaled variables."""
        words, contexts = point.factors.words * self.scale.words, point.factors.contexts * self.scale.contexts
        slopes = point.slopes * self.inverse_of_cells
        gradient = np.concatenate([(slopes @ contexts).ravel(), (slopes.T @ words).ravel()])
        return gradient, negative_hessian(
            words, contexts, slopes, point.curvatures * self.inverse_of_cells * self.inverse_of_cells
        )

    def _unscaled(self, step: FloatArray, point: CurvedPoint) -> Factors:
        """A step in the scaled variables as one of the factors."""
        words, contexts = point.factors.words, point.factors.contexts
        return Factors(
            step[: words.size].reshape(words.shape) * self.inverse_scale.words,
            step[words.size :].reshape(contexts.shape) * self.inverse_scale.contexts,
        )


def negative_hessian(words: Vectors, contexts: Vectors, slopes: FloatArray, curvatures: FloatArray) -> FloatArray:
    """−∂²S in all coordinates of words, then contexts, from ∂S/∂m and −∂²S/∂m² of every cell: the upper triangle.

    Word by word Σ_y c(x, y) y yᵀ, context by context Σ_x c(x, y) x xᵀ, and across c(x, y) y xᵀ − s(x, y) 1.
    """
    (v, d), w = words.shape, len(contexts)
    whole = np.zeros(((v + w) * d, (v + w) * d))
    first, second = whole[: v * d, : v * d].reshape(v, d, v, d), whole[v * d :, v * d :].reshape(w, d, w, d)
    first[np.arange(v), :, np.arange(v)] = np.einsum("xy,yi,yj->xij", curvatures, contexts, contexts)
    second[np.arange(w), :, np.arange(w)] = np.einsum("xy,xi,xj->yij", curvatures, words, words)
    across = np.einsum("xy,yi,xj->xiyj", curvatures, contexts, words) - np.einsum("xy,ij->xiyj", slopes, np.eye(d))
    whole[: v * d, v * d :] = across.reshape(v * d, w * d)
    return whole
