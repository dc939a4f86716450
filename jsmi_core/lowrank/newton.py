"""Climbing the exact score of a small table over both factors: Newton steps, with all second derivatives at hand.

On a table of few cells the best matrix of low rank often lies far out, where S is nearly flat: scores that would be −∞
if the rank allowed it. L-BFGS takes thousands of steps there and stops too soon; Newton's method goes on.
docs/decisions/ has the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core.lowrank.gradient import SlopePass, Slopes, Vectors
from jsmi_core.lowrank.lbfgs import ARMIJO, Climb, Step, inverse
from jsmi_core.lowrank.progress import Watch

if TYPE_CHECKING:
    from jsmi_core.objective import SGNSObjective


Array = npt.NDArray[np.float64]

LARGEST = 200  # numbers in both factors together: a step takes as many operations as their number to the third
ROUNDING = 1e-16  # nats: what a step promises below this, no score can show
LEAST, STIFFEST = 1e-12, 1e8  # damping
TIED = 1e-9  # of the axis's length: far above what rounding moves its numbers by, far below what tells words apart


@dataclass(frozen=True, eq=False)
class TableSlopes(Slopes):
    """S, its gradient, and the posterior σ(m) of every cell, (V, W)."""

    share: Array


class TablePass(SlopePass):
    """One pass over all pairs of a small table, dense."""

    def __init__(self, objective: SGNSObjective) -> None:
        super().__init__(objective, np.float64)
        contrast, joint = self.contrast, objective.joint
        self.positive = objective.alpha * joint.p.toarray()
        self.negative = np.outer(joint.word_marginal, contrast.noise)
        self.negative[contrast.rows, contrast.columns] = contrast.negative  # less where the target is skipped
        self.negative *= 1 - objective.alpha
        self.mixture = self.positive + self.negative

    def __call__(self, words: Vectors, contexts: Vectors) -> TableSlopes:
        """One pass: S, its gradient and the posteriors at m = words · contextsᵀ."""
        self.passes += 1
        m = words @ contexts.T
        share = scipy.special.expit(m)
        slope = self.positive - self.mixture * share
        loss = np.vdot(self.positive, np.logaddexp(0, -m)) + np.vdot(self.negative, np.logaddexp(0, m))
        return TableSlopes(self.objective._constant - float(loss), slope @ contexts, slope.T @ words, share)


def ordered_factors(table: TablePass, words: Vectors, contexts: Vectors) -> tuple[Vectors, Vectors]:
    """A start of rank 2: m(x, y) = −2c cosh(λ (u − v)), where u and v number words and contexts along one axis.

    However many words there are, that is near 0 where u = v and runs towards −∞ everywhere else as λ grows: two
    dimensions tell all rows of a diagonal apart, but no climb along the gradient gets there. The axis (V, 1), (W, 1)
    is any start of rank 1; of some λ and c the best are taken.
    """
    places = [_places(side[:, 0]) for side in (words, contexts)]
    longest = max(1 + place.max() for place in places)
    u, v = (place - (longest - 1) / 2 for place in places)
    steps = [min(step, 300 / longest) for step in (0.5, 1.0, 2.0, 4.0, 8.0)]  # no score beyond e³⁰⁰
    tries = [
        (np.exp(step * np.outer(u, [1, -1])), -size * np.exp(step * np.outer(v, [-1, 1])))
        for step in steps
        for size in (0.3, 0.1, 0.01, 0.001)
    ]
    return max(tries, key=lambda pair: table(*pair).score)


def _places(along: Vectors) -> npt.NDArray[np.int64]:
    """The place of each number in their order, from 0 on; numbers that rounding alone tells apart share one."""
    order = np.argsort(along)
    places = np.zeros(len(along), np.int64)
    places[order[1:]] = np.cumsum(np.diff(along[order]) > TIED * np.ptp(along))
    return places


class NewtonClimb(Climb):
    """One ascent by damped Newton steps (Levenberg, Marquardt), in variables scaled by √p(x) and √w(y).

    w is the marginal of the mixture u, so that the damping weighs each direction as the curvature does.
    """

    slopes: TablePass
    here: TableSlopes

    def __init__(
        self, slopes: TablePass, words: Vectors, contexts: Vectors, tolerance: float, max_passes: int, watch: Watch
    ) -> None:
        self.word_weights = np.sqrt(slopes.mixture.sum(axis=1, keepdims=True))
        self.context_weights = np.sqrt(slopes.mixture.sum(axis=0)[:, None])
        self.word_scale, self.context_scale = inverse(self.word_weights), inverse(self.context_weights)
        self.damping = 0.01
        super().__init__(slopes, words, contexts, tolerance, max_passes, watch)

    def _step(self) -> bool:
        """Climb one step; False when no step promises more than rounding, or none keeps its promise."""
        gradient, curvature = self._derivatives()
        while self.damping < STIFFEST:
            try:
                factor = scipy.linalg.cho_factor(curvature + self.damping * np.eye(len(gradient)), check_finite=False)
            except scipy.linalg.LinAlgError:  # not the curvature of a hill: too far from one for so long a step
                self.damping *= 4
                continue
            step = scipy.linalg.cho_solve(factor, gradient, check_finite=False)
            promised = 0.5 * float(step @ gradient + self.damping * (step @ step))
            if promised <= ROUNDING:
                self.converged = True
                return False
            place = self.place.plus(1.0, self._unscaled(step))
            there = self.slopes(place.words, place.contexts)
            kept = (there.score - self.here.score) / promised
            if kept > 0.75:
                self.damping = max(self.damping / 5, LEAST)
            elif kept < 0.25:
                self.damping *= 4
            if kept > ARMIJO:
                self._move(place, there)
                return True
        return False  # not converged: vectors so long that no step in either of them is short enough

    def _derivatives(self) -> tuple[Array, Array]:
        """The gradient of S, and its curvature: minus the matrix of second derivatives, in the scaled variables."""
        table, scale = self.slopes, self.word_scale * self.context_scale.T
        weight = table.mixture * self.here.share * scale
        slope = table.positive * scale - weight
        bend = weight * (1 - self.here.share) * scale
        words, contexts = self.place.words * self.word_weights, self.place.contexts * self.context_weights
        (v, d), w = words.shape, len(contexts)
        whole = np.zeros(((v + w) * d, (v + w) * d))
        first, second = whole[: v * d, : v * d].reshape(v, d, v, d), whole[v * d :, v * d :].reshape(w, d, w, d)
        first[np.arange(v), :, np.arange(v)] = np.einsum("xy,yi,yj->xij", bend, contexts, contexts)
        second[np.arange(w), :, np.arange(w)] = np.einsum("xy,xi,xj->yij", bend, words, words)
        across = np.einsum("xy,yi,xj->xiyj", bend, contexts, words) - np.einsum("xy,ij->xiyj", slope, np.eye(d))
        whole[: v * d, v * d :] = across.reshape(v * d, w * d)  # cho_factor reads the upper triangle only
        return np.concatenate([(slope @ contexts).ravel(), (slope.T @ words).ravel()]), whole

    def _unscaled(self, step: Array) -> Step:
        """A step in the scaled variables as one of the vectors."""
        words, contexts = self.place.words, self.place.contexts
        return Step(
            step[: words.size].reshape(words.shape) * self.word_scale,
            step[words.size :].reshape(contexts.shape) * self.context_scale,
        )
