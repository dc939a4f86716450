"""S and its gradient in both factors, in one pass over the blocks of all V × W pairs. (29)

∂S/∂m = u (t − σ(m)) is α p − (α p + (1−α) r) σ(m) on the support and −(1−α) p(x) q(y) σ(m) elsewhere. Each block is
multiplied out once, turned into losses and derivatives in the core's cache, and multiplied back into both factors:
three matrix products are the floor. As in blocks.py, the same bits come out for any number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jsmi_core.errors import EmbeddingError, ParameterError
from jsmi_core.information import Contrast, FloatArray
from jsmi_core.objective import kernels
from jsmi_core.objective.blocks import COLUMNS, ROWS, exp_minus_abs
from jsmi_core.runtime.threads import map_in_order

Vectors = npt.NDArray[np.floating]


def checked_factors(words: Vectors, contexts: Vectors, dtype: npt.DTypeLike) -> tuple[Vectors, Vectors]:
    """Both factors in this dtype, contiguous, or a sentence that says what is wrong with them."""
    if dtype not in (np.float32, np.float64):
        raise ParameterError(f"dtype = {dtype!r} is not usable: give float32 or float64.")
    words, contexts = (np.ascontiguousarray(factor, dtype) for factor in (words, contexts))
    if words.ndim != 2 or contexts.ndim != 2 or words.shape[1] != contexts.shape[1]:
        raise EmbeddingError(
            f"the factors have shapes {words.shape} and {contexts.shape}: give one row of d numbers for each word and "
            "for each context."
        )
    return words, contexts


def value_and_gradient(
    contrast: Contrast, alpha: float, constant: float, words: Vectors, contexts: Vectors
) -> tuple[float, Vectors, Vectors]:
    """S, whose constant is given, ∂S/∂words and ∂S/∂contexts, by products in the floats of the factors.

    The sums over columns are held in the floats of the factors, those over rows in float64.
    """
    dtype, (rows, columns) = words.dtype.type, contrast.joint.shape
    table = _Stripes(
        contrast=contrast,
        alpha=alpha,
        words=words,
        contexts=contexts,
        turned=np.ascontiguousarray(contexts.T),
        row_weights=(contrast.joint.word_marginal * rows).astype(dtype),
        column_weights=(contrast.noise * columns).astype(dtype),
        on_support=np.empty(len(contrast.columns)),
    )
    scale = -(1 - alpha) / table.unit
    loss, by_word, by_context = 0.0, [], np.zeros(contexts.shape)
    for part, of_rows, of_columns in map_in_order(table.stripe, range(0, len(words), ROWS)):
        loss += part
        by_word.append(of_rows)
        by_context += of_columns
    score = constant + float(table.on_support.sum()) + scale * loss
    return score, np.concatenate(by_word) * scale, by_context * scale


@dataclass(frozen=True, eq=False)
class _Stripes:
    """All that a stripe of rows is computed from, and where it leaves its support's parts of S."""

    contrast: Contrast
    alpha: float
    words: Vectors  # (V, d)
    contexts: Vectors  # (W, d)
    turned: Vectors  # (d, W)
    row_weights: Vectors  # (V,) p(x) · V: near 1 instead of near 1/V, so that float32 never meets its smallest numbers
    column_weights: Vectors  # (W,) q(y) · W
    on_support: FloatArray  # (nnz,) m, and then the parts of S

    @property
    def unit(self) -> float:
        """What the weights of a pair are too large by: V · W."""
        return float(len(self.row_weights) * len(self.column_weights))

    def stripe(self, first: int) -> tuple[float, Vectors, Vectors]:
        """From row ``first``: Σ w_x w_y softplus(m) off the support, and −∂S/∂m · V W/(1−α) times each factor."""
        rows, weights = self.words[first : first + ROWS], self.row_weights[first : first + ROWS]
        contrast, unit = self.contrast, self.unit / (1 - self.alpha)
        support = contrast.bounds[first : first + len(rows) + 1], contrast.columns
        taken, put = (support[0][:-1].copy() for _ in range(2))  # where the next tile begins in each row
        law = self.alpha, contrast.positive, contrast.negative, unit
        losses, by_word, by_context = np.zeros(len(rows)), np.zeros_like(rows), np.empty_like(self.contexts)
        buffer = np.empty((2, len(rows) * COLUMNS), rows.dtype)
        for start in range(0, len(self.contexts), COLUMNS):
            columns, column_weights = (
                self.turned[:, start : start + COLUMNS],
                self.column_weights[start : start + COLUMNS],
            )
            scores, gradient = (flat[: len(rows) * columns.shape[1]].reshape(len(rows), -1) for flat in buffer)
            np.matmul(rows, columns, out=scores)
            kernels.take_support(scores, start, taken, *support, self.on_support)
            _loss_and_gradient(scores, gradient, weights, column_weights)
            losses += scores @ column_weights
            kernels.support_gradient(gradient, start, put, *support, *law, self.on_support)
            by_word += gradient @ self.contexts[start : start + COLUMNS]
            np.matmul(gradient.T, rows, out=by_context[start : start + COLUMNS])
        return float(weights @ losses), by_word, by_context


def _loss_and_gradient(scores: Vectors, gradient: Vectors, row_weights: Vectors, column_weights: Vectors) -> None:
    """scores ← softplus(m) in place, gradient ← w_x w_y σ(m)."""
    if scores.dtype == np.float32:
        kernels.loss_and_gradient_single(scores, gradient, row_weights, column_weights)
    else:
        exp_minus_abs(scores, gradient)
        kernels.loss_and_gradient_double(scores, gradient, row_weights, column_weights)
