"""Arithmetic only: the scores of all pairs, their losses, the derivatives of these, and the pairs that never occur.

Sparse tables come as in the kernels of jsmi_core.information.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial

from jsmi_core.information.kernels import bernoulli_loss, log_sigmoid, twice_artanh
from jsmi_core.runtime.arrays import (
    Float32Matrix,
    Float32Vector,
    Float64Matrix,
    Float64Vector,
    FloatMatrix,
    Int32Vector,
    Int64Vector,
)
from jsmi_core.runtime.jit import fused_kernel, kernel


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


# --- exp and log of many numbers at once -----------------------------------------------------------------------
#
# A processor looks at 8 or 16 pairs at once as long as nothing branches and no function is called. So exp and log are
# polynomials here, with the fewest terms that the floats can tell from more.


def _in_single(fit: Chebyshev) -> tuple[np.float32, ...]:
    """Coefficients, lowest first, in powers of x − 1/2, of what was fitted on [0, 1]."""
    return tuple(map(np.float32, fit.convert(domain=[0.0, 1.0], kind=Polynomial, window=[-0.5, 0.5]).coef))


EXP2 = _in_single(Chebyshev.interpolate(lambda f: np.exp2(-f), 6, [0.0, 1.0]))  # within 3e-9 of 2^−f
LOG1P = _in_single(Chebyshev.interpolate(lambda u: np.log1p(u) / u, 8, [0.0, 1.0]))  # u times it within 3e-8
EXP2_DOUBLE = tuple(math.sqrt(0.5) * math.log(0.5) ** i / math.factorial(i) for i in range(14))  # Taylor, around 1/2
LOG2E_DOUBLE = 1 / math.log(2)
LOG2E = np.float32(LOG2E_DOUBLE)
ZERO, HALF, ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
FARTHEST = np.float32(46.0)
"""|m| beyond which float32 cannot tell exp(−|m|) in a sum from 1e-20, and soon calls it a denormal number: 50 times
slower to compute with."""


@fused_kernel
def exp_minus_abs(m: np.float32) -> np.float32:
    """exp(−|m|), but not below 1e-20: 2^−n is written into the exponent of 2^−f, for n + f = |m| log₂ e."""
    size = min(abs(m), FARTHEST) * LOG2E
    n = np.int32(size)
    f = (size - np.float32(n)) - HALF
    p = (((((EXP2[6] * f + EXP2[5]) * f + EXP2[4]) * f + EXP2[3]) * f + EXP2[2]) * f + EXP2[1]) * f + EXP2[0]
    bits = np.int32(np.float32(p).view(np.int32) - np.int32(n << np.int32(23)))
    return np.int32(bits).view(np.float32)


@fused_kernel
def softplus(m: np.float32, u: np.float32) -> np.float32:
    """log(1 + exp(m)) = max(m, 0) + log(1 + u), for u = exp(−|m|); NaN where m is."""
    v = u - HALF
    p = ((((LOG1P[8] * v + LOG1P[7]) * v + LOG1P[6]) * v + LOG1P[5]) * v + LOG1P[4]) * v + LOG1P[3]
    p = ((p * v + LOG1P[2]) * v + LOG1P[1]) * v + LOG1P[0]
    return p * u + (ZERO if m < ZERO else m)


@fused_kernel
def log1p_exp_minus_abs(m: float) -> float:
    """log(1 + exp(−|m|)) in float64, within 3e-16: log(1 + u) = 2 artanh z for z = u/(2 + u)."""
    size = min(abs(m), 700.0) * LOG2E_DOUBLE
    n = np.int64(size)
    f = (size - n) - 0.5
    p = EXP2_DOUBLE[13]
    for i in range(12, -1, -1):
        p = p * f + EXP2_DOUBLE[i]
    u = np.int64(np.float64(p).view(np.int64) - np.int64(n << np.int64(52))).view(np.float64)
    return twice_artanh(u / (2.0 + u), 17)


# --- the scores of the pairs ------------------------------------------------------------------------------


@kernel
def take_support(
    tile: FloatMatrix,
    first_column: int,
    places: Int64Vector,
    bounds: Int64Vector,
    columns: Int32Vector,
    scores: Float64Vector,
) -> None:
    """Copy the support's scores out of a tile of m, and leave −∞ there, whose softplus is 0.

    ``bounds`` are those of the tile's rows; ``columns`` and ``scores`` are what they point into. ``places`` says where
    in it the tile begins in each row, and then where the next one does: the tiles of a row come from left to right.
    """
    last_column = first_column + tile.shape[1]
    for row in range(tile.shape[0]):
        i, stop = places[row], bounds[row + 1]
        while i < stop and columns[i] < last_column:
            scores[i] = tile[row, columns[i] - first_column]
            tile[row, columns[i] - first_column] = -np.inf
            i += 1
        places[row] = i


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


@fused_kernel
def score_cells_single(
    alpha: float, positive: Float64Vector, negative: Float64Vector, scores: Float64Vector, out: Float64Vector
) -> None:
    """The same of many scores at once: of float32 products, which have lost more than the last bits of this."""
    for i in range(len(scores)):
        m, tail = scores[i], log1p_exp_minus_abs(scores[i])
        towards, away = tail + max(-m, 0.0), tail + max(m, 0.0)  # −log σ(m), −log σ(−m)
        out[i] = -(alpha * positive[i] * towards + (1.0 - alpha) * negative[i] * away)


@fused_kernel
def gap_cells_single(
    alpha: float,
    log_odds: float,
    positive: Float64Vector,
    negative: Float64Vector,
    log_ratio: Float64Vector,
    scores: Float64Vector,
    out: Float64Vector,
) -> None:
    """As :func:`gap_cells`, of scores that are float32: α p (log t − log σ(m)) + (1−α) r (log(1−t) − log σ(−m)).

    The difference of logarithms is within 1e-15 of the larger: less than what an error of 1e-7 in m makes of a cell.
    """
    for i in range(len(scores)):
        m, best = scores[i], min(max(log_ratio[i] + log_odds, -700.0), 700.0)
        tail, best_tail = log1p_exp_minus_abs(m), log1p_exp_minus_abs(best)
        towards = (tail - best_tail) + (max(-m, 0.0) - max(-best, 0.0))
        away = (tail - best_tail) + (max(m, 0.0) - max(best, 0.0))
        out[i] = max(alpha * positive[i] * towards + (1.0 - alpha) * negative[i] * away, 0.0)


@kernel
def sums_by_row(bounds: Int64Vector, cells: Float64Vector, out: Float64Vector) -> None:
    """out[x] = the sum of a sparse table's cells in row x, from left to right."""
    for x in range(len(out)):
        total = 0.0
        for i in range(bounds[x], bounds[x + 1]):
            total += cells[i]
        out[x] = total


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


@fused_kernel
def softplus_of_tile(tile: Float32Matrix, weights: Float32Vector, by_row: Float64Vector) -> None:
    """tile ← softplus(m) in place, and by_row += tile · weights, each row of it summed in float32."""
    for x in range(tile.shape[0]):
        row, total = tile[x], ZERO
        for y in range(len(row)):
            row[y] = softplus(row[y], exp_minus_abs(row[y]))
            total += weights[y] * row[y]
        by_row[x] += total


# --- the gradient ---------------------------------------------------------------------------------------------


@fused_kernel
def loss_and_gradient_single(
    scores: Float32Matrix, gradient: Float32Matrix, row_weights: Float32Vector, column_weights: Float32Vector
) -> None:
    """scores ← softplus(m) in place, gradient ← w_x w_y σ(m); float32 tiles."""
    for x in range(scores.shape[0]):
        row, derivatives, weight = scores[x], gradient[x], row_weights[x]
        for y in range(len(row)):
            u = exp_minus_abs(row[y])
            derivatives[y] = weight * column_weights[y] * ((u if row[y] < ZERO else ONE) / (ONE + u))
            row[y] = softplus(row[y], u)


@kernel
def loss_and_gradient_double(
    scores: Float64Matrix, gradient: Float64Matrix, row_weights: Float64Vector, column_weights: Float64Vector
) -> None:
    """The same in float64, for exp(−|m|) in ``gradient`` and with the logarithm of the library."""
    for x in range(scores.shape[0]):
        for y in range(scores.shape[1]):
            u, m = gradient[x, y], scores[x, y]
            gradient[x, y] = row_weights[x] * column_weights[y] * ((1.0 if m >= 0.0 else u) / (1.0 + u))
            scores[x, y] = max(m, 0.0) + math.log1p(u)


@kernel
def support_gradient(
    tile: FloatMatrix,
    first_column: int,
    places: Int64Vector,
    bounds: Int64Vector,
    columns: Int32Vector,
    alpha: float,
    positive: Float64Vector,
    negative: Float64Vector,
    unit: float,
    cells: Float64Vector,
) -> None:
    """Put −∂S/∂m · ``unit`` of the support's pairs into a tile of such numbers.

    ``places``, ``bounds`` and ``columns`` as in :func:`take_support`. ``cells`` holds the scores of the support, and
    then its parts of S.
    """
    last_column = first_column + tile.shape[1]
    for row in range(tile.shape[0]):
        i, stop = places[row], bounds[row + 1]
        while i < stop and columns[i] < last_column:
            m, p, r = cells[i], alpha * positive[i], (1.0 - alpha) * negative[i]
            u = math.exp(-abs(m))
            towards, away = (1.0, u) if m >= 0.0 else (u, 1.0)
            log_tail = math.log1p(u)
            tile[row, columns[i] - first_column] = (r * towards - p * away) / (1.0 + u) * unit
            cells[i] = p * (min(m, 0.0) - log_tail) - r * (max(m, 0.0) + log_tail)
            i += 1
        places[row] = i
