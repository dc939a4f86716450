"""Arithmetic only: the scores of all pairs, their losses, the derivatives of these, and the pairs that never occur.

Sparse tables come as in the kernels of jsmi_core.information.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from jsmi_core.information.kernels import bernoulli_loss, log_sigmoid
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
def survey_unseen(
    scores: Float64Matrix,
    first: int,
    bounds: Int64Vector,
    columns: Int32Vector,
    weights: Float64Vector,
    noise: Float64Vector,
    low: float,
    width: float,
    histogram: Float64Vector,
    worst: Float64Vector,
    places: Int64Vector,
) -> None:
    """Add weight · noise · softplus(m) of the pairs off the support to ``histogram`` by m, and keep the largest.

    ``scores`` are the rows ``first`` … of m. Bin i is low + i · width …; the outermost hold what lies beyond.
    ``worst`` (n,) float64, from the start at 0, gets the n largest cells, ``places`` (n,) int64 their x · W + y.
    """
    last = len(histogram) - 1
    weakest = 0
    for i in range(scores.shape[0]):
        x = first + i
        at, end = bounds[x], bounds[x + 1]
        for y in range(scores.shape[1]):
            if at < end and columns[at] == y:
                at += 1
                continue
            m = scores[i, y]
            cell = weights[x] * noise[y] * (max(m, 0.0) + math.log1p(math.exp(-abs(m))))
            histogram[int(min(max(math.floor((m - low) / width), 0.0), float(last)))] += cell
            if cell > worst[weakest]:
                worst[weakest] = cell
                places[weakest] = x * len(noise) + y
                weakest = int(np.argmin(worst))


def _log1p_polynomial(degree: int) -> tuple[np.float32, ...]:
    """Coefficients, lowest first, of the polynomial through log(1+u)/u at Chebyshev's nodes of [0, 1]."""
    fit = Chebyshev.interpolate(lambda u: np.log1p(u) / u, degree, domain=[0.0, 1.0])
    return tuple(np.float32(c) for c in fit.convert(kind=Polynomial).coef)


LOG1P = _log1p_polynomial(9)


# --- the scores of the pairs ------------------------------------------------------------------------------


@kernel
def take_support(
    tile: FloatMatrix, first_column: int, bounds: Int64Vector, columns: Int32Vector, scores: Float64Vector
) -> None:
    """Copy the support's scores out of a tile of m, and leave −∞ there, whose softplus is 0.

    ``bounds`` are those of the tile's rows; ``columns`` and ``scores`` are what they point into.
    """
    last_column = first_column + tile.shape[1]
    for row in range(tile.shape[0]):
        start, stop = bounds[row], bounds[row + 1]
        i = start + np.searchsorted(columns[start:stop], first_column)
        while i < stop and columns[i] < last_column:
            scores[i] = tile[row, columns[i] - first_column]
            tile[row, columns[i] - first_column] = -np.inf
            i += 1


@kernel
def score_cells(
    alpha: float, positive: Float64Vector, negative: Float64Vector, scores: Float64Vector, out: Float64Vector
) -> None:
    """out[i] = α p log σ(m) + (1−α) r log σ(−m) on the support. (8)"""
    for i in range(len(scores)):
        m = scores[i]
        log_tail = math.log1p(math.exp(-abs(m)))
        towards, away = min(m, 0.0) - log_tail, -max(m, 0.0) - log_tail  # log σ(m), log σ(−m)
        out[i] = alpha * positive[i] * towards + (1.0 - alpha) * negative[i] * away


@kernel
def gap_cells(
    alpha: float,
    log_odds: float,
    positive: Float64Vector,
    negative: Float64Vector,
    excess: Float64Vector,
    log_ratio: Float64Vector,
    scores: Float64Vector,
    out: Float64Vector,
) -> None:
    """out[i] = u · KL(Bern(t)‖Bern(σ(m))) on the support. (10)

    With s = u/r = 1 + α (p/r − 1): t = α (p/r)/s, 1 − t = (1−α)/s and m* = log p/r + ``log_odds``.
    """
    for i in range(len(scores)):
        p, r = positive[i], negative[i]
        if r > 0.0 and p / r > 0.0 and excess[i] < np.inf:
            s = 1.0 + alpha * excess[i]
            error = scores[i] - (log_ratio[i] + log_odds)
            out[i] = r * s * bernoulli_loss(alpha * (p / r) / s, (1.0 - alpha) / s, scores[i], error)
        else:  # one of the two is never drawn (or too rarely for a float): t is 0 or 1
            out[i] = -(alpha * p * log_sigmoid(scores[i]) + (1.0 - alpha) * r * log_sigmoid(-scores[i]))


@kernel
def softplus_tail(tail: Float32Vector, scores: Float32Vector) -> None:
    """scores ← max(m, 0) + log(1 + u) in place, for u = exp(−|m|) in ``tail``; float32, flat arrays.

    log(1 + u) on [0, 1] as a polynomial that interpolates it in Chebyshev nodes, u · P(u); its error is
    below 4·10⁻⁸, half a unit in the last place of float32 at log 2.
    """
    for i in range(len(scores)):
        u = tail[i]
        p = LOG1P[9]
        for n in range(8, -1, -1):
            p = p * u + LOG1P[n]
        scores[i] = max(scores[i], np.float32(0.0)) + p * u


# --- the gradient ---------------------------------------------------------------------------------------------


@kernel
def loss_and_gradient_single(
    tail: Float32Matrix, scores: Float32Matrix, row_weights: Float32Vector, column_weights: Float32Vector
) -> None:
    """In place: scores ← softplus(m), tail ← w_x w_y σ(m), for u = exp(−|m|) in ``tail``; float32 tiles."""
    for x in range(scores.shape[0]):
        row, gradient, weight = scores[x], tail[x], row_weights[x]
        for y in range(len(row)):
            u, m = gradient[y], row[y]
            p = LOG1P[9]
            for n in range(8, -1, -1):
                p = p * u + LOG1P[n]
            small = np.float32(1.0) / (np.float32(1.0) + u)  # σ(|m|)
            gradient[y] = weight * column_weights[y] * (small if m >= np.float32(0.0) else u * small)
            row[y] = max(m, np.float32(0.0)) + p * u


@kernel
def loss_and_gradient_double(
    tail: Float64Matrix, scores: Float64Matrix, row_weights: Float64Vector, column_weights: Float64Vector
) -> None:
    """The same in float64, with the logarithm of the library."""
    for x in range(scores.shape[0]):
        for y in range(scores.shape[1]):
            u, m = tail[x, y], scores[x, y]
            tail[x, y] = row_weights[x] * column_weights[y] * ((1.0 if m >= 0.0 else u) / (1.0 + u))
            scores[x, y] = max(m, 0.0) + math.log1p(u)


@kernel
def support_gradient(
    tile: FloatMatrix,
    first_column: int,
    bounds: Int64Vector,
    columns: Int32Vector,
    alpha: float,
    positive: Float64Vector,
    negative: Float64Vector,
    unit: float,
    cells: Float64Vector,
) -> None:
    """Put −∂S/∂m · ``unit`` of the support's pairs into a tile of such numbers.

    ``bounds`` are those of the tile's rows. ``cells`` holds the scores of the support, and then its parts of S.
    """
    last_column = first_column + tile.shape[1]
    for row in range(tile.shape[0]):
        start, stop = bounds[row], bounds[row + 1]
        i = start + np.searchsorted(columns[start:stop], first_column)
        while i < stop and columns[i] < last_column:
            m, p, r = cells[i], alpha * positive[i], (1.0 - alpha) * negative[i]
            u = math.exp(-abs(m))
            towards, away = (1.0, u) if m >= 0.0 else (u, 1.0)
            log_tail = math.log1p(u)
            tile[row, columns[i] - first_column] = (r * towards - p * away) / (1.0 + u) * unit
            cells[i] = p * (min(m, 0.0) - log_tail) - r * (max(m, 0.0) + log_tail)
            i += 1
