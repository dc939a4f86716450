"""Arithmetic only: losses and slopes of a tile of scores, for the gradient of S in both factors."""

from __future__ import annotations

import math

import numpy as np

from jsmi_core.objective.kernels import LOG1P
from jsmi_core.runtime.arrays import (
    Float32Matrix,
    Float32Vector,
    Float64Matrix,
    Float64Vector,
    FloatMatrix,
    Int32Vector,
    Int64Vector,
)
from jsmi_core.runtime.jit import kernel


@kernel
def loss_and_slope_single(
    tail: Float32Matrix, scores: Float32Matrix, row_weights: Float32Vector, column_weights: Float32Vector
) -> None:
    """In place: scores ← softplus(m), tail ← w_x w_y σ(m), for u = exp(−|m|) in ``tail``; float32 tiles."""
    for x in range(scores.shape[0]):
        row, slopes, weight = scores[x], tail[x], row_weights[x]
        for y in range(len(row)):
            u, m = slopes[y], row[y]
            p = LOG1P[9]
            for n in range(8, -1, -1):
                p = p * u + LOG1P[n]
            small = np.float32(1.0) / (np.float32(1.0) + u)  # σ(|m|)
            slopes[y] = weight * column_weights[y] * (small if m >= np.float32(0.0) else u * small)
            row[y] = max(m, np.float32(0.0)) + p * u


@kernel
def loss_and_slope_double(
    tail: Float64Matrix, scores: Float64Matrix, row_weights: Float64Vector, column_weights: Float64Vector
) -> None:
    """The same in float64, with the logarithm of the library."""
    for x in range(scores.shape[0]):
        for y in range(scores.shape[1]):
            u, m = tail[x, y], scores[x, y]
            tail[x, y] = row_weights[x] * column_weights[y] * ((1.0 if m >= 0.0 else u) / (1.0 + u))
            scores[x, y] = max(m, 0.0) + math.log1p(u)


@kernel
def support_slopes(
    tile: FloatMatrix,
    first_row: int,
    first_column: int,
    bounds: Int64Vector,
    columns: Int32Vector,
    alpha: float,
    positive: Float64Vector,
    negative: Float64Vector,
    unit: float,
    scores: Float64Vector,
    cells: Float64Vector,
) -> None:
    """Put −∂S/∂m · ``unit`` of the support's pairs into a tile of slopes, and their part of S into ``cells``."""
    last_column = first_column + tile.shape[1]
    for row in range(tile.shape[0]):
        start, stop = bounds[first_row + row], bounds[first_row + row + 1]
        i = start + np.searchsorted(columns[start:stop], first_column)
        while i < stop and columns[i] < last_column:
            m, p, r = scores[i], alpha * positive[i], (1.0 - alpha) * negative[i]
            u = math.exp(-abs(m))
            towards, away = (1.0, u) if m >= 0.0 else (u, 1.0)
            log_tail = math.log1p(u)
            tile[row, columns[i] - first_column] = (r * towards - p * away) / (1.0 + u) * unit
            cells[i] = p * (min(m, 0.0) - log_tail) - r * (max(m, 0.0) + log_tail)
            i += 1
