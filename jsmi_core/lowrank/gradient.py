"""S and its gradient in both factors, in one pass over the blocks of all V × W pairs.

∂S/∂m = u (t − σ(m)) is α p − (α p + (1−α) r) σ(m) on the support and −(1−α) p(x) q(y) σ(m) elsewhere. Each block is
multiplied out once, turned into losses and slopes in the core's cache, and multiplied back into both factors:
three matrix products are the floor. As in objective/blocks.py, the same bits come out for any number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from jsmi_core.lowrank import kernels
from jsmi_core.objective import COLUMNS, ROWS, decay, kernels as objective_kernels
from jsmi_core.runtime.threads import map_in_order

if TYPE_CHECKING:
    from jsmi_core.objective import SGNSObjective


Vectors = npt.NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Slopes:
    """S in nats, and ∂S/∂words (V, d) and ∂S/∂contexts (W, d)."""

    score: float
    words: Vectors
    contexts: Vectors


class SlopePass:
    """The pass for one objective, in float32 or float64 products; call it with (words, contexts)."""

    def __init__(self, objective: SGNSObjective, dtype: type[np.floating]) -> None:
        self.objective = objective
        self.dtype = dtype
        self.contrast = objective.contrast
        words, contexts = objective.joint.shape
        # Weights near 1 instead of near 1/V and 1/W, so that float32 never meets its smallest numbers.
        self.unit = float(words * contexts)
        self.row_weights = (objective.joint.word_marginal * words).astype(dtype)
        self.column_weights = (self.contrast.noise * contexts).astype(dtype)
        self.kernel = kernels.loss_and_slope_single if dtype == np.float32 else kernels.loss_and_slope_double
        self.support = np.empty(len(self.contrast.columns))
        self.cells = np.empty(len(self.contrast.columns))
        self.passes = 0

    def __call__(self, words: Vectors, contexts: Vectors) -> Slopes:
        """One pass: S and its gradient at m = words · contextsᵀ."""
        self.passes += 1
        words = np.ascontiguousarray(words, self.dtype)
        contexts = np.ascontiguousarray(contexts, self.dtype)
        turned = np.ascontiguousarray(contexts.T)
        scale = -(1 - self.objective.alpha) / self.unit
        by_words, by_contexts = [], np.zeros(contexts.shape)
        loss = 0.0

        def stripe(first: int) -> tuple[float, Vectors, Vectors]:
            return self._stripe(first, words, contexts, turned)

        for part, row_slopes, column_slopes in map_in_order(stripe, range(0, len(words), ROWS)):
            loss += part
            by_words.append(row_slopes)
            by_contexts += column_slopes
        score = self.objective._constant + float(self.cells.sum()) + scale * loss
        return Slopes(score, np.concatenate(by_words) * scale, by_contexts * scale)

    def _stripe(self, first: int, words: Vectors, contexts: Vectors, turned: Vectors) -> tuple[float, Vectors, Vectors]:
        """Σ w_x w_y softplus(m) off the support, and the slopes of a stripe of rows in both factors."""
        rows, weights = words[first : first + ROWS], self.row_weights[first : first + ROWS]
        contrast, alpha = self.contrast, self.objective.alpha
        row_slopes, column_slopes = np.zeros_like(rows), np.empty_like(contexts)
        losses = np.zeros(len(rows))
        buffer = np.empty((2, len(rows) * COLUMNS), self.dtype)
        for start in range(0, len(contexts), COLUMNS):
            columns = turned[:, start : start + COLUMNS]
            scores, tail = (flat[: len(rows) * columns.shape[1]].reshape(len(rows), -1) for flat in buffer)
            np.matmul(rows, columns, out=scores)
            objective_kernels.take_support(scores, first, start, contrast.bounds, contrast.columns, self.support)
            decay(scores, tail)
            column_weights = self.column_weights[start : start + COLUMNS]
            self.kernel(tail, scores, weights, column_weights)
            losses += scores @ column_weights
            kernels.support_slopes(
                tail,
                first,
                start,
                contrast.bounds,
                contrast.columns,
                alpha,
                contrast.positive,
                contrast.negative,
                self.unit / (1 - alpha),
                self.support,
                self.cells,
            )
            row_slopes += tail @ contexts[start : start + COLUMNS]
            np.matmul(tail.T, rows, out=column_slopes[start : start + COLUMNS])
        return float(weights @ losses), row_slopes, column_slopes
