"""Pairs drawn from p, each with negatives drawn from q: what ``sampled_score`` is the mean of. (9)"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from jsmi_core.embeddings import Embedding
from jsmi_core.information import Contrast, FloatArray

DRAWN_NUMBERS = 1 << 21
"""How many coordinates of drawn negatives are held at once."""


class PairSampler:
    """Draws pairs and negatives of one contrast."""

    def __init__(self, contrast: Contrast) -> None:
        self.contrast = contrast

    @cached_property
    def cumulated_pairs(self) -> FloatArray:
        """(nnz,) float64: the sums of p along its support."""
        return np.cumsum(self.contrast.positive)

    @cached_property
    def cumulated_noise(self) -> FloatArray:
        """(W,) float64: the sums of q."""
        return np.cumsum(self.contrast.noise)

    def terms(
        self, embedding: Embedding, negatives: int, pairs: int, draws: int, rng: np.random.Generator
    ) -> FloatArray:
        """(pairs,) float64: log σ(m) of drawn pairs, plus k times the mean log σ(−m) of their negatives."""
        size = max(1, DRAWN_NUMBERS // (draws * embedding.dimension))
        portions = [min(size, pairs - first) for first in range(0, pairs, size)]
        return np.concatenate([self._portion(embedding, negatives / draws, count, draws, rng) for count in portions])

    def _portion(
        self, embedding: Embedding, weight: float, count: int, draws: int, rng: np.random.Generator
    ) -> FloatArray:
        """The terms of as many pairs as fit in memory with the vectors of their negatives."""
        contrast = self.contrast
        drawn = _draw(rng, self.cumulated_pairs, (count,))
        x, y = contrast.rows[drawn], contrast.columns[drawn]
        negatives = _draw(rng, self.cumulated_noise, (count, draws))
        words, contexts = embedding.words[x].astype(np.float64), embedding.contexts
        positive = -np.logaddexp(0, -np.einsum("id,id->i", words, contexts[y]))
        negative = -np.logaddexp(0, np.einsum("id,ijd->ij", words, contexts[negatives]))
        if contrast.skip_target:
            negative[negatives == y[:, None]] = 0.0
        return positive + weight * negative.sum(axis=1)


def _draw(rng: np.random.Generator, cumulated: FloatArray, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Draw indices in proportion to the increments of ``cumulated``."""
    return np.searchsorted(cumulated, rng.random(shape) * cumulated[-1], side="right")
