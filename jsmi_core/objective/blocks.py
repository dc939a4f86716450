"""All V × W scores of an embedding, one block at a time: BLAS multiplies, the kernels look at each pair once.

A stripe of rows is one piece of work; its blocks of columns pass through a buffer that stays in the core's
cache. The pieces do not depend on the number of threads, each product runs on one BLAS thread, and the sums
are reduced in order, so that the same bits come out for any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from jsmi_core import checks
from jsmi_core.embeddings import Embedding
from jsmi_core.errors import EmbeddingError
from jsmi_core.information import Contrast, FloatArray
from jsmi_core.objective import kernels
from jsmi_core.runtime.threads import map_in_order

Precision = Literal["auto", "double", "single"]
ROWS, COLUMNS = 512, 512
SMALL = 1_000_000  # pairs up to here are multiplied in double precision whatever the vectors are


@dataclass(frozen=True, eq=False)
class PairScores:
    """What the objective needs of a score matrix m.

    ``support`` (nnz,) float64: m on the support of p, in CSR order. Off the support: ``row_softplus`` (V,) =
    Σ_y q(y) softplus(m), and if it was asked for ``column_softplus`` (W,) = Σ_x p(x) softplus(m). ``single`` says that
    m is of float32 numbers.
    """

    support: FloatArray
    row_softplus: FloatArray
    column_softplus: FloatArray
    embedding: Embedding
    single: bool


def pair_scores(embedding: Embedding, contrast: Contrast, precision: Precision, *, by_column: bool) -> PairScores:
    """Compute the scores of all pairs of an embedding against the p and q of a contrast."""
    dtype = _product_type(embedding, precision)
    if not embedding.dimension * _largest(embedding.words) * _largest(embedding.contexts) < float(np.finfo(dtype).max):
        raise EmbeddingError(f"the scores of these vectors may be too large for {dtype.__name__}: scale them down.")
    stripes = _Stripes(
        words=embedding.words.astype(dtype, copy=False),
        contexts=np.ascontiguousarray(embedding.contexts.astype(dtype, copy=False).T),
        weights=contrast.joint.word_marginal.astype(dtype),
        noise=contrast.noise.astype(dtype),
        bounds=contrast.bounds,
        columns=contrast.columns,
        by_column=by_column,
    )
    places = range(0, len(stripes.words), ROWS)
    support = np.empty(len(contrast.columns))
    row_sums, column_sums = np.empty(len(stripes.words)), np.zeros(len(stripes.noise))
    for first, (of_rows, of_columns, on_support) in zip(places, map_in_order(stripes.stripe, places), strict=True):
        row_sums[first : first + ROWS] = of_rows
        if by_column:
            column_sums += of_columns
        start = contrast.bounds[first]
        support[start : start + len(on_support)] = on_support
    return PairScores(support, row_sums, column_sums, embedding, single=dtype == np.float32)


@dataclass(frozen=True, eq=False)
class _Stripes:
    """All that a stripe of rows is computed from."""

    words: npt.NDArray[np.floating]  # (V, d)
    contexts: npt.NDArray[np.floating]  # (d, W)
    weights: npt.NDArray[np.floating]  # (V,) p(x)
    noise: npt.NDArray[np.floating]  # (W,) q(y)
    bounds: npt.NDArray[np.int64]  # the support of p, as CSR
    columns: npt.NDArray[np.int32]
    by_column: bool  # whether the sums by column are wanted

    def stripe(self, first: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Σ_y q softplus(m) by row, Σ_x p softplus(m) by column, and m on the support, of the rows from ``first``."""
        rows, noise = self.words[first : first + ROWS], self.noise
        weights = self.weights[first : first + ROWS]
        bounds = self.bounds[first : first + len(rows) + 1]
        columns = self.columns[bounds[0] : bounds[-1]]
        support = np.empty(len(columns))
        by_row, by_column = np.zeros(len(rows)), np.empty(len(noise))
        bounds = bounds - bounds[0]
        places = bounds[:-1].copy()
        buffer = np.empty(len(rows) * COLUMNS, rows.dtype)
        for start in range(0, len(noise), COLUMNS):
            block, here = self.contexts[:, start : start + COLUMNS], slice(start, start + COLUMNS)
            scores = buffer[: len(rows) * block.shape[1]].reshape(len(rows), -1)
            np.matmul(rows, block, out=scores)
            kernels.take_support(scores, start, places, bounds, columns, support)
            _softplus(scores, noise[here], by_row)
            if self.by_column:
                by_column[here] = weights @ scores
        return by_row, by_column, support


def _product_type(embedding: Embedding, precision: Precision) -> type[np.floating]:
    checks.one_of("precision", precision, get_args(Precision))
    narrow = embedding.words.dtype == np.float32 and embedding.contexts.dtype == np.float32
    large = len(embedding.words) * len(embedding.contexts) > SMALL
    if precision == "single" or (precision == "auto" and narrow and large):
        return np.float32
    return np.float64


def _largest(vectors: npt.NDArray[np.floating]) -> float:
    """The largest absolute value in a table."""
    return max(float(vectors.max()), -float(vectors.min()))


def _softplus(scores: npt.NDArray[np.floating], weights: npt.NDArray[np.floating], by_row: FloatArray) -> None:
    """scores ← softplus(m) in place, and by_row += scores · weights of that."""
    if scores.dtype == np.float32:
        kernels.softplus_of_tile(scores, weights, by_row)
    else:
        tail = exp_minus_abs(scores)
        np.log1p(tail, out=tail)
        np.maximum(scores, 0, out=scores)
        scores += tail
        by_row += scores @ weights


def exp_minus_abs(scores: npt.NDArray[np.floating], out: npt.NDArray[np.floating] | None = None) -> FloatArray:
    """exp(−|m|)."""
    tail = np.abs(scores, out=out)
    np.negative(tail, out=tail)
    return np.exp(tail, out=tail)


def in_pieces(kernel: Callable[..., None], *arrays: FloatArray, size: int = 1 << 16) -> FloatArray:
    """kernel(*arrays, out) on all threads: each cell depends on its own numbers only, so the pieces do not show."""
    out = np.empty(len(arrays[0]))

    def piece(start: int) -> None:
        kernel(*(array[start : start + size] for array in (*arrays, out)))

    for _ in map_in_order(piece, range(0, len(out), size)):
        pass
    return out
