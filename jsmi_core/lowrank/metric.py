"""Both factors as one vector, and the metric in which steps of them are measured.

S is flat along rare words and steep along frequent ones, and any invertible d × d matrix can be moved between the
factors. Both are undone by measuring steps of the word vectors in the curvature that S has at m = −log k,
α(1−α) · w(x) · (Σ_y w(y) y yᵀ), and those of the context vectors likewise; w are the marginals of the mixture u.
docs/decisions/ has the comparison with other methods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from jsmi_core.information import FloatArray
from jsmi_core.objective import Vectors

RIDGE = 1e-6  # of the metric's mean diagonal: what keeps it invertible where a direction is not used yet


@dataclass(frozen=True, eq=False)
class Factors:
    """Words (V, d) and contexts (W, d), or a step or a gradient of both: a vector space with a dot product."""

    words: Vectors
    contexts: Vectors

    def dot(self, other: Factors) -> float:
        """The sum of the products of all their numbers."""
        return float(np.vdot(self.words, other.words)) + float(np.vdot(self.contexts, other.contexts))

    def plus(self, length: float, step: Factors) -> Factors:
        """These factors + length · step."""
        return Factors(self.words + length * step.words, self.contexts + length * step.contexts)

    def times(self, length: float) -> Factors:
        """The same direction, so many times as long."""
        return Factors(self.words * length, self.contexts * length)


class Differentiable(Protocol):
    """What L-BFGS asks of an objective: S with its gradient, and what its curvature is known by.

    :class:`~jsmi_core.SGNSObjective` answers all of it, see there.
    """

    alpha: float

    @property
    def mixture_marginals(self) -> tuple[FloatArray, FloatArray]:
        """w(x) and w(y), the weights of words and contexts in the curvature."""

    def value_and_gradient(
        self, words: Vectors, contexts: Vectors, *, dtype: npt.DTypeLike
    ) -> tuple[float, Vectors, Vectors]:
        """S, ∂S/∂words and ∂S/∂contexts, by products of this dtype."""


class Metric:
    """The curvature of S at m = −log k, for words and contexts apart."""

    def __init__(self, objective: Differentiable) -> None:
        self.words, self.contexts = objective.mixture_marginals
        self.inverse_words, self.inverse_contexts = inverse(self.words), inverse(self.contexts)
        self.curvature = objective.alpha * (1 - objective.alpha)

    def inverse_at(self, factors: Factors) -> Callable[[Factors], Factors]:
        """What divides a gradient by the curvature at these factors."""
        for_words = inverse_gram(factors.contexts, self.contexts) / self.curvature
        for_contexts = inverse_gram(factors.words, self.words) / self.curvature

        def divide(gradient: Factors) -> Factors:
            words = (gradient.words * self.inverse_words[:, None]) @ for_words
            contexts = (gradient.contexts * self.inverse_contexts[:, None]) @ for_contexts
            return Factors(words, contexts)

        return divide


def inverse(weights: FloatArray) -> FloatArray:
    """1/w, and 0 where w is 0: what never occurs is never moved."""
    return np.divide(1.0, weights, out=np.zeros_like(weights), where=weights > 0)


def inverse_gram(vectors: Vectors, weights: FloatArray) -> FloatArray:
    """(Σ w v vᵀ + ridge)⁻¹, (d, d) float64."""
    gram = (vectors * weights[:, None]).T.astype(np.float64) @ vectors
    ridge = RIDGE * np.trace(gram) / len(gram)
    return np.linalg.inv(gram + (ridge or 1.0) * np.eye(len(gram)))
