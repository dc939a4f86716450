"""Climbing the exact score over both factors: L-BFGS in the metric of the curvature.

S is flat along rare words and steep along frequent ones, and any invertible d × d matrix can be moved
between the factors. Both are undone by measuring steps of the word vectors in the curvature that S has at
m = −log k, α(1−α) · p(x) · (Σ_y w(y) y yᵀ), and those of the context vectors likewise; w is the marginal of the
mixture u. docs/decisions/ has the comparison with other methods.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from jsmi_core.embeddings import Embedding
from jsmi_core.information import FloatArray
from jsmi_core.lowrank.gradient import SlopePass, Slopes, Vectors
from jsmi_core.lowrank.progress import Watch

MEMORY = 8  # pairs of steps that L-BFGS remembers: 20 gained nothing measurable
PATIENCE = 20  # steps over which progress is judged
RIDGE = 1e-6  # of the metric's mean diagonal: what keeps it invertible where a direction is not used yet
ARMIJO = 1e-4
SHORTEST = 1e-8


class Metric:
    """Curvature of S at m = −log k: α(1−α) · w(x) · (Σ_y w(y) y yᵀ) for the words, and likewise for the contexts."""

    def __init__(self, slopes: SlopePass) -> None:
        objective = slopes.objective
        alpha, joint = objective.alpha, objective.joint
        self.words = joint.word_marginal
        self.contexts = alpha * joint.context_marginal + (1 - alpha) * slopes.contrast.noise
        self.curvature = alpha * (1 - alpha)
        self.inverse_words, self.inverse_contexts = inverse(self.words), inverse(self.contexts)
        self.for_words = self.for_contexts = np.eye(1)

    def at(self, words: Vectors, contexts: Vectors) -> None:
        """Move the metric to these factors."""
        self.for_words = inverse_gram(contexts, self.contexts) / self.curvature
        self.for_contexts = inverse_gram(words, self.words) / self.curvature

    def divide(self, step: Step) -> Step:
        """A gradient divided by the curvature."""
        words = (step.words * self.inverse_words[:, None]) @ self.for_words
        contexts = (step.contexts * self.inverse_contexts[:, None]) @ self.for_contexts
        return Step(words, contexts)


@dataclass(frozen=True, eq=False)
class Step:
    """A direction in both factors: a vector space with a dot product."""

    words: Vectors
    contexts: Vectors

    def dot(self, other: Step) -> float:
        """The sum of the products of all their numbers."""
        return float(np.vdot(self.words, other.words)) + float(np.vdot(self.contexts, other.contexts))

    def plus(self, factor: float, other: Step) -> Step:
        """The direction + factor · other."""
        return Step(self.words + factor * other.words, self.contexts + factor * other.contexts)


class Climb:
    """One ascent by L-BFGS in the moving metric, from one start."""

    def __init__(
        self, slopes: SlopePass, words: Vectors, contexts: Vectors, tolerance: float, max_passes: int, watch: Watch
    ) -> None:
        self.slopes, self.tolerance = slopes, tolerance
        self.metric = Metric(slopes)
        self.place = Step(words, contexts)
        self.here = slopes(words, contexts)
        self.memory: deque[tuple[Step, Step, float]] = deque(maxlen=MEMORY)
        self.scores = [self.here.score]
        self.converged = False
        first = slopes.passes
        while not self.converged and slopes.passes < first + max_passes and self._step():
            watch.step(self.here.score, max((slopes.passes - first) / max_passes, self._near_the_end()))
        watch.ended += 1

    @property
    def embedding(self) -> Embedding:
        """The vectors at the place that is reached, as precise as the products were."""
        return Embedding(self.place.words.astype(self.slopes.dtype), self.place.contexts.astype(self.slopes.dtype))

    @property
    def gradient_norm(self) -> float:
        """The length of the gradient here, in the metric."""
        gradient = gradient_of(self.here)
        self.metric.at(self.place.words, self.place.contexts)
        return math.sqrt(max(gradient.dot(self.metric.divide(gradient)), 0.0))

    def _step(self) -> bool:
        """Climb one step; False when no step climbs any more."""
        gradient = gradient_of(self.here)
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

    def _move(self, place: Step, there: Slopes) -> None:
        step, change = place.plus(-1.0, self.place), gradient_of(self.here).plus(-1.0, gradient_of(there))
        if (curvature := step.dot(change)) > 0:
            self.memory.append((step, change, curvature))
        self.place, self.here = place, there
        self.scores.append(there.score)
        if len(self.scores) > PATIENCE:
            gain = self.scores[-1] - self.scores[-1 - PATIENCE]
            self.converged = gain <= self.tolerance * abs(self.scores[-1])

    def _near_the_end(self) -> float:
        """The share of the steps done, if the gain of 20 steps goes on falling as 1/steps², as it mostly does."""
        if len(self.scores) <= PATIENCE:
            return 0.0
        gain, enough = self.scores[-1] - self.scores[-1 - PATIENCE], self.tolerance * abs(self.scores[-1])
        return math.sqrt(enough / gain) if gain > enough else 1.0

    def _forget(self) -> bool:
        """Start again from steepest ascent; False if that is what just failed."""
        stuck = not self.memory
        self.memory.clear()
        self.converged = stuck
        return not stuck

    def _direction(self, gradient: Step) -> Step:
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
            direction = Step(direction.words * shrink, direction.contexts * shrink)
        for (step, change, curvature), weight in zip(self.memory, reversed(weights), strict=True):
            direction = direction.plus(weight - change.dot(direction) / curvature, step)
        return direction


def inverse(weights: FloatArray) -> FloatArray:
    """1/w, and 0 where w is 0: what never occurs is never moved."""
    return np.divide(1.0, weights, out=np.zeros_like(weights), where=weights > 0)


def inverse_gram(vectors: Vectors, weights: FloatArray) -> FloatArray:
    """(Σ w v vᵀ + ridge)⁻¹, (d, d) float64."""
    gram = (vectors * weights[:, None]).T.astype(np.float64) @ vectors
    ridge = RIDGE * np.trace(gram) / len(gram)
    return np.linalg.inv(gram + (ridge or 1.0) * np.eye(len(gram)))


def gradient_of(slopes: Slopes) -> Step:
    """∂S/∂words and ∂S/∂contexts as a direction."""
    return Step(slopes.words, slopes.contexts)
