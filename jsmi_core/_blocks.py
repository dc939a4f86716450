"""All V × W scores of an embedding, one block at a time: BLAS multiplies, the kernels look at each pair once.

A stripe of rows is one piece of work; its blocks of columns pass through a buffer that stays in the core's
cache. The pieces do not depend on the number of threads, each product runs on one BLAS thread, and the sums
are reduced in order, so that the same bits come out for any number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jsmi_core import _kernels
from jsmi_core._threads import map_in_order
from jsmi_core.contrast import Contrast
from jsmi_core.distribution import FloatArray
from jsmi_core.embedding import Embedding
from jsmi_core.errors import EmbeddingError, ParameterError

ROWS, COLUMNS = 256, 1024
FARTHEST = np.float32(46.0)  # |m| beyond which float32 no longer tells exp(−|m|) from 1e-20
SMALL = 1_000_000  # pairs up to here are multiplied in double precision whatever the vectors are


@dataclass(frozen=True, eq=False)
class PairScores:
    """What the objective needs of a score matrix m.

    ``support`` (nnz,) float64: m on the support of p, in CSR order. Off the support: ``row_softplus`` (V,) =
    Σ_y q(y) softplus(m), ``column_softplus`` (W,) = Σ_x p(x) softplus(m).
    """

    support: FloatArray
    row_softplus: FloatArray
    column_softplus: FloatArray
    embedding: Embedding


def pair_scores(embedding: Embedding, contrast: Contrast, precision: str) -> PairScores:
    """Compute the scores of all pairs of an embedding against the p and q of a contrast."""
    dtype = _product_type(embedding, precision)
    if not embedding.dimension * _largest(embedding.words) * _largest(embedding.contexts) < float(np.finfo(dtype).max):
        raise EmbeddingError(f"the scores of these vectors may be too large for {dtype.__name__}: scale them down.")
    words = embedding.words.astype(dtype, copy=False)
    contexts = np.ascontiguousarray(embedding.contexts.astype(dtype, copy=False).T)
    word_weights = contrast.joint.word_marginal.astype(dtype)
    noise = contrast.noise.astype(dtype)
    support = np.empty(len(contrast.columns))

    def stripe(first: int) -> tuple[FloatArray, FloatArray]:
        rows = words[first : first + ROWS]
        weights = word_weights[first : first + ROWS]
        by_row, by_column = np.zeros(len(rows)), np.empty(len(noise))
        buffer = np.empty((2, len(rows) * COLUMNS), dtype)
        for start in range(0, len(noise), COLUMNS):
            columns = contexts[:, start : start + COLUMNS]
            scores, tail = (flat[: len(rows) * columns.shape[1]].reshape(len(rows), -1) for flat in buffer)
            np.matmul(rows, columns, out=scores)
            _kernels.take_support(scores, first, start, contrast.bounds, contrast.columns, support)
            _softplus(scores, tail)
            by_row += scores @ noise[start : start + COLUMNS]
            by_column[start : start + COLUMNS] = weights @ scores
        return by_row, by_column

    row_sums, column_sums = [], np.zeros(len(noise))
    for by_row, by_column in map_in_order(stripe, range(0, len(words), ROWS)):
        row_sums.append(by_row)
        column_sums += by_column
    return PairScores(support, np.concatenate(row_sums), column_sums, embedding)


def _product_type(embedding: Embedding, precision: str) -> type[np.floating]:
    if precision not in ("auto", "double", "single"):
        raise ParameterError(f"precision = {precision!r} is not usable: give auto, double or single.")
    narrow = embedding.words.dtype == np.float32 and embedding.contexts.dtype == np.float32
    large = len(embedding.words) * len(embedding.contexts) > SMALL
    if precision == "single" or (precision == "auto" and narrow and large):
        return np.float32
    return np.float64


def _largest(vectors: npt.NDArray[np.floating]) -> float:
    """The largest absolute value in a table."""
    return max(float(vectors.max()), -float(vectors.min()))


def _softplus(scores: npt.NDArray[np.floating], tail: npt.NDArray[np.floating]) -> None:
    """scores ← max(m, 0) + log1p(exp(−|m|)) in place; ``tail`` is room for exp(−|m|)."""
    decay(scores, tail)
    if scores.dtype == np.float32:
        _kernels.softplus_tail(tail.ravel(), scores.ravel())
    else:
        np.log1p(tail, out=tail)
        np.maximum(scores, 0, out=scores)
        scores += tail


def decay(scores: npt.NDArray[np.floating], tail: npt.NDArray[np.floating]) -> None:
    """tail ← exp(−|m|); in float32 it stops at 1e-20, since what follows would be denormal numbers, 50 times slower."""
    np.abs(scores, out=tail)
    if scores.dtype == np.float32:
        np.minimum(tail, FARTHEST, out=tail)
    np.negative(tail, out=tail)
    np.exp(tail, out=tail)
